"""Fields that the dealership adds to record types itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.errors import CrmError, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.custom_fields import MANAGE, CustomFieldService, CustomFieldView
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.sheet import REFUSALS, Sheet, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/custom-fields"
KINDS: dict[str, Text] = {
    "text": _("Text"),
    "number": _("Number"),
    "date": _("Date"),
    "choice": _("Choice"),
    "switch": _("Yes or no"),
}


def custom_field_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of custom fields."""
    pages = CustomFieldPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/new")(pages.new),
            post("/new")(pages.add),
            get("/{id:uuid}/edit")(pages.edit),
            post("/{id:uuid}/edit")(pages.change),
            post("/{id:uuid}/{act:str}")(pages.act),
        ],
        opt={"permission": MANAGE.name},
        include_in_schema=False,
    )


class CustomFieldPages(AdminRoom):
    """Definitions by record type."""

    @property
    def fields(self) -> CustomFieldService:
        """The service."""
        found: CustomFieldService = self.kernel.service("custom_fields")
        return found

    def _entities(self, actor: Actor) -> dict[str, Entity]:
        """Record types of the modules that are switched on here."""
        off = actor.grants.modules_off
        return {e.name: e for plugin, e in self.kernel.registry.owned(Entity) if plugin not in off}

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        by_entity: dict[str, list[CustomFieldView]] = {}
        for view in await self.fields.list(actor):
            by_entity.setdefault(view.entity, []).append(view)
        groups = [
            {
                "entity": name,
                "label": translate(entity.plural_label),
                "icon": entity.icon,
                "rows": sorted(by_entity.get(name, ()), key=lambda view: (view.position, view.key)),
            }
            for name, entity in self._entities(actor).items()
            if entity.pages or name in by_entity
        ]
        filled = [group for group in groups if group["rows"]]
        return await self.renderer.page(
            request,
            "crm/admin/custom_fields.html",
            heading=translate(_("Custom fields")),
            groups=filled,
            others=[group for group in groups if not group["rows"]],
            kinds={kind: translate(label) for kind, label in KINDS.items()},
            is_super=actor.grants.super,
            path=self.url(PATH),
        )

    async def new(self, request: AnyRequest, actor: Actor) -> Response[str]:
        stored = {"kind": "text", **dict(request.query_params)}
        return self._new_form(request, actor, stored, None, None)

    def _new_form(
        self, request: AnyRequest, actor: Actor, stored: Mapping[str, Any], typed: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        entities = [(name, entity.label) for name, entity in self._entities(actor).items()]
        sheet.field("entity", _("Records"), "select", options=entities, required=True)
        sheet.field("kind", _("Kind"), "select", options=list(KINDS.items()), required=True)
        sheet.field("label", _("Name"), required=True, wide=True, extra={"autofocus": True, "maxlength": 120})
        _options(sheet)
        sheet.field("required", _("Must be filled in"), "checkbox")
        if actor.grants.super:
            sheet.field("everywhere", _("In every dealership"), "checkbox")
        sheet.field("key", _("Key"), wide=True, hint=_("For files and programs; empty: made of the name."))
        return self.dialog(request, _("Add a field"), sheet, f"{PATH}/new", save_label=_("Add"))

    async def add(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        try:
            view = await self.fields.define(
                actor,
                text_of(sent, "entity"),
                text_of(sent, "label"),
                text_of(sent, "kind"),
                key=text_of(sent, "key"),
                required=text_of(sent, "required") == "true",
                options=options_of(sent),
                everywhere=text_of(sent, "everywhere") == "true",
            )
        except REFUSALS as fault:
            return self._new_form(request, actor, {}, sent, fault)
        text = _("{name} stands in forms, lists and filters now.")(name=view.label)
        return self.done(request, PATH, text)

    async def edit(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        view = await self._one(actor, id)
        lines = [o["label"] if o["code"] == o["label"] else f"{o['code']}={o['label']}" for o in view.options]
        stored = {
            "label": view.label,
            "required": view.required,
            "position": view.position,
            "options": "\n".join(lines),
        }
        return self._edit_form(request, view, stored, None, None)

    def _edit_form(
        self,
        request: AnyRequest,
        view: CustomFieldView,
        stored: Mapping[str, Any],
        typed: Any,
        fault: CrmError | None,
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        sheet.field("label", _("Name"), required=True, wide=True, extra={"autofocus": True, "maxlength": 120})
        if view.kind == "choice":
            _options(sheet)
        sheet.field("required", _("Must be filled in"), "checkbox")
        title = _("Edit the field {name}")(name=view.label)
        return self.dialog(request, title, sheet, f"{PATH}/{view.id}/edit")

    async def change(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        view = await self._one(actor, id)
        try:
            await self.fields.change(
                actor,
                id,
                label=text_of(sent, "label"),
                required=text_of(sent, "required") == "true",
                options=options_of(sent) if view.kind == "choice" else None,
            )
        except REFUSALS as fault:
            return self._edit_form(request, view, {}, sent, fault)
        return self.done(request, PATH, _("Saved."))

    async def act(self, request: AnyRequest, actor: Actor, id: UUID, act: str) -> Response[Any]:
        """Switch a field on or off, or move it up or down."""
        view = await self._one(actor, id)
        if act in ("on", "off"):
            await self.fields.change(actor, id, active=act == "on")
            text = _("{name} is in use again.") if act == "on" else _("{name} is off; its values stay.")
            return self.done(request, PATH, text(name=view.label))
        if act not in ("up", "down"):
            raise NotFound()
        views = sorted(await self.fields.list(actor, view.entity), key=lambda one: (one.position, one.key))
        ids = [one.id for one in views]
        place = ids.index(id)
        ids.insert(max(place + (1 if act == "down" else -1), 0), ids.pop(place))
        await self.fields.arrange(actor, view.entity, ids)
        return self.done(request, PATH, _("Moved."))

    async def _one(self, actor: Actor, id: UUID) -> CustomFieldView:
        for view in await self.fields.list(actor):
            if view.id == id:
                return view
        raise NotFound()


def _options(sheet: Sheet) -> None:
    hint = _("For a choice: one option a line; code=name where files use a code.")
    sheet.field("options", _("Options"), "textarea", hint=hint)


def options_of(sent: Mapping[str, Any]) -> list[dict[str, str]]:
    """One option a line, `code=label` or just the label."""
    found = []
    for line in text_of(sent, "options").splitlines():
        code, equals, label = line.partition("=")
        if line.strip():
            found.append({"code": code.strip(), "label": (label if equals else code).strip()})
    return found
