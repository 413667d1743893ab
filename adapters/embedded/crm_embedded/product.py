"""The web application inside a host: the API, every page, the door for links, and pieces of pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Litestar

from crm_embedded.pages.door import Door
from crm_embedded.pages.pieces import piece_handlers
from crm_kernel.kernel import Kernel
from crm_kernel.ui.site import Site
from crm_kernel.web.app import create_app


def product(kernel: Kernel, *, more: Callable[[Kernel], Sequence[Any]] | None = None) -> Litestar:
    """The web application of a kernel booted in a host; `more` gives further routes."""
    site = Site(kernel)
    handlers = [
        *site.handlers(),
        *Door(kernel, site.renderer).handlers(),
        *piece_handlers(kernel, site.renderer),
        *(more(kernel) if more is not None else ()),
    ]
    return create_app(kernel, handlers=handlers, error_page=site.error_page)
