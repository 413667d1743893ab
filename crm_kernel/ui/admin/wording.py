"""What stands in the logs, in words: who came how, what was done to what, which values changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crm_kernel.audit.views import FieldChange
from crm_kernel.i18n import translate
from crm_kernel.text import Text, messages

_ = messages("kernel")

CHANGES: dict[str, Text] = {
    "create": _("added"),
    "change": _("changed"),
    "delete": _("deleted"),
    "restore": _("restored"),
    "purge": _("removed for good"),
    "import": _("imported"),
    "issue": _("issued as a file"),
    "move": _("moved in bulk"),
    "erase": _("personal data erased"),
    "retry": _("tried again"),
    "cancel": _("cancelled"),
    "resume": _("resumed"),
    "skip": _("skipped"),
    "created": _("set up"),
    "changed": _("edited"),
    "renamed": _("renamed"),
    "moved": _("moved"),
    "active": _("closed or opened"),
    "granted": _("role given"),
    "revoked": _("role taken away"),
    "permissions": _("rights changed"),
    "field": _("field right changed"),
    "deleted": _("done away with"),
    "switched": _("switched"),
    "kept": _("taken out, data kept"),
    "dropped": _("taken out with its data"),
    "upgraded": _("tables brought up to date"),
    "clear": _("old accesses cleared"),
    "late": _("entries came in late"),
}
ACCESSES: dict[str, Text] = {
    "opened": _("opened"),
    "searched": _("searched"),
    "printed": _("printed"),
    "exported": _("exported"),
    "revealed": _("revealed"),
    "called": _("called"),
    "denied": _("refused"),
}
SOURCES: dict[str, Text] = {
    "session": _("page"),
    "token": _("program"),
    "cli": _("command line"),
    "job": _("background job"),
    "host": _("host system"),
    "system": _("system"),
}
THINGS: dict[str, Text] = {
    "staff": _("Staff"),
    "role": _("Role"),
    "group": _("Group"),
    "region": _("Region"),
    "dealership": _("Dealership"),
    "department": _("Department"),
    "team": _("Team"),
    "module": _("Module"),
    "sharing": _("Sharing rule"),
    "job": _("Background job"),
    "subscriber": _("Event subscriber"),
    "crm_note": _("Note"),
    "crm_task": _("Task"),
    "crm_attachment": _("Attachment"),
    "audit": _("Audit"),
    "mailbox": _("Mailbox"),
}
"""Names in the log of what is no record type of a module."""


def changed_fields(changes: Iterable[FieldChange]) -> list[dict[str, str]]:
    """Each changed field with its values before and after."""
    return [
        {
            "label": translate(change.label or _detail(change.field)),
            "before": _value(change.before, change),
            "after": _value(change.after, change),
        }
        for change in changes
    ]


DETAILS: dict[str, Text] = {
    "name": _("Name"),
    "label": _("Name"),
    "role": _("Role"),
    "place": _("Dealership"),
    "dealership": _("Dealership"),
    "group": _("Group"),
    "region": _("Region"),
    "team": _("Team"),
    "plugin": _("Module"),
    "on": _("on"),
    "active": _("active"),
    "field": _("Field"),
    "fields": _("Fields"),
    "right": _("Right"),
    "rows": _("Rows"),
    "subscriber": _("Event subscriber"),
    "entity": _("Records"),
    "count": _("Count"),
    "q": _("Searched for"),
    "log": _("Log"),
    "revision": _("Revision"),
    "until": _("Until number"),
    "entries": _("Entries"),
    "older_than": _("Older than"),
    "dated": _("Dated"),
    "first": _("First number"),
}
"""Names under which entries tell details."""


def detail_words(detail: Any) -> list[dict[str, str]]:
    """Whatever else an entry tells, as names and values."""
    if not detail:
        return []
    pairs = detail.items() if isinstance(detail, Mapping) else [("", detail)]
    return [
        {"label": translate(_detail(str(name))), "before": "", "after": plain(value)}
        for name, value in pairs
        if name not in ("digest", "hash") and value not in (None, "", [])
    ]


def _detail(name: str) -> Text | str:
    return DETAILS.get(name, name)


def _value(value: Any, change: FieldChange) -> str:
    if change.erased:
        return translate(_("erased"))
    if change.damaged:
        return translate(_("cannot be read"))
    return plain(value)


def plain(value: Any) -> str:
    """A logged value as text."""
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool) or value in ("True", "False"):
        return translate(_("yes") if str(value) == "True" else _("no"))
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {plain(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "、".join(plain(one) for one in value)
    return str(value)
