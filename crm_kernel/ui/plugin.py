"""What the pages bring to modules that have pages of their own. Loads no web framework by itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from crm_kernel.contributions import Ask, Manifest, Offer, Slot
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel
    from crm_kernel.ui.templating import Renderer

_ = messages("kernel")

HOME = "home"
"""The slot on the start page."""


class Pages:
    """The service `pages`: what draws the kernel's pages draws those of `register_pages` too."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @cached_property
    def renderer(self) -> Renderer:
        """For `crm_kernel.ui.room.PageRoom`; made when the first page is asked for."""
        from crm_kernel.ui.templating import Renderer

        return Renderer(self._kernel)


@hookimpl
def manifest() -> Manifest:
    return Manifest("ui", _("Pages"), "0.1.0")


@hookimpl
def register_services() -> Sequence[Offer | Ask]:
    return [Offer("pages", Pages)]


@hookimpl
def register_slots() -> Sequence[Slot]:
    return [Slot(HOME, _("On the start page"))]
