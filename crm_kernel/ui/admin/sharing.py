"""Sharing rules: which records and fields the dealerships of a group let each other find."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.access.models import SharingRule
from crm_kernel.actor import Actor
from crm_kernel.administration.permissions import SHARING_MANAGE
from crm_kernel.administration.sharing import SharingService
from crm_kernel.contributions import Entity
from crm_kernel.errors import CrmError, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.admin.places import asked_again
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.sheet import REFUSALS, Sheet, id_of, many, required_id, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/sharing"


def sharing_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of sharing."""
    pages = SharingPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/new")(pages.new),
            post("/new")(pages.add),
            get("/{id:uuid}/edit")(pages.edit),
            post("/{id:uuid}/edit")(pages.change),
            post("/{id:uuid}/delete")(pages.delete),
            post("/{id:uuid}/{act:str}")(pages.switch),
        ],
        opt={"permission": SHARING_MANAGE},
        include_in_schema=False,
    )


class SharingPages(AdminRoom):
    """The rules of every group within reach."""

    @property
    def sharing(self) -> SharingService:
        """The service."""
        found: SharingService = self.kernel.service("sharing")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        groups = await self._groups(actor)
        shops = {shop.id: shop.name for shop in (await self.kernel.access.policy()).shops.values()}
        anybody = translate(_("every dealership"))
        rows = []
        for rule in await self.sharing.rules(actor):
            entity = self.kernel.registry.entity(rule.entity)
            rows.append(
                {
                    "id": rule.id,
                    "group": groups.get(rule.group_id, ""),
                    "entity": translate(entity.plural_label) if entity else rule.entity,
                    "source": shops.get(rule.source_id, "—") if rule.source_id else anybody,
                    "target": shops.get(rule.target_id, "—") if rule.target_id else anybody,
                    "tag": rule.tag,
                    "fields": _labels(entity, rule.fields),
                    "active": rule.active,
                }
            )
        return await self.renderer.page(
            request,
            "crm/admin/sharing.html",
            heading=translate(_("Sharing in the group")),
            rows=rows,
            has_group=bool(groups),
            path=self.url(PATH),
        )

    async def _groups(self, actor: Actor) -> dict[UUID, str]:
        return {group.id: group.name for group in await self.sharing.groups(actor)}

    async def new(self, request: AnyRequest, actor: Actor) -> Response[str]:
        return await self._new_form(request, actor, dict(request.query_params), None, None)

    async def _new_form(
        self, request: AnyRequest, actor: Actor, stored: dict[str, Any], typed: Any, fault: CrmError | None
    ) -> Response[str]:
        """Choosing a group or a record type asks for the form again, with its dealerships and fields."""
        groups = await self._groups(actor)
        entities = self._entities(actor)
        stored = {"group_id": next(iter(groups), ""), "entity": next(iter(entities), ""), **stored}
        again = asked_again(self, f"{PATH}/new")
        sheet = Sheet(typed, stored, fault)
        chosen = list(groups.items())
        sheet.field("group_id", _("Group"), "select", options=chosen, required=True, extra=again)
        kinds = [(name, entity.plural_label) for name, entity in entities.items()]
        sheet.field("entity", _("Records"), "select", options=kinds, required=True, extra=again)
        shops = [
            (shop.id, shop.name)
            for shop in (await self.kernel.access.policy()).shops.values()
            if str(shop.group_id) == sheet.value("group_id")
        ]
        every = _("None: every dealership of the group.")
        sheet.field("source_id", _("Records of"), "select", options=shops, hint=every)
        sheet.field("target_id", _("May be found by"), "select", options=shops, hint=every)
        self._fields(actor, sheet, entities.get(sheet.value("entity")))
        sheet.field("tag", _("Only with the tag"), hint=_("Empty: all of them."), extra={"maxlength": 60})
        text = _("Other dealerships find these records with the chosen fields only; each opening is logged.")
        return self.dialog(
            request, _("Share records"), sheet, f"{PATH}/new", save_label=_("Share"), text=text
        )

    def _entities(self, actor: Actor) -> dict[str, Entity]:
        return {
            entity.name: entity
            for entity in self.kernel.registry.of(Entity)
            if actor.may(entity.permission("view"))
        }

    def _fields(self, actor: Actor, sheet: Sheet, entity: Entity | None) -> None:
        hidden = actor.grants.hidden
        options = [
            (field.name, field.label)
            for field in (entity.fields if entity else ())
            if entity is not None and f"{entity.name}.{field.name}" not in hidden
        ]
        sheet.field("fields", _("Fields they see"), "multi", options=options, required=True, wide=True)

    async def add(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        try:
            await self.sharing.create_rule(
                actor,
                required_id(sent, "group_id"),
                text_of(sent, "entity"),
                [str(one) for one in many(sent, "fields")],
                source_id=id_of(sent, "source_id"),
                target_id=id_of(sent, "target_id"),
                tag=text_of(sent, "tag"),
            )
        except REFUSALS as fault:
            return await self._new_form(request, actor, {}, sent, fault)
        return self.done(request, PATH, _("The records are shared."))

    async def edit(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        rule = await self._one(actor, id)
        return self._edit_form(request, actor, rule, {"fields": rule.fields}, None, None)

    def _edit_form(
        self,
        request: AnyRequest,
        actor: Actor,
        rule: SharingRule,
        stored: dict[str, Any],
        typed: Any,
        fault: CrmError | None,
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        self._fields(actor, sheet, self.kernel.registry.entity(rule.entity))
        return self.dialog(request, _("Shared fields"), sheet, f"{PATH}/{rule.id}/edit")

    async def change(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        rule = await self._one(actor, id)
        try:
            await self.sharing.change_rule(actor, id, fields=[str(one) for one in many(sent, "fields")])
        except REFUSALS as fault:
            return self._edit_form(request, actor, rule, {}, sent, fault)
        return self.done(request, PATH, _("Saved."))

    async def switch(self, request: AnyRequest, actor: Actor, id: UUID, act: str) -> Response[Any]:
        if act not in ("on", "off"):
            raise NotFound()
        await self.sharing.change_rule(actor, id, active=act == "on")
        text = _("The rule counts again.") if act == "on" else _("The rule is off.")
        return self.done(request, PATH, text)

    async def delete(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        await self.sharing.delete_rule(actor, id)
        return self.done(request, PATH, _("The rule is withdrawn."))

    async def _one(self, actor: Actor, id: UUID) -> SharingRule:
        for rule in await self.sharing.rules(actor):
            if rule.id == id:
                return rule
        raise NotFound()


def _labels(entity: Entity | None, names: list[str]) -> list[str]:
    fields = {field.name: translate(field.label) for field in entity.fields} if entity else {}
    return [fields.get(name, name) for name in names]
