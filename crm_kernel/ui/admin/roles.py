"""Roles: the list, adding and renaming, and all of them side by side."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Actor, Scope
from crm_kernel.administration.permissions import ACCESS_MANAGE
from crm_kernel.administration.roles import RoleService, RoleView
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import CrmError, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.admin.role_rights import RoleRightsPages, ordered
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest, Tab, shop_options
from crm_kernel.ui.admin.scopes import SCOPE_LABELS, modules_of
from crm_kernel.ui.sheet import REFUSALS, Sheet, id_of, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/roles"
TABS: tuple[Tab, ...] = (
    (PATH, _("Roles"), ACCESS_MANAGE),
    (f"{PATH}/compare", _("Side by side"), ACCESS_MANAGE),
)


def role_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of roles."""
    pages, rights = RolePages(kernel, renderer), RoleRightsPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/compare")(pages.compare),
            get("/new")(pages.new),
            post("/new")(pages.add),
            get("/{name:str}")(rights.show),
            post("/{name:str}")(rights.save),
            get("/{name:str}/rename")(pages.rename_form),
            post("/{name:str}/rename")(pages.rename),
            post("/{name:str}/delete")(pages.delete),
        ],
        opt={"permission": ACCESS_MANAGE},
        include_in_schema=False,
    )


class RolePages(AdminRoom):
    """What there is, and what it is called."""

    @property
    def policy(self) -> RoleService:
        """The service."""
        found: RoleService = self.kernel.service("policy")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        shops = (await self.kernel.access.policy()).shops
        rows = [
            {
                "name": role.name,
                "label": translate(role.label),
                "preset": role.preset,
                "shop": shops[role.dealership_id].name if role.dealership_id in shops else "",
                "holders": role.holders,
                "permissions": len(role.permissions),
                "fields": len(role.fields),
                "editable": role.editable,
            }
            for role in ordered(await self.policy.roles(actor))
        ]
        return await self.renderer.page(
            request,
            "crm/admin/roles.html",
            heading=translate(_("Roles and rights")),
            tabs=self.tabs(actor, TABS, PATH),
            rows=rows,
            path=self.url(PATH),
        )

    async def compare(self, request: AnyRequest, actor: Actor) -> Response[str]:
        """Permissions as rows, roles as columns, the scope in each cell."""
        roles = ordered(await self.policy.roles(actor))
        modules = [
            {
                "label": translate(module.label),
                "sections": [
                    {
                        "label": translate(section.label),
                        "rows": [
                            (
                                translate(label),
                                permission.reserved,
                                [reach(role, permission.name) for role in roles],
                            )
                            for permission, label in section.permissions
                        ],
                    }
                    for section in module.sections
                ],
            }
            for module in modules_of(self.kernel)
        ]
        return await self.renderer.page(
            request,
            "crm/admin/compare.html",
            heading=translate(_("Roles and rights")),
            tabs=self.tabs(actor, TABS, f"{PATH}/compare"),
            roles=[(role.name, translate(role.label)) for role in roles],
            modules=modules,
            path=self.url(PATH),
        )

    async def new(self, request: AnyRequest, actor: Actor) -> Response[str]:
        stored = {"like": request.query_params.get("like", "")}
        return await self._new_form(request, actor, stored, None, None)

    async def _new_form(
        self, request: AnyRequest, actor: Actor, stored: dict[str, Any], typed: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        sheet.field("label", _("Name"), required=True, wide=True, extra={"autofocus": True, "maxlength": 120})
        likes = [(role.name, role.label) for role in ordered(await self.policy.roles(actor)) if role.editable]
        sheet.field("like", _("Begin with the rights of"), "select", options=likes)
        shops = shop_options(await self.shops(actor, ACCESS_MANAGE))
        everywhere = await self.everywhere(actor, ACCESS_MANAGE)
        hint = _("None: for every dealership.") if everywhere else None
        sheet.field(
            "dealership_id",
            _("Only for the dealership"),
            "select",
            options=shops,
            required=not everywhere,
            hint=hint,
        )
        sheet.field("name", _("Code"), hint=_("For rules and the command line; empty: one is made up."))
        return self.dialog(request, _("Add a role"), sheet, f"{PATH}/new", save_label=_("Add"))

    async def add(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        name = text_of(sent, "name") or f"role-{uuid7().hex[-8:]}"
        try:
            role = await self.policy.create_role(
                actor,
                name,
                text_of(sent, "label"),
                id_of(sent, "dealership_id"),
                like=text_of(sent, "like"),
            )
        except REFUSALS as fault:
            return await self._new_form(request, actor, {}, sent, fault)
        text = _("The role is there. Choose what it may do.")
        return self.done(request, f"{PATH}/{role.name}", text)

    async def rename_form(self, request: AnyRequest, actor: Actor, name: str) -> Response[str]:
        role = one_of(await self.policy.roles(actor), name)
        return self._rename_form(request, name, {"label": translate(role.label)}, None, None)

    def _rename_form(
        self, request: AnyRequest, name: str, stored: dict[str, Any], typed: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        sheet.field("label", _("Name"), required=True, wide=True, extra={"autofocus": True, "maxlength": 120})
        path = f"{PATH}/{name}/rename"
        return self.dialog(request, _("Rename the role"), sheet, path, save_label=_("Rename"))

    async def rename(self, request: AnyRequest, actor: Actor, name: str) -> Response[Any]:
        sent = await request.form()
        label = text_of(sent, "label")
        try:
            await self.policy.rename_role(actor, name, label)
        except REFUSALS as fault:
            return self._rename_form(request, name, {}, sent, fault)
        return self.done(request, self.back_to(request, PATH), _("It is called {name} now.")(name=label))

    async def delete(self, request: AnyRequest, actor: Actor, name: str) -> Response[Any]:
        await self.policy.delete_role(actor, name)
        return self.done(request, PATH, _("The role is deleted."))


def reach(role: RoleView, permission: str) -> str:
    """How far a role's permission reaches, in a word; empty where it has none."""
    scope = Scope.ALL if role.name == SUPER else role.permissions.get(permission)
    return translate(SCOPE_LABELS[scope]) if scope else ""


def one_of(roles: list[RoleView], name: str) -> RoleView:
    """The role of that name. Raises NotFound."""
    for role in roles:
        if role.name == name:
            return role
    raise NotFound(_("There is no such role."))
