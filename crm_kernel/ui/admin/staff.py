"""People who work here: the list, one person's page, adding, moving, letting go, and the roles they hold."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.access.organisation import Staff
from crm_kernel.access.store import Shop
from crm_kernel.actor import Actor
from crm_kernel.administration.permissions import ACCESS_MANAGE, ORGANISATION_MANAGE
from crm_kernel.administration.roles import RoleService
from crm_kernel.administration.staff import OrganisationService
from crm_kernel.errors import CrmError
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.admin.organisation import LANGUAGES, TABS
from crm_kernel.ui.admin.places import (
    EVERYWHERE,
    PLACE,
    granted_place,
    granted_role,
    place_fields,
    role_fields,
)
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.sheet import REFUSALS, Sheet, id_of, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/staff"
SHOWN = 200
FACTS = ("name", "code", "position", "level", "mobile", "email", "locale")


def staff_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of people."""
    pages = StaffPages(kernel, renderer)
    roles = {"permission": ACCESS_MANAGE}
    manage = {"permission": ORGANISATION_MANAGE}
    return Router(
        PATH,
        route_handlers=[
            get("/", opt=manage)(pages.list_page),
            get("/new", opt=manage)(pages.new),
            post("/new", opt=manage)(pages.add),
            get("/{id:uuid}", opt=manage)(pages.show),
            get("/{id:uuid}/edit", opt=manage)(pages.edit),
            post("/{id:uuid}/edit", opt=manage)(pages.change),
            get("/{id:uuid}/move", opt=manage)(pages.move_form),
            post("/{id:uuid}/move", opt=manage)(pages.move),
            post("/{id:uuid}/leave", opt=manage)(pages.leave),
            post("/{id:uuid}/return", opt=manage)(pages.come_back),
            get("/{id:uuid}/grant", opt=roles)(pages.grant_form),
            post("/{id:uuid}/grant", opt=roles)(pages.grant),
            post("/{id:uuid}/revoke", opt=roles)(pages.revoke),
        ],
        include_in_schema=False,
    )


