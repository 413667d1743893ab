"""Accounts of others: who may sign in, first passwords, reset links, second factors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.administration.permissions import ORGANISATION_MANAGE
from crm_kernel.errors import CrmError, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.sheet import REFUSALS, Sheet, required_id, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router
from crm_standalone.accounts.permissions import MANAGE
from crm_standalone.accounts.service import AccountService, AccountView
from crm_standalone.accounts.sign_in import RESET_MINUTES

_ = messages("account")
PATH = "/admin/accounts"
SHOWN = 200


def account_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of accounts."""
    pages = AccountPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/people")(pages.people),
            get("/new")(pages.new),
            post("/new")(pages.add),
            get("/{id:uuid}/rename")(pages.rename_form),
            post("/{id:uuid}/rename")(pages.rename),
            post("/{id:uuid}/reset-link")(pages.reset_link),
            post("/{id:uuid}/password")(pages.password),
            post("/{id:uuid}/second-factor/clear")(pages.clear_second_factor),
            post("/{id:uuid}/{act:str}")(pages.switch),
        ],
        opt={"permission": MANAGE},
        include_in_schema=False,
    )


class AccountPages(AdminRoom):
    """Everybody's account within reach; secrets are shown once, in the answer to the act itself."""

    @property
    def accounts(self) -> AccountService:
        """The service."""
        found: AccountService = self.kernel.service("accounts")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        q = request.query_params.get("q", "").strip()[:100]
        found = await self.accounts.accounts(actor, q, SHOWN + 1)
        shops = (await self.kernel.access.policy()).shops
        return await self.renderer.page(
            request,
            "account/accounts.html",
            heading=translate(_("Accounts")),
            rows=[
                {
                    "id": one.id,
                    "staff_id": one.staff_id,
                    "login": one.login,
                    "name": one.name,
                    "shop": shops[one.dealership_id].name if one.dealership_id in shops else "",
                    "active": one.state == "active",
                    "must_change": one.must_change,
                    "second_factor": one.second_factor,
                    "signed_in": moment(one.signed_in_at) if one.signed_in_at else "",
                }
                for one in found[:SHOWN]
            ],
            more=len(found) > SHOWN,
            q=q,
            may_staff=actor.may(ORGANISATION_MANAGE),
            path=self.url(PATH),
        )

    async def people(self, request: AnyRequest, actor: Actor) -> dict[str, list[dict[str, str]]]:
        """Staff to choose from: everybody within reach, else one's own dealership."""
        q = request.query_params.get("q", "").strip()[:100]
        organisation = self.kernel.service("organisation")
        if not actor.may(ORGANISATION_MANAGE):
            pairs = await organisation.colleagues(actor, q)
            return {"items": [{"value": str(key), "label": name, "detail": ""} for key, name in pairs]}
        shops = (await self.kernel.access.policy()).shops
        found = await organisation.staff(actor, q=q, limit=50)
        return {
            "items": [
                {
                    "value": str(one.id),
                    "label": f"{one.name} ({one.code})",
                    "detail": shops[one.dealership_id].name if one.dealership_id in shops else "",
                }
                for one in found
            ]
        }

    async def new(self, request: AnyRequest, actor: Actor) -> Response[str]:
        return await self._new_form(request, actor, dict(request.query_params), None, None)

    async def _new_form(
        self, request: AnyRequest, actor: Actor, stored: dict[str, Any], typed: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        chosen = sheet.value("staff_id")
        names: dict[UUID, str] = {}
        if chosen:
            try:
                names = await self.kernel.service("organisation").names(actor, "staff", [UUID(chosen)])
            except ValueError:
                names = {}
        sheet.field(
            "staff_id",
            _("Who"),
            "combobox",
            options=list(names.items()),
            required=True,
            lookup_url=self.url(f"{PATH}/people"),
            hint=_("People are added under organisation and staff."),
        )
        sheet.field(
            "login", _("Login"), required=True, extra={"autocomplete": "off", "autocapitalize": "none"}
        )
        text = _("A first password is made and shown once; it has to be changed at the first sign-in.")
        title = _("Create an account")
        return self.dialog(request, title, sheet, f"{PATH}/new", save_label=_("Create"), text=text)

    async def add(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        try:
            staff = required_id(sent, "staff_id")
            made, password = await self.accounts.create_account(actor, staff, text_of(sent, "login"))
        except REFUSALS as fault:
            return await self._new_form(request, actor, {}, sent, fault)
        text = _("{name} signs in as {login} with this password. It is not shown again.")
        return self._secret(
            request, _("The account is there"), text(name=made.name, login=made.login), password
        )

    def _secret(self, request: AnyRequest, title: Text, text: Text, secret: str) -> Response[str]:
        return self.renderer.part(
            request,
            "account/secret.html",
            title=translate(title),
            text=translate(text),
            secret=secret,
            path=self.url(PATH),
        )

    async def rename_form(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        account = await self.accounts.get_account(actor, id)
        return self._rename_form(request, account, None, None)

    def _rename_form(
        self, request: AnyRequest, account: AccountView, typed: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = Sheet(typed, {"login": account.login}, fault)
        sheet.field("login", _("Login"), required=True, wide=True, extra={"autofocus": True})
        title = _("Another login for {name}")(name=account.name)
        return self.dialog(request, title, sheet, f"{PATH}/{account.id}/rename")

    async def rename(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        account = await self.accounts.get_account(actor, id)
        try:
            await self.accounts.rename_account(actor, id, text_of(sent, "login"))
        except REFUSALS as fault:
            return self._rename_form(request, account, sent, fault)
        return self.done(request, PATH, _("Saved."))

    async def reset_link(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        account = await self.accounts.get_account(actor, id)
        secret = await self.accounts.give_reset_link(actor, id)
        origin = self.kernel.settings.public_url or self.url("")
        link = f"{origin.rstrip('/')}/reset-password#{secret}"
        text = _("Give this link to {name}. It works once, for {minutes} minutes.")
        return self._secret(
            request, _("Link for a new password"), text(name=account.name, minutes=RESET_MINUTES), link
        )

    async def password(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        account = await self.accounts.get_account(actor, id)
        given = await self.accounts.give_password(actor, id)
        text = _("{name} signs in with it and has to change it at once. Sessions and tokens have ended.")
        return self._secret(request, _("A new password"), text(name=account.name), given)

    async def clear_second_factor(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        account = await self.accounts.get_account(actor, id)
        await self.accounts.clear_second_factor(actor, id)
        text = _("{name} signs in without a second factor now.")
        return self.done(request, self.back_to(request, PATH), text(name=account.name))

    async def switch(self, request: AnyRequest, actor: Actor, id: UUID, act: str) -> Response[Any]:
        if act not in ("enable", "disable"):
            raise NotFound()
        account = await self.accounts.get_account(actor, id)
        await self.accounts.set_account_active(actor, id, act == "enable")
        text = _("{name} can sign in again.") if act == "enable" else _("{name} is locked out.")
        return self.done(request, self.back_to(request, PATH), text(name=account.name))
