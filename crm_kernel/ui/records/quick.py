"""A new record without leaving the form that needs it: the few fields it cannot do without, in a dialog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.errors import CrmError, Invalid
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.titles import title_fields, title_of
from crm_kernel.text import messages
from crm_kernel.ui.records.forms import RecordForm
from crm_kernel.ui.records.questions import Unanswered, kept, with_answers
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.ui.templating import Renderer, html, told, trigger
from crm_kernel.web.parameters import CurrentActor

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
ASKED = 6


class QuickForm(EntityRoom):
    """The short form of one entity."""

    def __init__(self, kernel: Kernel, renderer: Renderer, entity: Entity) -> None:
        super().__init__(kernel, renderer, entity)
        self.form_url = f"{self.path}/quick"

    def handlers(self) -> list[Any]:
        """Both routes."""
        create = self.needs("create")
        return [get("/quick", **create)(self.show), post("/quick", **create)(self.create)]

    async def _form(self, actor: Actor) -> RecordForm:
        specs = await self.records.fields(actor, self.entity)
        return RecordForm(
            self.kernel, actor, self.entity, [spec for spec in specs if self._asked(spec)][:ASKED]
        )

    def _asked(self, spec: FieldSpec) -> bool:
        """What is needed, and what the record will be found by."""
        numbered = self.entity.numbering is not None and spec.name == self.entity.numbering.field
        wanted = spec.field.required or spec.name in title_fields(self.entity) or spec.field.search
        return bool(wanted) and not numbered and spec.field.form

    async def show(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """The blank form; `name` is what was typed into the look-up field."""
        form = await self._form(actor)
        text = request.query_params.get("name", "")[:200]
        named = [spec for spec in form.specs if spec.name in title_fields(self.entity)]
        fitting = next((spec.name for spec in named if _reads(spec, text)), self.entity.title)
        return await self._part(request, form, {fitting: text}, None)

    async def _part(
        self, request: AnyRequest, form: RecordForm, typed: Mapping[str, Any], fault: CrmError | None
    ) -> Response[str]:
        groups = await form.groups(None, typed, fault if isinstance(fault, Invalid) else None)
        return self.renderer.part(
            request,
            "crm/records/quick.html",
            status=422 if fault else 200,
            heading=translate(_("Add {entity}")(entity=translate(self.entity.label))),
            controls=[control for _heading, controls in groups for control in controls],
            save_url=self.form_url,
            fault=translate(fault.message) if fault and not isinstance(fault, Invalid) else None,
            questions=fault.asked.shown(self.path) if isinstance(fault, Unanswered) else (),
            answers=() if isinstance(fault, Unanswered) else kept(typed),
        )

    async def create(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        form = await self._form(actor)
        sent = await request.form()
        try:
            values = form.read(sent, blank_means_none=False)
            values = await with_answers(self.kernel, actor, self.entity, values, sent)
            record = await self.records.create(actor, self.entity, values)
        except CrmError as fault:
            return await self._part(request, form, sent, fault)
        response = html("")
        told(response, translate(_("{entity} added.")(entity=translate(self.entity.label))))
        label = title_of(self.entity, record) or str(record.id)
        trigger(response, {"crm:created": {"value": str(record.id), "label": label}, "crm:close-dialog": {}})
        return response


def _reads(spec: FieldSpec, text: str) -> bool:
    """Whether the field could hold what was typed."""
    try:
        spec.kind.parse(text)
    except ValueError:
        return False
    return True
