"""Pages of this module beside those every record has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_complaint.pages.pasted_mail import paste_router
from crm_complaint.pages.web_form import form_routers
from crm_kernel.kernel import Kernel


def pages(kernel: Kernel) -> Sequence[Any]:
    """The handlers."""
    renderer = kernel.service("pages").renderer
    return [*form_routers(kernel, renderer), paste_router(kernel, renderer)]
