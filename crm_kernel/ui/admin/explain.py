"""Why may this person see this record, or do this, or why not: a question as a form, the answer as a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get

from crm_kernel.actor import Actor
from crm_kernel.administration.explain import EXPLAIN_USE, Explainer
from crm_kernel.contributions import Entity
from crm_kernel.dal.query import Condition, Query
from crm_kernel.errors import CrmError, Invalid
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.titles import title_fields
from crm_kernel.text import messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest, shop_options
from crm_kernel.ui.admin.scopes import modules_of
from crm_kernel.ui.sheet import Sheet, id_of, required_id, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/explain"


def explain_router(kernel: Kernel, renderer: Renderer) -> Router:
    """The explainer's page."""
    pages = ExplainPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[get("/")(pages.show)],
        opt={"permission": EXPLAIN_USE},
        include_in_schema=False,
    )


class ExplainPages(AdminRoom):
    """One page: the question stands in the address, so that it can be sent to a colleague."""

    @property
    def explainer(self) -> Explainer:
        """The service."""
        found: Explainer = self.kernel.service("explain")
        return found

    async def show(self, request: AnyRequest, actor: Actor) -> Response[str]:
        asked = dict(request.query_params)
        answer = fault = None
        if asked.get("user") and asked.get("permission"):
            try:
                answer = await self._answer(actor, asked)
            except CrmError as refused:
                fault = refused
        sheet = await self._question(actor, asked, fault)
        return await self.renderer.page(
            request,
            "crm/admin/explain.html",
            status=sheet.status if isinstance(fault, Invalid) else 200,
            heading=translate(_("Explain rights")),
            controls=sheet.controls,
            fault=sheet.message,
            answer=answer,
            path=self.url(PATH),
        )

    async def _question(self, actor: Actor, asked: Mapping[str, str], fault: CrmError | None) -> Sheet:
        sheet = Sheet(None, asked, fault)
        sheet.field(
            "user",
            _("Who"),
            "combobox",
            options=await self._chosen_person(actor, asked.get("user", "")),
            required=True,
            lookup_url=self.url("/lookup/staff"),
        )
        sheet.field("permission", _("May do"), "combobox", options=self._permissions(), required=True)
        entities = [(entity.name, entity.label) for entity in self.kernel.registry.of(Entity)]
        sheet.field("entity", _("With a record of"), "select", options=entities)
        sheet.field("id", _("Which record"), hint=_("Its number or code, or the id from its address."))
        shops = await self.shops(actor, EXPLAIN_USE)
        if len(shops) > 1:
            hint = _("Empty: where the person works.")
            options = shop_options(shops)
            sheet.field("dealership_id", _("Working in"), "select", options=options, hint=hint)
        return sheet

    async def _chosen_person(self, actor: Actor, raw: str) -> list[tuple[str, str]]:
        try:
            person = UUID(raw)
        except ValueError:
            return []
        names = await self.kernel.service("organisation").names(actor, "staff", [person])
        return [(str(key), name) for key, name in names.items()]

    def _permissions(self) -> list[tuple[str, str]]:
        found = []
        for module in modules_of(self.kernel):
            for section in module.sections:
                head = translate(section.label if section.entity else module.label)
                found += [(p.name, f"{head} · {translate(label)}") for p, label in section.permissions]
        return found

    async def _answer(self, actor: Actor, asked: Mapping[str, str]) -> dict[str, Any]:
        entity = text_of(asked, "entity") or None
        record = await self._record(actor, entity, text_of(asked, "id"))
        said = await self.explainer.explain(
            actor,
            required_id(asked, "user"),
            text_of(asked, "permission"),
            entity if record else None,
            record,
            id_of(asked, "dealership_id"),
        )
        return {"allowed": said.allowed, "because": [translate(reason) for reason in said.because]}

    async def _record(self, actor: Actor, name: str | None, raw: str) -> UUID | None:
        """The record meant: an id, or a number or code the asker can find. Raises Invalid."""
        if not raw:
            return None
        entity = self.kernel.registry.entity(name) if name else None
        if entity is None:
            raise Invalid.one("entity", "required", _("Choose what kind of record it is."))
        try:
            return UUID(raw)
        except ValueError:
            found = await self._by_code(actor, entity, raw)
        if found is None:
            raise Invalid.one("id", "unknown", _("You find no such record."))
        return found

    async def _by_code(self, actor: Actor, entity: Entity, code: str) -> UUID | None:
        if not actor.may(entity.permission("view")):
            return None
        numbering = (entity.numbering.field,) if entity.numbering else ()
        for name in dict.fromkeys((*numbering, *entity.key, *title_fields(entity))):
            field = entity.field(name)
            if field is None or not (field.filter or name in entity.key):
                continue
            query = Query(conditions=(Condition(name, "eq", code),), limit=1, fields=("id",))
            page = await self.kernel.service("records").list(actor, entity, query)
            if page.items:
                return UUID(str(page.items[0].id))
        return None
