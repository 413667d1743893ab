"""Signing in and out, a forgotten password, the choice of the dealership one works in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from crm_kernel.errors import CrmError, Invalid, Unauthenticated
from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import go, is_htmx
from crm_kernel.web.csrf import SESSION_COOKIE, cookie
from crm_kernel.web.parameters import CurrentActor
from crm_kernel.web.redirects import safe_next
from crm_kernel.web.session_cookie import drop_session, keep_session
from crm_standalone.accounts.service import AccountService

_ = messages("account")
AnyRequest = Request[Any, Any, Any]
DOOR = {"public": "the door"}
SELF = {"signed_in": "one's own session"}


class SignInPages(PageRoom):
    """The door of the product."""

    @property
    def accounts(self) -> AccountService:
        """The service."""
        found: AccountService = self.kernel.service("accounts")
        return found

    def handlers(self) -> list[Any]:
        """All routes."""
        quiet: dict[str, Any] = {"include_in_schema": False}
        return [
            get("/login", opt=DOOR, **quiet)(self.form),
            post("/login", opt=DOOR, **quiet)(self.sign_in),
            post("/logout", opt=SELF, **quiet)(self.sign_out),
            get("/forgot-password", opt=DOOR, **quiet)(self.forgot),
            post("/forgot-password", opt=DOOR, **quiet)(self.send_link),
            get("/reset-password", opt=DOOR, **quiet)(self.reset_form),
            post("/reset-password", opt=DOOR, **quiet)(self.reset),
            get("/dealership-choice", opt=SELF, **quiet)(self.choice),
            post("/dealership-choice", opt=SELF, **quiet)(self.enter),
        ]

    async def form(self, request: AnyRequest) -> Response[Any]:
        return await self._form(request, {"next": request.query_params.get("next", "")}, None)

    async def _form(self, request: AnyRequest, typed: Any, fault: CrmError | None) -> Response[Any]:
        values = {
            "heading": translate(_("Sign in")),
            "login": str(typed.get("login", "")),
            "next": str(typed.get("next", "")),
            "ask_code": fault is not None and (fault.code == "second_factor" or bool(typed.get("code"))),
            "fault": translate(fault.message) if fault is not None else None,
        }
        status = 200 if fault is None else 422
        if is_htmx(request):
            return self.renderer.part(request, "account/login_more.html", status=status, **values)
        return await self.renderer.page(request, "account/login.html", status=status, **values)

    async def sign_in(self, request: AnyRequest) -> Response[Any]:
        sent = await request.form()
        try:
            opened = await self.accounts.login(
                str(sent.get("login", "")),
                str(sent.get("password", "")),
                str(sent.get("code", "")),
                address=str(request.scope["state"].get("client", "")),
                agent=request.headers.get("user-agent", ""),
                previous=cookie(request.scope, SESSION_COOKIE),
            )
        except CrmError as fault:
            return await self._form(request, sent, fault)
        prefix = self.kernel.settings.prefix
        target = safe_next(str(sent.get("next", "")), prefix)
        if opened.must_change:
            target = f"{prefix}/profile/password"
        response = go(request, target)
        keep_session(response, opened.token, self.kernel.settings)
        return response

    async def sign_out(self, request: AnyRequest) -> Response[Any]:
        await self.accounts.logout(cookie(request.scope, SESSION_COOKIE))
        response = go(request, f"{self.kernel.settings.prefix}/login")
        drop_session(response, self.kernel.settings)
        return response

    async def forgot(self, request: AnyRequest) -> Response[Any]:
        return await self.renderer.page(
            request, "account/forgot.html", heading=translate(_("Forgotten password")), sent=False, fault=None
        )

    async def send_link(self, request: AnyRequest) -> Response[Any]:
        form = await request.form()
        fault: CrmError | None = None
        try:
            address = str(request.scope["state"].get("client", ""))
            await self.accounts.request_reset(str(form.get("login", "")), address=address)
        except CrmError as refused:
            fault = refused
        return await self.renderer.page(
            request,
            "account/forgot.html",
            status=200 if fault is None else 422,
            heading=translate(_("Forgotten password")),
            sent=fault is None,
            fault=translate(fault.message) if fault else None,
        )

    async def reset_form(self, request: AnyRequest) -> Response[Any]:
        return await self._reset_form(request, "", None)

    async def _reset_form(self, request: AnyRequest, token: str, fault: CrmError | None) -> Response[Any]:
        return await self.renderer.page(
            request,
            "account/reset.html",
            status=200 if fault is None else 422,
            heading=translate(_("A new password")),
            token=token,
            fault=words_of(fault),
        )

    async def reset(self, request: AnyRequest) -> Response[Any]:
        form = await request.form()
        token = str(form.get("token", ""))
        try:
            address = str(request.scope["state"].get("client", ""))
            await self.accounts.reset_password(token, str(form.get("password", "")), address=address)
        except CrmError as fault:
            return await self._reset_form(request, token, fault)
        text = translate(_("The password is set. Sign in with it."))
        return go(request, f"{self.kernel.settings.prefix}/login", {"level": "success", "text": text})

    async def choice(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """Where else this person may work."""
        shops = await self.kernel.service("organisation").enterable(actor)
        return self.renderer.part(
            request,
            "account/dealerships.html",
            shops=shops,
            current=actor.place.dealership_id,
            save_url=f"{self.kernel.settings.prefix}/dealership-choice",
        )

    async def enter(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        sent = await request.form()
        try:
            wanted = UUID(str(sent.get("dealership_id", "")))
        except ValueError as fault:
            raise Invalid.one("dealership_id", "reference", _("Choose a dealership.")) from fault
        opened = await self.accounts.enter(actor, cookie(request.scope, SESSION_COOKIE), wanted)
        response = go(request, f"{self.kernel.settings.prefix}/")
        keep_session(response, opened.token, self.kernel.settings)
        return response


def words_of(fault: CrmError | None) -> str | None:
    """A refusal in one line: what is wrong with the fields, if it says so."""
    if fault is None:
        return None
    if isinstance(fault, Invalid):
        return " ".join(translate(one.message) for one in fault.errors)
    if isinstance(fault, Unauthenticated):
        return translate(fault.message)
    return translate(fault.message)
