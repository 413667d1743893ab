"""The dialogs of a step and of the questions it asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response
from msgspec.structs import replace

from crm_kernel.actor import Actor
from crm_kernel.contributions import Dictionary, Flow
from crm_kernel.errors import CrmError, Invalid, NotFound
from crm_kernel.flow.definition import Definition, Fact, Step
from crm_kernel.flow.edits import drop_fact, fresh_key, put_fact, put_step, shifted
from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_kernel.ui.admin.room import AnyRequest
from crm_kernel.ui.flow.editor.parts import PartDialogs
from crm_kernel.ui.flow.editor.room import (
    PATH,
    EditorRoom,
    key_field,
    key_of,
    name_fields,
    name_of,
    name_values,
    seen_in,
)
from crm_kernel.ui.flow.editor.words import KINDS, WEIGHTS, FlowWords
from crm_kernel.ui.sheet import Sheet, chosen, text_of

_ = messages("kernel")
RELIED = _("The module relies on this step: where it leads and what it must ask stays.")


class StepDialogs(PartDialogs):
    """Adding and changing steps of the draft."""

    folder, adding, editing = "steps", _("Add a step"), _("Edit the step")

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
        step = known.step(key) if key is not None else None
        if key is not None and step is None:
            raise NotFound()
        words = await FlowWords.of(self.kernel, actor, flow, known)
        sheet = Sheet(typed, _stored(step), fault)
        name_fields(sheet, _preset(flow, key))
        states = [(state.key, state.label) for state in known.states]
        sheet.field("sources", _("Leads from"), "multi", options=states, required=True, wide=True)
        sheet.field("target", _("Leads to"), "select", options=states, required=True)
        sheet.field("permission", _("Who may"), "combobox", options=self._permissions(flow), required=True)
        people = list(words.people.items())
        hint = _("Roles, and people the record names, even if they hold the right.")
        sheet.field("not_by", _("Who may not"), "multi", options=people, hint=hint, wide=True)
        sheet.field("weight", _("Weight"), "select", options=list(WEIGHTS.items()), required=True)
        hint = _("Days after the record came into its state. Empty: always.")
        extra = {"min": 1, "max": 1000}
        sheet.field("within_days", _("Possible for days"), "number", hint=hint, extra=extra)
        return self.part(request, name, draft, key, sheet, RELIED if key in flow.fixed else None)

    def _permissions(self, flow: Flow) -> list[tuple[str, Any]]:
        """The rights of the flow's own module, those its steps use first."""
        registry = self.kernel.registry
        used = dict.fromkeys(step.permission for step in flow.definition.steps)
        owner = registry.owner(flow)
        entity = registry.entity(flow.entity)
        prefix = entity.prefix if entity is not None else owner
        own = [one for one in registry.permissions if one.startswith((f"{owner}.", f"{prefix}."))]
        return [(one, registry.permissions[one].label) for one in dict.fromkeys([*used, *own])]

    def changed(self, flow: Flow, known: Definition, key: str | None, sent: Mapping[str, Any]) -> Definition:
        taken = [step.key for step in known.steps]
        former = known.step(key) if key is not None else None
        step = Step(
            key or key_of(sent, taken, fresh_key("step", taken)),
            name_of(sent, _preset(flow, key)),
            chosen(sent, "sources"),
            text_of(sent, "target"),
            text_of(sent, "permission"),
            facts=former.facts if former is not None else (),
            not_by=chosen(sent, "not_by"),
            within_days=_days(sent),
            weight=_weight(sent),
        )
        _whole(step, known)
        return put_step(known, step)


def _preset(flow: Flow, key: str | None) -> Any:
    step = flow.definition.step(key) if key is not None else None
    return step.label if step is not None else None


def _stored(step: Step | None) -> dict[str, Any]:
    if step is None:
        return {"weight": "plain"}
    return {
        **name_values(step.label),
        "sources": step.sources,
        "target": step.target,
        "permission": step.permission,
        "not_by": step.not_by,
        "weight": step.weight,
        "within_days": step.within_days or "",
    }


def _days(sent: Any) -> int | None:
    raw = text_of(sent, "within_days")
    if not raw:
        return None
    if not raw.isdigit() or not 0 < int(raw) <= 1000:
        raise Invalid.one("within_days", "range", _("Give a whole number from 1 to {most}.")(most=1000))
    return int(raw)


def _weight(sent: Any) -> Any:
    weight = text_of(sent, "weight")
    return weight if weight in WEIGHTS else "plain"


