"""Declares the module: one right, two pages in the menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_kernel import contributions as c
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("showcase")


@hookimpl
def manifest() -> c.Manifest:
    return c.Manifest("showcase", _("商机样板"), "1.0")


@hookimpl
def register_permissions() -> Sequence[c.Permission]:
    return [c.Permission("showcase.use", _("商机样板：使用"))]


@hookimpl
def register_menu() -> Sequence[c.MenuItem]:
    return [
        c.MenuItem(_("商机看板"), "/showcase/board", "showcase.use", "layout-kanban", _("样板"), 500),
        c.MenuItem(_("试驾日历"), "/showcase/calendar", "showcase.use", "calendar", _("样板"), 510),
        c.MenuItem(_("销售图表"), "/showcase/figures", "showcase.use", "chart-bar", _("样板"), 520),
    ]


@hookimpl
def register_pages(kernel: Kernel) -> Sequence[Any]:
    from tests.browser.showcase.pages import handlers

    return handlers(kernel)
