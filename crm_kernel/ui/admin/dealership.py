"""One dealership: its departments and teams."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.administration.permissions import ORGANISATION_MANAGE
from crm_kernel.errors import CrmError
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.admin.organisation import PATH as ORGANISATION
from crm_kernel.ui.admin.organisation import OrganisationPages
from crm_kernel.ui.admin.room import AnyRequest
from crm_kernel.ui.sheet import REFUSALS, Sheet, id_of, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/dealerships"


def dealership_router(kernel: Kernel, renderer: Renderer) -> Router:
    """A dealership's page and its parts."""
    pages = DealershipPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/{id:uuid}")(pages.show),
            get("/{id:uuid}/departments/new")(pages.new_department),
            post("/{id:uuid}/departments/new")(pages.add_department),
            get("/{id:uuid}/teams/new")(pages.new_team),
            post("/{id:uuid}/teams/new")(pages.add_team),
        ],
        opt={"permission": ORGANISATION_MANAGE},
        include_in_schema=False,
    )


class DealershipPages(OrganisationPages):
    """What lies within a dealership."""

    async def show(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        shop = await self.one(actor, id)
        departments = await self.organisation.departments(actor, id)
        teams = await self.organisation.teams(actor, id)
        known = {one.id for one in departments}
        return await self.renderer.page(
            request,
            "crm/admin/dealership.html",
            heading=shop.name,
            back_url=self.url(ORGANISATION),
            shop=shop,
            departments=[(one, [t for t in teams if t.department_id == one.id]) for one in departments],
            loose=[team for team in teams if team.department_id not in known],
            path=self.url(f"{PATH}/{id}"),
            organisation_path=self.url(ORGANISATION),
        )

    async def new_department(self, request: AnyRequest, id: UUID) -> Response[str]:
        return self._department_form(request, id, None, None)

    def _department_form(
        self, request: AnyRequest, id: UUID, typed: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = Sheet(typed, None, fault)
        sheet.field("name", _("Name"), required=True, wide=True, extra={"autofocus": True})
        path = f"{PATH}/{id}/departments/new"
        return self.dialog(request, _("Add a department"), sheet, path, save_label=_("Add"))

    async def add_department(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        name = text_of(sent, "name")
        try:
            await self.organisation.create_department(actor, id, name)
        except REFUSALS as fault:
            return self._department_form(request, id, sent, fault)
        return self.done(request, f"{PATH}/{id}", _("{name} is added.")(name=name))

    async def new_team(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        stored = {"department_id": request.query_params.get("department_id", "")}
        return await self._team_form(request, actor, id, stored, None, None)

    async def _team_form(
        self,
        request: AnyRequest,
        actor: Actor,
        id: UUID,
        stored: dict[str, Any],
        typed: Any,
        fault: CrmError | None,
    ) -> Response[str]:
        departments = [(one.id, one.name) for one in await self.organisation.departments(actor, id)]
        sheet = Sheet(typed, stored, fault)
        sheet.field("name", _("Name"), required=True, wide=True, extra={"autofocus": True})
        sheet.field("department_id", _("Department"), "select", options=departments)
        path = f"{PATH}/{id}/teams/new"
        return self.dialog(request, _("Add a team"), sheet, path, save_label=_("Add"))

    async def add_team(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        name = text_of(sent, "name")
        try:
            await self.organisation.create_team(actor, id, name, id_of(sent, "department_id"))
        except REFUSALS as fault:
            return await self._team_form(request, actor, id, {}, sent, fault)
        return self.done(request, f"{PATH}/{id}", _("{name} is added.")(name=name))
