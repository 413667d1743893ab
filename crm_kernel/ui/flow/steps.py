"""Taking steps from a record's page: the dialog that asks for a step's facts, and the steps taken so far."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Request, Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.errors import Conflict, CrmError, Invalid, Stale
from crm_kernel.flow.definition import Step
from crm_kernel.flow.views import FlowView
from crm_kernel.i18n import translate
from crm_kernel.text import Text, messages
from crm_kernel.ui.flow.facts import fact_sheet, facts_of
from crm_kernel.ui.flow.standing import SECOND_THOUGHT, moves_shown
from crm_kernel.ui.flow.states import flow_of
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.ui.templating import go, told, trigger
from crm_kernel.web.parameters import CurrentActor, PathWord, RecordId

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]


class RecordSteps(EntityRoom):
    """Steps of one entity's records."""

    def handlers(self) -> list[Any]:
        """All routes; none for records that follow no flow. The right to a step is the service's to check."""
        if flow_of(self.kernel, self.entity) is None:
            return []
        view = self.needs("view")
        return [
            get("/{id:uuid}/steps", **view)(self.taken),
            get("/{id:uuid}/steps/{key:str}", **view)(self.ask),
            post("/{id:uuid}/steps/{key:str}", **view)(self.take),
        ]

    async def taken(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        """The steps the record took, and what was said."""
        moves = await self.kernel.service("flows").history(actor, self.entity, id)
        return self.renderer.part(request, "crm/flow/taken.html", moves=moves_shown(moves))

    async def ask(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, key: PathWord
    ) -> Response[Any]:
        try:
            step = await self._open(actor, id, key)
        except Conflict as fault:
            return self._overtaken(request, id, fault)
        return await self._dialog(request, actor, id, step, None, None)

    async def _open(self, actor: Actor, id: UUID, key: str) -> Step:
        """The step, if it is open now. Raises Conflict with the open ones, NotFound."""
        view: FlowView = await self.kernel.service("flows").view(actor, self.entity, id)
        for step in view.steps:
            if step.key == key:
                return step
        open_steps = [{"step": one.key, "label": one.label} for one in view.steps]
        text = _("This step is not possible now: it stands at “{state}”.")(state=view.state.label)
        raise Conflict(text, code="step", open=open_steps)

    async def _dialog(
        self, request: AnyRequest, actor: Actor, id: UUID, step: Step, typed: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = await fact_sheet(self.kernel, actor, step, typed, fault)
        record = await self.records.get(actor, self.entity, id)
        return self.dialog(
            request,
            step.label,
            sheet,
            f"/{self.entity.plural}/{id}/steps/{step.key}?version={record.version}",
            save_label=step.label if isinstance(step.label, Text) else Text(step.label, "custom"),
            text=SECOND_THOUGHT if step.weight == "grave" else None,
        )

    async def take(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, key: PathWord
    ) -> Response[Any]:
        sent = await request.form()
        seen = request.query_params.get("version", "")
        try:
            step = await self._open(actor, id, key)
        except Conflict as fault:
            return self._overtaken(request, id, fault)
        try:
            view = await self.kernel.service("flows").step(
                actor,
                self.entity,
                id,
                key,
                facts_of(actor, step, sent),
                int(seen) if seen.isdigit() else None,
            )
        except (Invalid, Stale) as fault:
            return await self._dialog(request, actor, id, step, sent, fault)
        except Conflict as fault:
            return self._overtaken(request, id, fault)
        text = _("{step} → {state}")(step=translate(step.label), state=translate(view.state.label))
        if urlsplit(request.headers.get("hx-current-url", "")).path == self.url(
            f"/{self.entity.plural}/board"
        ):
            response = self.renderer.part(request, "crm/flow/nothing.html")
            told(response, translate(text))
            trigger(response, {"crm:close-dialog": {}, "crm:changed": {}})
            return response
        return self.done(request, f"/{self.entity.plural}/{id}", text)

    def _overtaken(self, request: AnyRequest, id: UUID, fault: Conflict) -> Response[Any]:
        """Somebody was quicker: back to the page as it is now, with a word on what is possible instead."""
        words = translate(fault.message)
        possible = [
            translate(one["label"]) for one in fault.open or () if isinstance(one["label"], Text | str)
        ]
        if possible:
            words += " " + translate(_("Possible now: {steps}.")(steps=" / ".join(possible)))
        return go(request, f"{self.path}/{id}", {"level": "warning", "text": words})