class StaffPages(AdminRoom):
    """Everybody within reach."""

    @property
    def organisation(self) -> OrganisationService:
        """The service for people and places."""
        found: OrganisationService = self.kernel.service("organisation")
        return found

    @property
    def policy(self) -> RoleService:
        """The service for roles."""
        found: RoleService = self.kernel.service("policy")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        params = request.query_params
        shops = await self.shops(actor, ORGANISATION_MANAGE)
        names = {shop.id: shop.name for shop in shops}
        shop = id_of(params, "dealership_id") or (shops[0].id if len(shops) == 1 else None)
        departments = await self.organisation.departments(actor, shop) if shop in names else []
        department = id_of(params, "department_id")
        if department not in {one.id for one in departments}:
            department = None
        state = params.get("state", "active")
        people = await self.organisation.staff(
            actor,
            dealership_id=shop,
            department_id=department,
            q=params.get("q", "").strip()[:100],
            active={"active": True, "left": False}.get(state),
            limit=SHOWN + 1,
        )
        rows = await self._rows(actor, people[:SHOWN], names)
        return await self.renderer.page(
            request,
            "crm/admin/staff.html",
            heading=translate(_("Organisation and staff")),
            tabs=self.tabs(actor, TABS, PATH),
            path=self.url(PATH),
            rows=rows,
            more=len(people) > SHOWN,
            shops=[(str(one.id), one.name) for one in shops],
            departments=[(str(one.id), one.name) for one in departments],
            chosen={"dealership_id": str(shop or ""), "department_id": str(department or ""), "state": state},
            q=params.get("q", ""),
            filtered=bool(params.get("q") or department or state != "active"),
        )

    async def _rows(self, actor: Actor, people: Any, names: dict[UUID, str]) -> list[dict[str, Any]]:
        held: Any = {}
        if actor.may(ACCESS_MANAGE):
            held = await self.policy.roles_of_all(actor, [one.id for one in people])
        departments: dict[UUID, str] = {}
        for shop in {one.dealership_id for one in people if one.department_id} & set(names):
            if shop is not None:
                departments |= {d.id: d.name for d in await self.organisation.departments(actor, shop)}
        return [
            {
                "id": person.id,
                "name": person.name,
                "code": person.code,
                "shop": names.get(person.dealership_id, ""),
                "department": departments.get(person.department_id, ""),
                "position": person.position,
                "active": person.active,
                "roles": [
                    {
                        "label": translate(grant.label),
                        "place": self._place(grant.dealership_id, names),
                        "home": grant.dealership_id == person.dealership_id,
                    }
                    for grant in held.get(person.id, ())
                ],
            }
            for person in people
        ]

    def _place(self, dealership: UUID | None, names: dict[UUID, str]) -> str:
        return translate(_("everywhere")) if dealership is None else names.get(dealership, "—")

    async def show(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        person = await self.organisation.get_staff(actor, id)
        policy = await self.kernel.access.policy()
        shop = policy.shops.get(person.dealership_id) if person.dealership_id else None
        department = team = ""
        if shop is not None:
            parts = await self.organisation.departments(actor, shop.id)
            department = next((d.name for d in parts if d.id == person.department_id), "")
            teams = await self.organisation.teams(actor, shop.id)
            team = next((t.name for t in teams if t.id == person.team_id), "")
        grants = await self.policy.roles_of(actor, id) if actor.may(ACCESS_MANAGE) else []
        names = {one.id: one.name for one in policy.shops.values()}
        return await self.renderer.page(
            request,
            "crm/admin/person.html",
            heading=person.name,
            back_url=self.url(PATH),
            person=person,
            shop=shop.name if shop else translate(_("no dealership")),
            department=department,
            team=team,
            language=dict(LANGUAGES).get(person.locale, translate(_("as the dealership"))),
            grants=[
                {
                    "role": grant.role,
                    "label": translate(grant.label),
                    "place": self._place(grant.dealership_id, names),
                    "dealership_id": grant.dealership_id or EVERYWHERE,
                }
                for grant in grants
            ],
            path=self.url(f"{PATH}/{id}"),
        )

    # Adding and changing

    async def new(self, request: AnyRequest, actor: Actor) -> Response[str]:
        params = dict(request.query_params)
        shops = await self.shops(actor, ORGANISATION_MANAGE)
        if not params.get("dealership_id") and actor.place.dealership_id in {shop.id for shop in shops}:
            params["dealership_id"] = str(actor.place.dealership_id)
        return await self._add_form(request, actor, shops, params)

    async def _add_form(
        self,
        request: AnyRequest,
        actor: Actor,
        shops: list[Shop],
        stored: dict[str, Any],
        typed: Any = None,
        fault: CrmError | None = None,
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        self._facts(sheet)
        await place_fields(self, actor, sheet, shops, f"{PATH}/new")
        return self.dialog(request, _("Add somebody"), sheet, f"{PATH}/new", save_label=_("Add"))

    def _facts(self, sheet: Sheet) -> None:
        sheet.field("name", _("Name"), required=True, extra={"autofocus": True, "maxlength": 120})
        sheet.field("code", _("Staff number"), required=True, hint=_("Unique in the dealership."))
        sheet.field("position", _("Position"), extra={"maxlength": 60})
        sheet.field("level", _("Level"), extra={"maxlength": 40})
        sheet.field("mobile", _("Mobile"), "tel")
        sheet.field("email", _("E-mail"), "email")
        sheet.field("locale", _("Language"), "select", options=LANGUAGES)

    async def add(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        values: dict[str, Any] = {name: text_of(sent, name) for name in FACTS}
        try:
            place = {name: id_of(sent, name) for name in PLACE}
            person = await self.organisation.create_staff(
                actor, values.pop("code"), values.pop("name"), **place, **values
            )
        except REFUSALS as fault:
            shops = await self.shops(actor, ORGANISATION_MANAGE)
            return await self._add_form(request, actor, shops, {}, sent, fault)
        return self.done(request, f"{PATH}/{person.id}", _("{name} is added.")(name=person.name))

    async def edit(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        person = await self.organisation.get_staff(actor, id)
        return self._edit_form(request, id, {name: getattr(person, name) for name in FACTS})

    def _edit_form(
        self,
        request: AnyRequest,
        id: UUID,
        stored: dict[str, Any],
        typed: Any = None,
        fault: CrmError | None = None,
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        self._facts(sheet)
        return self.dialog(request, _("Edit"), sheet, f"{PATH}/{id}/edit")

    async def change(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        values = {name: text_of(sent, name) for name in FACTS}
        try:
            await self.organisation.change_staff(actor, id, **values)
        except REFUSALS as fault:
            return self._edit_form(request, id, {}, sent, fault)
        return self.done(request, f"{PATH}/{id}", _("Saved."))

    async def move_form(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        person = await self.organisation.get_staff(actor, id)
        stored = {name: getattr(person, name) for name in PLACE} | dict(request.query_params)
        return await self._move_form(request, actor, person, stored)

    async def _move_form(
        self,
        request: AnyRequest,
        actor: Actor,
        person: Staff,
        stored: dict[str, Any],
        typed: Any = None,
        fault: CrmError | None = None,
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        path = f"{PATH}/{person.id}/move"
        await place_fields(self, actor, sheet, await self.shops(actor, ORGANISATION_MANAGE), path)
        text = _("Roles held in the old dealership stay there until you take them away.")
        title = _("Move {name}")(name=person.name)
        return self.dialog(request, title, sheet, path, save_label=_("Move"), text=text)

    async def move(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        person = await self.organisation.get_staff(actor, id)
        try:
            place = {name: id_of(sent, name) for name in PLACE}
            await self.organisation.move_staff(actor, id, group_id=person.group_id, **place)
        except REFUSALS as fault:
            return await self._move_form(request, actor, person, {}, sent, fault)
        return self.done(request, f"{PATH}/{id}", _("{name} is moved.")(name=person.name))

    async def leave(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        return await self._set_active(request, actor, id, False)

    async def come_back(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        return await self._set_active(request, actor, id, True)

    async def _set_active(self, request: AnyRequest, actor: Actor, id: UUID, active: bool) -> Response[Any]:
        person = await self.organisation.get_staff(actor, id)
        await self.organisation.set_staff_active(actor, id, active)
        text = _("{name} works here again.") if active else _("{name} no longer works here.")
        return self.done(request, self.back_to(request, PATH), text(name=person.name))

    # Roles

    async def grant_form(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        person = await self.organisation.get_staff(actor, id)
        place = str(person.dealership_id) if person.dealership_id else EVERYWHERE
        return await self._grant_form(request, actor, person, {"place": place}, None, None)

    async def _grant_form(
        self,
        request: AnyRequest,
        actor: Actor,
        person: Staff,
        stored: dict[str, Any],
        typed: Any,
        fault: CrmError | None,
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        await role_fields(self, actor, sheet)
        title = _("A role for {name}")(name=person.name)
        text = _("The role counts at once, in the chosen dealership only.")
        path = f"{PATH}/{person.id}/grant"
        return self.dialog(request, title, sheet, path, save_label=_("Give the role"), text=text)

    async def grant(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        person = await self.organisation.get_staff(actor, id)
        try:
            await self.policy.grant(actor, id, granted_role(sent), granted_place(sent))
        except REFUSALS as fault:
            return await self._grant_form(request, actor, person, {}, sent, fault)
        return self.done(request, f"{PATH}/{id}", _("The role is given."))

    async def revoke(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        params = request.query_params
        await self.policy.revoke(actor, id, params.get("role", ""), granted_place(params))
        return self.done(request, f"{PATH}/{id}", _("The role is taken away."))
