"""The flows of a dealership, and one of them while it is edited: drawn, checked, published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Response
from msgspec.structs import replace

from crm_kernel.actor import Actor
from crm_kernel.errors import Conflict, Invalid, NotFound
from crm_kernel.flow.definition import Definition
from crm_kernel.flow.edits import drop_clock, drop_state, drop_step, shifted
from crm_kernel.i18n import formats, translate
from crm_kernel.text import messages
from crm_kernel.ui.admin.room import AnyRequest
from crm_kernel.ui.flow.drawing.graph import numbered
from crm_kernel.ui.flow.editor.room import PATH, EditorRoom
from crm_kernel.ui.flow.editor.words import CALENDARS, FlowWords
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.sheet import Sheet, text_of

_ = messages("kernel")
DROPS: Mapping[str, Callable[[Definition, str], Definition]] = {
    "states": drop_state,
    "steps": drop_step,
    "clocks": drop_clock,
}


class FlowPages(EditorRoom):
    """List and editor."""

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        rows = []
        for flow in await self.editor.flows(actor):
            one = await self.editor.summary(actor, flow.name)
            entity = self.kernel.registry.entity(flow.entity)
            rows.append(
                {
                    "url": self.url(f"{PATH}/{flow.name}"),
                    "label": translate(flow.label),
                    "records": translate(entity.plural_label) if entity else flow.entity,
                    "version": one.version,
                    "own": one.own,
                    "states": one.states,
                    "steps": one.steps,
                    "running": formats.number(one.running),
                    "older": formats.number(one.older) if one.older else "",
                    "draft": one.draft,
                }
            )
        heading = translate(_("Flows"))
        return await self.renderer.page(request, "crm/flow/editor/flows.html", heading=heading, rows=rows)

    async def show(self, request: AnyRequest, actor: Actor, name: str) -> Response[str]:
        flow = await self.flow(actor, name)
        draft = await self.drafts.read(actor, name)
        shown = draft.definition
        words = await FlowWords.of(self.kernel, actor, flow, shown, flow.definition)
        edited = draft.revision > 0
        return await self.renderer.page(
            request,
            "crm/flow/editor/flow.html",
            heading=translate(flow.label),
            back_url=self.url(PATH),
            path=self.url(f"{PATH}/{name}"),
            seen=draft.revision,
            version=draft.base,
            edited=edited,
            overtaken=draft.newest if edited and draft.newest != draft.base else 0,
            author=draft.author or "",
            changed_at=moment(draft.updated_at) if draft.updated_at else "",
            faults=[translate(one.message) for one in draft.faults],
            changes=words.changes(draft.changes),
            drawing=self.drawing(shown, faults=draft.faults, edit=f"{PATH}/{name}"),
            states=self._states(shown),
            steps=self._steps(shown, words, flow.fixed),
            clocks=self._clocks(shown, words),
        )

    def _states(self, shown: Definition) -> list[dict[str, Any]]:
        return [
            {
                "key": state.key,
                "label": translate(state.label),
                "color": state.color or "neutral",
                "final": state.final,
                "start": state.key == shown.start,
            }
            for state in shown.states
        ]

    def _steps(self, shown: Definition, words: FlowWords, fixed: Any) -> list[dict[str, Any]]:
        numbers = numbered(shown)
        return [
            {
                "key": step.key,
                "number": numbers[step.key],
                "label": translate(step.label),
                "sources": words.states(step.sources),
                "target": words.state(step.target),
                "who": words.permission(step.permission),
                "not_by": words.who(step.not_by),
                "within": step.within_days,
                "fixed": step.key in fixed,
                "facts": [
                    {
                        "key": fact.key,
                        "label": translate(fact.label),
                        "kind": words.fact(fact),
                        "required": fact.required,
                    }
                    for fact in step.facts
                ],
            }
            for step in shown.steps
        ]

    def _clocks(self, shown: Definition, words: FlowWords) -> list[dict[str, Any]]:
        return [
            {
                "key": clock.kind,
                "label": translate(clock.label),
                "runs": words.states(clock.runs_in),
                "waits": words.states(clock.waits_in),
                "spans": words.spans(clock.spans),
                "calendar": translate(CALENDARS[clock.calendar]),
                "told": words.who(clock.escalates_to),
            }
            for clock in shown.clocks
        ]

    # One word of command

    async def remove(
        self, request: AnyRequest, actor: Actor, name: str, part: str, key: str
    ) -> Response[Any]:
        """Take a state, a step or a clock out of the draft."""
        if part not in DROPS:
            raise NotFound()
        drop = DROPS[part]
        text = _("Removed from the draft.")
        return await self.keep(request, actor, name, lambda known: drop(known, key), text)

    async def shift(self, request: AnyRequest, actor: Actor, name: str, key: str, way: str) -> Response[Any]:
        """Move a step up or down: in this order people are offered them."""
        by = -1 if way == "up" else 1

        def change(known: Definition) -> Definition:
            return replace(known, steps=shifted(known.steps, key, by))

        return await self.keep(request, actor, name, change, _("Moved."))

    async def discard(self, request: AnyRequest, actor: Actor, name: str) -> Response[Any]:
        await self.drafts.discard(actor, name)
        return self.done(request, f"{PATH}/{name}", _("The draft is thrown away."))

    async def rebase(self, request: AnyRequest, actor: Actor, name: str) -> Response[Any]:
        await self.drafts.rebase(actor, name)
        return self.done(request, f"{PATH}/{name}", _("The draft now follows the newest version."))

    async def ask_publish(self, request: AnyRequest, actor: Actor, name: str) -> Response[str]:
        return self._publish_form(request, name, request.query_params.get("seen", ""), None, None)

    def _publish_form(
        self, request: AnyRequest, name: str, seen: str, typed: Any, fault: Any
    ) -> Response[str]:
        sheet = Sheet(typed, None, fault)
        extra = {"autofocus": True, "maxlength": 500}
        sheet.field("remark", _("What changes, and why"), "textarea", extra=extra)
        text = _("New records follow the new version at once; running ones keep theirs until you move them.")
        path = f"{PATH}/{name}/publish?seen={seen}"
        return self.dialog(request, _("Publish"), sheet, path, save_label=_("Publish"), text=text)

    async def publish(self, request: AnyRequest, actor: Actor, name: str) -> Response[Any]:
        sent, raw = await request.form(), request.query_params.get("seen", "")
        seen = int(raw) if raw.isdigit() else 0
        try:
            number = await self.drafts.publish(actor, name, seen=seen, remark=text_of(sent, "remark"))
        except (Invalid, Conflict) as fault:
            return self._publish_form(request, name, raw, sent, fault)
        text = _("Version {number} is published.")(number=number)
        return self.done(request, f"{PATH}/{name}/versions", text)
