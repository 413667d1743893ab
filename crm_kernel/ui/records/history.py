"""The change log of a record as lines of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_kernel.audit.views import ChangeView
from crm_kernel.i18n import formats, translate
from crm_kernel.text import Text, messages

_ = messages("kernel")

VERBS: dict[str, Text] = {
    "create": _("added"),
    "change": _("changed"),
    "delete": _("deleted"),
    "restore": _("restored"),
    "purge": _("removed for good"),
}


def history_lines(entries: Sequence[ChangeView]) -> list[dict[str, Any]]:
    """Each entry with its fields before and after, in words."""
    return [
        {
            "at": entry.at.isoformat(),
            "when": formats.relative(entry.at),
            "who": entry.actor_name or "",
            "verb": translate(VERBS[entry.verb]) if entry.verb in VERBS else entry.verb,
            "reason": entry.reason or "",
            "lines": [
                {
                    "label": translate(change.label) if change.label else change.field,
                    "before": _words(change.before),
                    "after": _words(change.after),
                }
                for change in entry.changes
            ],
        }
        for entry in entries
    ]


def _words(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)
