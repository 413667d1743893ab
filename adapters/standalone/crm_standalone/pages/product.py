"""The product's web application: the API and every page, the kernel's and our own."""

from __future__ import annotations

from litestar import Litestar

from crm_kernel.kernel import Kernel
from crm_kernel.ui.site import Site
from crm_kernel.web.app import create_app
from crm_standalone.pages.accounts import account_router
from crm_standalone.pages.application import ApplicationPages
from crm_standalone.pages.deciding import deciding_router
from crm_standalone.pages.profile import ProfilePages
from crm_standalone.pages.sign_in import SignInPages


def product(kernel: Kernel, *, run_kernel: bool = True) -> Litestar:
    """The web application of a booted product."""
    site = Site(kernel)
    handlers = [
        *site.handlers(),
        *SignInPages(kernel, site.renderer).handlers(),
        *ApplicationPages(kernel, site.renderer).handlers(),
        ProfilePages(kernel, site.renderer).router(),
        account_router(kernel, site.renderer),
        deciding_router(kernel, site.renderer),
    ]
    return create_app(kernel, run_kernel=run_kernel, handlers=handlers, error_page=site.error_page)
