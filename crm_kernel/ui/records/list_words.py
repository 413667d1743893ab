"""What stands around a list: other ways to show it, and what an empty one says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.flow.states import has_board

_ = messages("kernel")


def list_ways(
    kernel: Kernel, entity: Entity, base: str, current: str, kept: Sequence[tuple[str, str]]
) -> list[dict[str, Any]]:
    """List and board, where there is one; the filters go along."""
    if not has_board(kernel, entity):
        return []
    asked = f"?{urlencode(kept)}" if kept else ""
    ways = (("", _("List"), "list"), ("board", _("Board"), "layout-kanban"))
    return [
        {
            "label": translate(label),
            "icon": icon,
            "url": f"{base}{f'/{name}' if name else ''}{asked}",
            "active": name == current,
        }
        for name, label, icon in ways
    ]


def nothing_there(actor: Actor, entity: Entity, *, filtered: bool) -> dict[str, str]:
    """Why a list is empty, and what to do about it."""
    if filtered:
        return {
            "title": translate(_("Nothing matches")),
            "text": translate(_("Remove a condition or search for something else.")),
            "icon": "search",
        }
    text = _("Add the first one, or import them from a file.")
    if not actor.may(entity.permission("create")):
        text = _("There is nothing here that you may see yet.")
    name = translate(entity.plural_label)
    return {
        "title": translate(_("No {entities} yet")(entities=name)),
        "text": translate(text),
        "icon": entity.icon,
    }
