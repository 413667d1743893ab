"""A flow's parts in the reader's words: states, people, permissions, spans, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from crm_kernel.actor import Actor
from crm_kernel.administration.role_labels import role_label
from crm_kernel.contributions import Flow
from crm_kernel.flow.definition import CalendarName, ClockRule, Definition, Fact, FactKind, Span
from crm_kernel.flow.difference import Change
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.fields import declared_specs
from crm_kernel.records.reach import entity_named
from crm_kernel.text import Text, messages

_ = messages("kernel")

KINDS: Mapping[FactKind, Text] = {
    "text": _("short text"),
    "long_text": _("long text"),
    "choice": _("choice of a list"),
    "money": _("amount"),
    "date": _("day"),
    "moment": _("day and time"),
    "staff": _("colleague"),
    "switch": _("yes or no"),
    "score": _("score from 1 to 10"),
}
CALENDARS: Mapping[CalendarName, Text] = {
    "office": _("working hours of the dealership"),
    "statutory": _("working days of the country"),
    "always": _("around the clock"),
}
WEIGHTS: Mapping[str, Text] = {
    "usual": _("the usual one"),
    "plain": _("a plain one"),
    "grave": _("needs a second thought"),
}
PARTS: Mapping[str, Text] = {
    "flow": _("Flow"),
    "state": _("State"),
    "step": _("Step"),
    "fact": _("Question"),
    "clock": _("Deadline"),
}
CHANGED: Mapping[str, tuple[Text, str]] = {
    "added": (_("added"), "success"),
    "removed": (_("removed"), "danger"),
    "changed": (_("changed"), "info"),
}
PROPERTIES: Mapping[str, Text] = {
    "start": _("Begins in"),
    "label": _("Name"),
    "color": _("Colour"),
    "final": _("Is an end"),
    "sources": _("Leads from"),
    "target": _("Leads to"),
    "permission": _("Who may"),
    "not_by": _("Who may not"),
    "within_days": _("Possible for days"),
    "weight": _("Weight"),
    "kind": _("Kind of answer"),
    "required": _("Required"),
    "choices": _("List"),
    "column": _("Kept in"),
    "runs_in": _("Runs in"),
    "waits_in": _("Waits in"),
    "by": _("Depends on"),
    "spans": _("Time given"),
    "calendar": _("Counted in"),
    "warn_at": _("Warning after"),
    "warns": _("Warned are"),
    "escalates_to": _("Told when late"),
    "repeat": _("Told again every"),
}


class FlowWords:
    """The words of one flow for one reader; made with `of`."""

    def __init__(self, kernel: Kernel, flow: Flow, people: Mapping[str, str]) -> None:
        self._kernel = kernel
        self.entity = entity_named(kernel, flow.entity)
        self.people = dict(people)
        self._permissions = kernel.registry.permissions
        self._fields = {spec.name: translate(spec.label) for spec in declared_specs(self.entity)}
        self._states: dict[str, str] = {}
        self._values: dict[str, str] = {}

    @classmethod
    async def of(cls, kernel: Kernel, actor: Actor, flow: Flow, *definitions: Definition) -> Self:
        """The words for these definitions of a flow."""
        names = await kernel.service("flow_editor").people(actor, flow.name)
        roles = {role.name: translate(role_label(role)) for role in await kernel.access.store.roles()}
        entity = entity_named(kernel, flow.entity)
        fields = {f"@{spec.name}": translate(spec.label) for spec in declared_specs(entity)}
        named = _("named as “{field}”")
        people = {
            one: roles.get(one) or translate(named(field=fields.get(one, one.removeprefix("@"))))
            for one in names
        }
        words = cls(kernel, flow, people)
        for definition in reversed(definitions):
            words._states |= {state.key: translate(state.label) for state in definition.states}
            await words._learn(actor, definition.clocks)
        return words

    async def _learn(self, actor: Actor, clocks: Iterable[ClockRule]) -> None:
        """What the values of the columns are called on which clocks depend."""
        for column in {clock.by for clock in clocks if clock.by}:
            self._values |= await self.values(actor, column)

    async def values(self, actor: Actor, column: str) -> dict[str, str]:
        """The values a column of the record may have, with their labels."""
        field = self.entity.field(column)
        if field is None or not field.choices:
            return {code: translate(label) for code, label in field.options} if field is not None else {}
        entries = await self._kernel.service("dictionaries").entries(actor, field.choices)
        return {entry.code: translate(entry.label) for entry in entries}

    def columns(self) -> dict[str, str]:
        """Columns of the record whose values make a difference to deadlines."""
        return {
            field.name: translate(field.label)
            for field in self.entity.fields
            if field.choices or field.options
        }

    def state(self, key: str) -> str:
        """A state's name."""
        return self._states.get(key, key)

    def states(self, keys: Iterable[str]) -> str:
        """Several."""
        return "、".join(self.state(key) for key in keys)

    def who(self, names: Iterable[str]) -> str:
        """Roles and people named by the record."""
        return "、".join(self.people.get(name, name) for name in names)

    def permission(self, name: str) -> str:
        """What a permission lets one do."""
        known = self._permissions.get(name)
        return translate(known.label) if known is not None else name

    def span(self, span: Span | None) -> str:
        """How long."""
        if span is None:
            return "—"
        if span.days:
            return translate(_("{days} working days")(days=span.days))
        return translate(_("{hours} hours")(hours=f"{span.hours:g}"))

    def spans(self, spans: Mapping[str, Span]) -> str:
        """How long for which value."""
        others = translate(_("others")) if len(spans) > 1 else ""
        names = {key: self._values.get(key, key) if key != "*" else others for key in spans}
        return " · ".join(f"{names[key]} {self.span(span)}".strip() for key, span in spans.items())

    def fact(self, fact: Fact) -> str:
        """What an answer is."""
        return translate(KINDS[fact.kind])

    # Differences

    def changes(self, found: Iterable[Change]) -> list[dict[str, Any]]:
        """Differences as templates take them."""
        return [
            {
                "part": translate(PARTS[one.part]),
                "label": translate(one.label),
                "what": translate(CHANGED[one.what][0]),
                "tone": CHANGED[one.what][1],
                "details": [
                    {
                        "name": translate(PROPERTIES[detail.name]),
                        "before": self._value(one.part, detail.name, detail.before),
                        "after": self._value(one.part, detail.name, detail.after),
                    }
                    for detail in one.details
                ],
            }
            for one in found
        ]

    def _value(self, part: str, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return translate(_("yes") if value else _("no"))
        if value is None or value in ("", ()):
            return "—"
        if name in ("sources", "runs_in", "waits_in"):
            return self.states(value)
        if name in ("target", "start"):
            return self.state(value)
        if name in ("not_by", "warns", "escalates_to"):
            return self.who(value)
        if name == "permission":
            return self.permission(value)
        if name == "spans":
            return self.spans(value)
        if name == "repeat":
            return self.span(value)
        if name == "warn_at":
            return f"{value:.0%}"
        if name in ("by", "column"):
            return self._fields.get(value, str(value))
        return translate(_word(part, name, value)) if isinstance(value, str) else str(translate(value))


def _word(part: str, name: str, value: Any) -> Text | str:
    """A fixed word of a definition, as people call it."""
    known: Mapping[str, Mapping[Any, Text]] = {"weight": WEIGHTS, "calendar": CALENDARS}
    words: Mapping[Any, Text] = KINDS if (part, name) == ("fact", "kind") else known.get(name, {})
    return words[value] if value in words else str(value)
