"""One field of a record, edited or revealed where it stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, patch, post

from crm_kernel.actor import Actor
from crm_kernel.errors import Conflict, Invalid, NotFound, Stale
from crm_kernel.i18n import translate
from crm_kernel.records.fields import FieldSpec
from crm_kernel.telephone.permissions import CALL
from crm_kernel.text import messages
from crm_kernel.ui.records.display import Display, Linked
from crm_kernel.ui.records.forms import RecordForm
from crm_kernel.ui.records.questions import Unanswered, kept, with_answers
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.ui.records.verbs import version_of
from crm_kernel.ui.templating import html, told, trigger
from crm_kernel.web.parameters import CurrentActor, PathWord, RecordId

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]


class RecordFields(EntityRoom):
    """Inline editing and masked values of one entity."""

    def handlers(self) -> list[Any]:
        """All routes, each with the right it needs."""
        return [
            get("/{id:uuid}/fields/{name:str}", **self.needs("change"))(self.field_form),
            patch("/{id:uuid}/fields/{name:str}", **self.needs("change"))(self.field_save),
            get("/{id:uuid}/fields/{name:str}/value", **self.needs("view"))(self.field_value),
            post("/{id:uuid}/reveal", **self.needs("reveal"))(self.reveal),
            post("/{id:uuid}/call", opt={"permission": CALL})(self.call),
        ]

    async def _one_field(self, actor: Actor, id: UUID, name: str) -> tuple[RecordForm, FieldSpec, Any]:
        specs = await self.records.fields(actor, self.entity)
        form = RecordForm(self.kernel, actor, self.entity, specs)
        spec = next((spec for spec in form.specs if spec.name == name), None)
        if spec is None:
            raise NotFound()
        return form, spec, await self.records.get(actor, self.entity, id, typed=True)

    async def field_form(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, name: PathWord
    ) -> Response[str]:
        form, _spec, record = await self._one_field(actor, id, name)
        return await self._field_form(request, form, record, name, None, None)

    async def _field_form(
        self, request: AnyRequest, form: RecordForm, record: Any, name: str, typed: Any, fault: Any
    ) -> Response[str]:
        groups = await form.groups(record, typed, fault if isinstance(fault, Invalid) else None, only=name)
        control = groups[0][1][0]
        return self.renderer.part(
            request,
            "crm/records/inline_form.html",
            status=200 if fault is None else 422,
            control=control,
            url_base=f"{self.path}/{record.id}/fields/{name}",
            fact_id=f"fact-{name.replace('.', '-')}",
            version=record.version,
            fault=translate(fault.message) if fault is not None else None,
            questions=fault.asked.shown(self.path) if isinstance(fault, Unanswered) else (),
            answers=() if isinstance(fault, Unanswered) else kept(typed),
        )

    async def field_save(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, name: PathWord
    ) -> Response[str]:
        form, spec, record = await self._one_field(actor, id, name)
        sent = await request.form()
        values = form.read(sent, blank_means_none=True)
        wanted = {"custom": values.get("custom", {})} if spec.custom else {name: values.get(name)}
        try:
            wanted = await with_answers(self.kernel, actor, self.entity, wanted, sent, id)
            changed = await self.records.change(actor, self.entity, id, wanted, version_of(sent))
        except (Invalid, Stale, Conflict) as fault:
            return await self._field_form(request, form, record, name, sent, fault)
        response = await self._value(request, actor, spec, changed)
        trigger(response, {"crm:saved": {"version": changed.version}})
        return response

    async def field_value(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, name: PathWord
    ) -> Response[str]:
        _form, spec, record = await self._one_field(actor, id, name)
        return await self._value(request, actor, spec, record)

    async def _value(self, request: AnyRequest, actor: Actor, spec: FieldSpec, record: Any) -> Response[str]:
        display = Display(self.kernel, actor, self.entity)
        await display.prepare([spec], [record])
        cell = display.cell(spec, record.get(spec.name))
        return self.renderer.part(
            request,
            "crm/records/inline_value.html",
            label=translate(spec.label),
            value=cell,
            linked=isinstance(cell, Linked),
            edit_url=f"{self.path}/{record.id}/fields/{spec.name}",
            fact_id=f"fact-{spec.name.replace('.', '-')}",
        )

    async def reveal(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> dict[str, str]:
        sent = await request.json()
        field = sent.get("field") if isinstance(sent, dict) else None
        if not isinstance(field, str):
            raise Invalid.one("field", "required", _("This field is needed."))
        return {"value": await self.records.reveal(actor, self.entity, id, field)}

    async def call(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        """Let the actor's telephone ring for a number of the record."""
        field = str((await request.form()).get("field", ""))
        await self.kernel.service("telephone").call(actor, self.entity, id, field)
        response = html("", status=200)
        told(response, translate(_("Your telephone rings. Pick it up to be connected.")), "info")
        return response
