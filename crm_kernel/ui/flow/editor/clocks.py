"""The dialog of a deadline: where it runs, how long it gives, who hears of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from litestar import Response

from crm_kernel.actor import Actor
from crm_kernel.contributions import Flow
from crm_kernel.errors import CrmError, FieldError, Invalid, NotFound
from crm_kernel.flow.definition import ANY, ClockRule, Definition, Span
from crm_kernel.flow.edits import fresh_key, put_clock
from crm_kernel.text import messages
from crm_kernel.ui.admin.room import AnyRequest
from crm_kernel.ui.flow.editor.parts import PartDialogs
from crm_kernel.ui.flow.editor.room import (
    PATH,
    key_of,
    name_fields,
    name_of,
    name_values,
    seen_in,
)
from crm_kernel.ui.flow.editor.words import CALENDARS, FlowWords
from crm_kernel.ui.sheet import Sheet, chosen, text_of

_ = messages("kernel")
TYPED = re.compile(r"(\d{1,5}(?:[.,]\d{1,2})?)\s*(h|hours?|小时|时|d|days?|天|日|工作日)?", re.IGNORECASE)
HOURS = ("", "h", "hour", "hours", "小时", "时")
HINT = _("24 or 24h: hours; 7d: working days. Empty: no deadline.")


class ClockDialogs(PartDialogs):
    """Adding and changing deadlines of the draft."""

    folder, adding, editing = "clocks", _("Add a deadline"), _("Edit the deadline")

    async def again(self, request: AnyRequest, actor: Actor, name: str, key: str) -> Response[str]:
        """The same dialog after another column was chosen: it asks for a time per value of that column."""
        kind = None if key == "new" else key
        return await self.form(request, actor, name, kind, request.query_params, None)

    async def form(
        self,
        request: AnyRequest,
        actor: Actor,
        name: str,
        key: str | None,
        typed: Any,
        fault: CrmError | None,
    ) -> Response[str]:
        flow, draft = await self.flow(actor, name), await self.drafts.read(actor, name)
        known = draft.definition
        clock = known.clock(key) if key is not None else None
        if key is not None and clock is None:
            raise NotFound()
        words = await FlowWords.of(self.kernel, actor, flow, known)
        preset = flow.definition.clock(key) if key is not None else None
        sheet = Sheet(typed, _stored(clock), fault)
        name_fields(sheet, preset.label if preset is not None else None)
        states = [(state.key, state.label) for state in known.states]
        sheet.field("runs_in", _("Runs in"), "multi", options=states, required=True, wide=True)
        sheet.field("waits_in", _("Waits in"), "multi", options=states, wide=True)
        by = sheet.value("by")
        again = {
            "hx-get": self.url(f"{PATH}/{name}/clocks/{key or 'new'}/by?seen={seen_in(request, draft)}"),
            "hx-trigger": "change",
            "hx-include": "closest form",
            "hx-target": "#crm-dialog-body",
        }
        sheet.field("by", _("Depends on"), "select", options=list(words.columns().items()), extra=again)
        sheet.field("calendar", _("Counted in"), "select", options=list(CALENDARS.items()), required=True)
        for code, label in (await words.values(actor, by) if by else {}).items():
            sheet.field(f"span-{code}", _("Time for “{value}”")(value=label), extra={"maxlength": 12})
        sheet.field(f"span-{ANY}", _("Time for all others") if by else _("Time given"), hint=HINT)
        extra = {"min": 1, "max": 100}
        sheet.field("warn_at", _("Warning after"), "number", unit="%", required=True, extra=extra)
        people = list(words.people.items())
        sheet.field("warns", _("Warned are"), "multi", options=people, wide=True)
        sheet.field("escalates_to", _("Told when late"), "multi", options=people, wide=True)
        sheet.field("repeat", _("Told again every"), hint=HINT, extra={"maxlength": 12})
        return self.part(request, name, draft, key, sheet)

    def changed(self, flow: Flow, known: Definition, key: str | None, sent: Mapping[str, Any]) -> Definition:
        preset = flow.definition.clock(key) if key is not None else None
        taken = [clock.kind for clock in known.clocks]
        clock = ClockRule(
            key or key_of(sent, taken, fresh_key("clock", taken)),
            name_of(sent, preset.label if preset is not None else None),
            chosen(sent, "runs_in"),
            _spans(sent),
            waits_in=chosen(sent, "waits_in"),
            by=text_of(sent, "by"),
            calendar=text_of(sent, "calendar") if text_of(sent, "calendar") in CALENDARS else "office",  # type: ignore[arg-type]
            warn_at=_part(text_of(sent, "warn_at")),
            warns=chosen(sent, "warns"),
            escalates_to=chosen(sent, "escalates_to"),
            repeat=_span("repeat", text_of(sent, "repeat")),
        )
        if not clock.runs_in:
            raise Invalid.one("runs_in", "required", _("Choose one of the list."))
        return put_clock(known, clock)


def _stored(clock: ClockRule | None) -> dict[str, Any]:
    if clock is None:
        return {"calendar": "office", "warn_at": "75"}
    return {
        **name_values(clock.label),
        "runs_in": clock.runs_in,
        "waits_in": clock.waits_in,
        "by": clock.by,
        "calendar": clock.calendar,
        "warn_at": f"{clock.warn_at * 100:g}",
        "warns": clock.warns,
        "escalates_to": clock.escalates_to,
        "repeat": _typed(clock.repeat),
        **{f"span-{code}": _typed(span) for code, span in clock.spans.items()},
    }


def _typed(span: Span | None) -> str:
    if span is None:
        return ""
    return f"{span.days}d" if span.days else f"{span.hours:g}h"


def _spans(sent: Mapping[str, Any]) -> dict[str, Span]:
    found: dict[str, Span] = {}
    errors: list[FieldError] = []
    for name in sent:
        if not name.startswith("span-"):
            continue
        try:
            span = _span(name, text_of(sent, name))
        except Invalid as fault:
            errors += fault.errors
            continue
        if span is not None:
            found[name.removeprefix("span-")] = span
    if not found and not errors:
        errors.append(FieldError(f"span-{ANY}", "span", _("Give hours or days, more than none.")))
    if errors:
        raise Invalid(errors)
    return found


def _span(name: str, raw: str) -> Span | None:
    if not raw:
        return None
    read = TYPED.fullmatch(raw)
    amount = float(read[1].replace(",", ".")) if read else 0
    if read is None or amount <= 0:
        raise Invalid.one(name, "span", _("Give hours or days, more than none."))
    if (read[2] or "").lower() in HOURS:
        return Span(hours=amount)
    return Span(days=round(amount))


def _part(raw: str) -> float:
    try:
        part = float(raw.replace(",", ".")) / 100
    except ValueError:
        part = 0
    if not 0 < part <= 1:
        text = _("Warn after a part of the time between 1 and 100 %.")
        raise Invalid.one("warn_at", "warn_at", text)
    return part
