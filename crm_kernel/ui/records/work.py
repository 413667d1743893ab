"""What one does while a record is open: write a note, plan a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.errors import Invalid
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.notes.kinds import OUTCOMES
from crm_kernel.records.notes.view import NoteDraft
from crm_kernel.text import Text, messages
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.ui.tasks import draft_of, task_controls
from crm_kernel.ui.templating import html, told, trigger
from crm_kernel.web.parameters import CurrentActor, RecordId

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]

TASK = "task"
WITH_OUTCOME = ("call", "visit")
KINDS: tuple[tuple[str, Text, str, str], ...] = (
    ("note", _("Note"), "note", "notes.create"),
    ("call", _("Call"), "phone", "notes.create"),
    ("visit", _("Visit"), "building-store", "notes.create"),
    (TASK, _("Task"), "checkbox", "tasks.create"),
)
"""What can be written down on a record: kind, word, icon, the right it needs."""


async def composer(
    kernel: Kernel, actor: Actor, sent: Mapping[str, Any] | None = None, fault: Invalid | None = None
) -> dict[str, Any]:
    """The composer for one person, blank or with what was typed and what is wrong with it."""
    typed = sent or {}
    kinds = [(kind, translate(word), symbol) for kind, word, symbol, right in KINDS if actor.may(right)]
    outcomes = await kernel.service("dictionaries").entries(actor, OUTCOMES.name)
    errors = {one.field: translate(one.message) for one in fault.errors} if fault else {}
    controls = await task_controls(kernel, actor, typed, fault) if actor.may("tasks.create") else []
    return {
        "kinds": kinds,
        "kind": typed.get("kind") or (kinds[0][0] if kinds else ""),
        "body": typed.get("body", ""),
        "fault": errors.get("body") or errors.get("title") or next(iter(errors.values()), None),
        "outcomes": [(entry.code, translate(entry.label)) for entry in outcomes],
        "outcome": typed.get("outcome", ""),
        "controls": [control for control in controls if control.name in ("due_at", "assignee_id")],
    }


class RecordWork(EntityRoom):
    """Notes and tasks on records of one entity."""

    def handlers(self) -> list[Any]:
        """All routes; none where the services are missing."""
        found: list[Any] = []
        if self.kernel.offers("notes"):
            opt = {"signed_in": "the services check the right of each kind"}
            found.append(post("/{id:uuid}/notes", opt=opt)(self.add_note))
        if self.kernel.offers("tasks"):
            found += [
                get("/{id:uuid}/tasks", opt={"permission": "tasks.view"})(self.tasks),
                get("/{id:uuid}/task", opt={"permission": "tasks.create"})(self.task_form),
                post("/{id:uuid}/task", opt={"permission": "tasks.create"})(self.add_task),
            ]
        return found

    async def add_note(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        """What the composer says: a note, a call, a visit, or a task to be done."""
        sent = await request.form()
        kind, body = str(sent.get("kind", "note")), str(sent.get("body", ""))
        record = await self.records.get(actor, self.entity, id)
        try:
            if kind == TASK:
                said = msgspec.structs.replace(
                    draft_of(actor, sent, self.entity.name, id), title=body.strip()
                )
                await self.kernel.service("tasks").add(actor, said)
            else:
                outcome = str(sent.get("outcome", "")) if kind in WITH_OUTCOME else ""
                draft = NoteDraft(body=body, kind=kind, outcome=outcome or None)
                await self.kernel.service("notes").add(actor, self.entity, id, draft)
        except Invalid as fault:
            form = await composer(self.kernel, actor, sent, fault)
            return self._composer(request, record, form, status=422)
        response = self._composer(request, record, await composer(self.kernel, actor, {"kind": kind}))
        told(response, translate(_("Task planned.") if kind == TASK else _("Added to the timeline.")))
        trigger(response, {"crm:timeline": {}, **({"crm:tasks": {}} if kind == TASK else {})})
        return response

    def _composer(
        self, request: AnyRequest, record: Any, form: Mapping[str, Any], *, status: int = 200
    ) -> Response[str]:
        url = f"{self.path}/{record.id}"
        return self.renderer.part(
            request, "crm/records/composer.html", status=status, url_base=url, record=record, composer=form
        )

    async def tasks(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        """The open tasks of the record."""
        page = await self.kernel.service("tasks").of_record(actor, self.entity, id)
        may = {"task": actor.may("tasks.create")}
        return self.renderer.part(
            request, "crm/records/next_steps.html", tasks=page.items, may=may, url_base=f"{self.path}/{id}"
        )

    async def task_form(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        return await self._task_form(request, actor, id, None, None)

    async def _task_form(
        self, request: AnyRequest, actor: Actor, id: UUID, sent: Any, fault: Invalid | None
    ) -> Response[str]:
        controls = await task_controls(self.kernel, actor, sent, fault)
        return self.renderer.part(
            request,
            "crm/tasks/form.html",
            status=422 if fault else 200,
            controls=controls,
            save_url=f"{self.path}/{id}/task",
        )

    async def add_task(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        sent = await request.form()
        try:
            draft = draft_of(actor, sent, self.entity.name, id)
            await self.kernel.service("tasks").add(actor, draft)
        except Invalid as fault:
            return await self._task_form(request, actor, id, sent, fault)
        response = html("")
        told(response, translate(_("Task planned.")))
        trigger(response, {"crm:close-dialog": {}, "crm:tasks": {}, "crm:changed": {}})
        return response