def _whole(step: Step, known: Definition) -> None:
    """What a dialog can say at its own fields is said there."""
    if not step.sources:
        raise Invalid.one("sources", "required", _("Choose one of the list."))
    if known.state(step.target) is None:
        raise Invalid.one("target", "required", _("Choose one of the list."))
    if not step.permission:
        raise Invalid.one("permission", "required", _("Choose one of the list."))


class FactDialogs(EditorRoom):
    """What a step asks."""

    async def new(self, request: AnyRequest, actor: Actor, name: str, key: str) -> Response[str]:
        return await self._form(request, actor, name, key, None, None, None)

    async def edit(self, request: AnyRequest, actor: Actor, name: str, key: str, fact: str) -> Response[str]:
        return await self._form(request, actor, name, key, fact, None, None)

    async def _form(
        self,
        request: AnyRequest,
        actor: Actor,
        name: str,
        key: str,
        fact: str | None,
        typed: Any,
        fault: CrmError | None,
    ) -> Response[str]:
        flow, draft = await self.flow(actor, name), await self.drafts.read(actor, name)
        step = _step(draft.definition, key)
        known = step.fact(fact) if fact is not None else None
        if fact is not None and known is None:
            raise NotFound()
        stored: dict[str, Any] = {"kind": "text", "required": "true"}
        if known is not None:
            required = "true" if known.required else ""
            stored = {**name_values(known.label), "kind": known.kind, "required": required}
            stored["choices"] = known.choices
        sheet = Sheet(typed, stored, fault)
        name_fields(sheet, _preset_fact(flow, key, fact))
        sheet.field("kind", _("Kind of answer"), "select", options=list(KINDS.items()), required=True)
        lists = [(one.name, one.label) for one in self.kernel.registry.of(Dictionary)]
        hint = _("Only for a choice of a list.")
        sheet.field("choices", _("List"), "combobox", options=lists, hint=hint)
        sheet.field("required", _("Must be answered"), "checkbox")
        if fact is None:
            key_field(sheet)
        place = f"steps/{key}/facts/{fact or 'new'}"
        seen = seen_in(request, draft)
        title = _("Question of “{step}”")(step=translate(step.label))
        return self.dialog(request, title, sheet, f"{PATH}/{name}/{place}?seen={seen}")

    async def save(
        self, request: AnyRequest, actor: Actor, name: str, key: str, fact: str | None = None
    ) -> Response[Any]:
        flow, sent = await self.flow(actor, name), await request.form()

        def change(known: Definition) -> Definition:
            step = _step(known, key)
            taken = [one.key for one in step.facts]
            former = step.fact(fact) if fact is not None else None
            kind = text_of(sent, "kind")
            choices = text_of(sent, "choices") if kind == "choice" else ""
            if kind not in KINDS:
                raise Invalid.one("kind", "choice", _("Choose one of the list."))
            if kind == "choice" and not choices:
                raise Invalid.one("choices", "required", _("Choose a dictionary for the answers."))
            made = Fact(
                fact or key_of(sent, taken, fresh_key("fact", taken)),
                name_of(sent, _preset_fact(flow, key, fact)),
                kind,  # type: ignore[arg-type]
                required=sent.get("required") == "true",
                choices=choices,
                column=former.column if former is not None and former.kind == kind else "",
            )
            return put_fact(known, step, made)

        async def again(fault: CrmError) -> Response[str]:
            return await self._form(request, actor, name, key, fact, sent, fault)

        return await self.keep(request, actor, name, change, _("Kept in the draft."), again)

    async def remove(
        self, request: AnyRequest, actor: Actor, name: str, key: str, fact: str
    ) -> Response[Any]:
        def change(known: Definition) -> Definition:
            return drop_fact(known, _step(known, key), fact)

        return await self.keep(request, actor, name, change, _("Removed from the draft."))

    async def shift(self, request: AnyRequest, actor: Actor, name: str, key: str, fact: str) -> Response[Any]:
        """Ask it one place earlier."""

        def change(known: Definition) -> Definition:
            step = _step(known, key)
            return put_step(known, replace(step, facts=shifted(step.facts, fact, -1)))

        return await self.keep(request, actor, name, change, _("Moved."))


def _step(definition: Definition, key: str) -> Step:
    step = definition.step(key)
    if step is None:
        raise NotFound()
    return step


def _preset_fact(flow: Flow, key: str, fact: str | None) -> Any:
    step = flow.definition.step(key)
    found = step.fact(fact) if step is not None and fact is not None else None
    return found.label if found is not None else None
