"""The facts a step asks for, as a form, and what a sent form says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError
from crm_kernel.flow.definition import Fact, FactKind, Step
from crm_kernel.flow.facts import BEST_SCORE, LONGEST_LONG_TEXT, LONGEST_TEXT
from crm_kernel.kernel import Kernel
from crm_kernel.records.room import room_of
from crm_kernel.ui.records.display import reference_labels
from crm_kernel.ui.records.forms import PLAIN_SELECT
from crm_kernel.ui.sheet import Sheet, text_of

CONTROLS: Mapping[FactKind, str] = {
    "text": "text",
    "long_text": "textarea",
    "money": "text",
    "date": "date",
    "moment": "datetime-local",
    "staff": "combobox",
    "switch": "checkbox",
    "score": "select",
}


async def fact_sheet(
    kernel: Kernel, actor: Actor, step: Step, typed: Mapping[str, Any] | None, fault: CrmError | None
) -> Sheet:
    """The questions of a step, with what was typed and what is wrong with it."""
    sheet = Sheet(typed, None, fault)
    for place, fact in enumerate(step.facts):
        more = await _more(kernel, actor, fact, sheet.value(fact.key))
        extra = {"autofocus": True} if place == 0 else {}
        sheet.field(
            fact.key,
            fact.label,
            more.pop("control", None) or CONTROLS[fact.kind],
            required=fact.required,
            extra={**extra, **more.pop("extra", {})},
            **more,
        )
    return sheet


async def _more(kernel: Kernel, actor: Actor, fact: Fact, value: str) -> dict[str, Any]:
    if fact.kind == "choice":
        entries = await kernel.service("dictionaries").entries(actor, fact.choices)
        options = [(entry.code, entry.label) for entry in entries]
        return {"control": "select" if len(options) <= PLAIN_SELECT else "combobox", "options": options}
    if fact.kind == "staff":
        names = await reference_labels(kernel, actor, "staff", [value] if value else [])
        return {"lookup_url": f"{kernel.settings.prefix}/lookup/staff", "options": list(names.items())}
    if fact.kind == "money":
        shop = await room_of(kernel).directory.shop(actor.dealership_id)
        return {"unit": shop.currency, "extra": {"inputmode": "decimal", "maxlength": 20}}
    if fact.kind == "score":
        return {"options": [(str(n), str(n)) for n in range(1, BEST_SCORE + 1)]}
    if fact.kind == "long_text":
        return {"extra": {"maxlength": LONGEST_LONG_TEXT}}
    return {"extra": {"maxlength": LONGEST_TEXT}} if fact.kind == "text" else {}


def facts_of(actor: Actor, step: Step, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What a form says, as the service takes it: times are the reader's own, blanks are nothing."""
    said: dict[str, Any] = {}
    for fact in step.facts:
        raw = text_of(sent, fact.key)
        if fact.kind == "switch":
            said[fact.key] = raw == "true"
        elif raw:
            said[fact.key] = _with_zone(raw, actor.timezone) if fact.kind == "moment" else raw
    return said


def _with_zone(raw: str, timezone: str) -> str:
    try:
        return datetime.fromisoformat(raw).replace(tzinfo=ZoneInfo(timezone)).isoformat()
    except ValueError:
        return raw  # The service says what is wrong with it.
