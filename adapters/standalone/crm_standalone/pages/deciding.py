"""Account applications: an administrator approves with a role and a place, or refuses with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Actor
from crm_kernel.administration.permissions import ORGANISATION_MANAGE
from crm_kernel.errors import CrmError, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.places import PLACE, granted_place, granted_role, place_fields, role_fields
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.sheet import REFUSALS, Sheet, id_of, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router
from crm_standalone.accounts.applications import LEVELS, TYPES, ApplicationService, ApplicationView
from crm_standalone.accounts.permissions import MANAGE

_ = messages("account")
PATH = "/admin/applications"
STATES: tuple[tuple[str, Text], ...] = (
    ("waiting", _("Waiting")),
    ("approved", _("Approved")),
    ("refused", _("Refused")),
)
USUAL_ROLE = {
    ("sales", "staff"): "sales_consultant",
    ("sales", "manager"): "sales_manager",
    ("sales", "supervisor"): "sales_manager",
    ("service", "staff"): "service_advisor",
    ("customer_service", "staff"): "service_agent",
    ("customer_service", "supervisor"): "customer_service_supervisor",
    ("customer_service", "manager"): "customer_service_supervisor",
    ("marketing", "staff"): "marketing",
    ("marketing", "manager"): "marketing",
    ("management", "manager"): "general_manager",
}
"""The preset role that fits a type of work and a level; only proposed."""


def deciding_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of applications."""
    pages = DecidingPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/{id:uuid}/approve")(pages.approve_form),
            post("/{id:uuid}/approve")(pages.approve),
            get("/{id:uuid}/refuse")(pages.refuse_form),
            post("/{id:uuid}/refuse")(pages.refuse),
        ],
        opt={"permission": MANAGE},
        include_in_schema=False,
    )


class DecidingPages(AdminRoom):
    """The applications within reach."""

    @property
    def applications(self) -> ApplicationService:
        """The service."""
        found: ApplicationService = self.kernel.service("applications")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        state = request.query_params.get("state", "waiting")
        state = state if state in dict(STATES) else "waiting"
        shops = (await self.kernel.access.policy()).shops
        types, levels = dict(TYPES), dict(LEVELS)
        return await self.renderer.page(
            request,
            "account/applications.html",
            heading=translate(_("Account applications")),
            states=[(key, translate(label), f"{self.url(PATH)}?state={key}") for key, label in STATES],
            state=state,
            rows=[
                {
                    "id": one.id,
                    "name": one.name,
                    "login": one.login,
                    "mobile": one.mobile,
                    "work": translate(types.get(one.type, one.type)),
                    "level": translate(levels.get(one.level, one.level)),
                    "shop": shops[one.dealership_id].name if one.dealership_id in shops else "",
                    "remark": one.remark,
                    "reason": one.reason,
                    "at": moment(one.created_at),
                    "login_taken": one.login_taken and state == "waiting",
                }
                for one in await self.applications.applications(actor, state)
            ],
            path=self.url(PATH),
            apply_url=self.kernel.settings.public_url.rstrip("/") + "/apply",
        )

    async def _one(self, actor: Actor, id: UUID) -> ApplicationView:
        for one in await self.applications.applications(actor):
            if one.id == id:
                return one
        raise NotFound()

    async def approve_form(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        one = await self._one(actor, id)
        home = one.dealership_id or actor.place.dealership_id
        stored = {
            "login": one.login,
            "dealership_id": home,
            "place": home,
            "role": USUAL_ROLE.get((one.type, one.level), ""),
        }
        return await self._approve_form(request, actor, one, stored | dict(request.query_params), None, None)

    async def _approve_form(
        self,
        request: AnyRequest,
        actor: Actor,
        one: ApplicationView,
        stored: dict[str, Any],
        typed: Any,
        fault: CrmError | None,
    ) -> Response[str]:
        path = f"{PATH}/{one.id}/approve"
        sheet = Sheet(typed, stored, fault)
        shops = await self.shops(actor, ORGANISATION_MANAGE) if actor.may(ORGANISATION_MANAGE) else []
        await place_fields(self, actor, sheet, shops, path)
        hint = _("This login is taken; give another one.") if one.login_taken else None
        sheet.field("login", _("Login"), required=True, hint=hint)
        await role_fields(self, actor, sheet)
        for control in sheet.controls:
            if control.name == "role":
                control.options = [option for option in control.options if option[0] != SUPER]
        title = _("Approve {name}")(name=one.name)
        text = _("The account is there at once, with the password the applicant chose.")
        return self.dialog(request, title, sheet, path, save_label=_("Approve"), text=text)

    async def approve(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        one = await self._one(actor, id)
        try:
            place = {name: id_of(sent, name) for name in PLACE}
            roles = [(granted_role(sent), granted_place(sent))]
            await self.applications.approve(actor, id, roles, login=text_of(sent, "login"), **place)
        except REFUSALS as fault:
            return await self._approve_form(request, actor, one, {}, sent, fault)
        return self.done(request, PATH, _("{name} can sign in now.")(name=one.name))

    async def refuse_form(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        return self._refuse_form(request, await self._one(actor, id), None, None)

    def _refuse_form(
        self, request: AnyRequest, one: ApplicationView, typed: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = Sheet(typed, None, fault)
        hint = _("The applicant reads it when signing in.")
        sheet.field("reason", _("Reason"), "textarea", required=True, hint=hint, extra={"maxlength": 1000})
        title = _("Refuse {name}")(name=one.name)
        return self.dialog(request, title, sheet, f"{PATH}/{one.id}/refuse", save_label=_("Refuse"))

    async def refuse(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        one = await self._one(actor, id)
        try:
            await self.applications.refuse(actor, id, text_of(sent, "reason"))
        except REFUSALS as fault:
            return self._refuse_form(request, one, sent, fault)
        return self.done(request, PATH, _("The application of {name} is refused.")(name=one.name))
