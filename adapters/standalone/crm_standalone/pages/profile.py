"""One's own account: password, second factor, sessions, tokens, language."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from markupsafe import Markup

from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import Renderer, go
from crm_kernel.web.csrf import SESSION_COOKIE, cookie
from crm_kernel.web.parameters import CurrentActor, RecordId
from crm_kernel.web.router import Router
from crm_kernel.web.session_cookie import keep_session
from crm_standalone.accounts.service import AccountService
from crm_standalone.pages.sign_in import words_of

_ = messages("account")
AnyRequest = Request[Any, Any, Any]


class ProfilePages(PageRoom):
    """Everybody manages his own account here."""

    def __init__(self, kernel: Kernel, renderer: Renderer) -> None:
        super().__init__(kernel, renderer)
        self.path = f"{kernel.settings.prefix}/profile"

    @property
    def accounts(self) -> AccountService:
        """The service."""
        found: AccountService = self.kernel.service("accounts")
        return found

    def router(self) -> Router:
        """All routes."""
        return Router(
            "/profile",
            route_handlers=[
                get("/")(self.show),
                get("/password")(self.password_form),
                post("/password")(self.change_password),
                get("/second-factor")(self.factor_form),
                post("/second-factor")(self.begin_factor),
                post("/second-factor/confirm")(self.confirm_factor),
                post("/second-factor/remove")(self.remove_factor),
                post("/sessions/{id:uuid}/end")(self.end_session),
                post("/sessions/end-others")(self.end_others),
                post("/tokens")(self.create_token),
                post("/tokens/{id:uuid}/revoke")(self.revoke_token),
            ],
            opt={"signed_in": "one's own account"},
            include_in_schema=False,
        )

    async def show(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        return await self._show(request, actor, None)

    async def _show(self, request: AnyRequest, actor: Actor, new_token: str | None) -> Response[str]:
        token = cookie(request.scope, SESSION_COOKIE)
        return await self.renderer.page(
            request,
            "account/profile.html",
            heading=translate(_("My account")),
            account=await self.accounts.account(actor),
            sessions=await self.accounts.sessions(actor, token),
            tokens=await self.accounts.tokens(actor),
            may_tokens=actor.may("account.tokens"),
            new_token=new_token,
            path=self.path,
        )

    async def password_form(self, request: AnyRequest) -> Response[str]:
        return await self._password_form(request, None)

    async def _password_form(self, request: AnyRequest, fault: CrmError | None) -> Response[str]:
        return await self.renderer.page(
            request,
            "account/password.html",
            status=200 if fault is None else 422,
            heading=translate(_("Change the password")),
            back_url=self.path,
            fault=words_of(fault),
            save_url=f"{self.path}/password",
        )

    async def change_password(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        sent = await request.form()
        token = cookie(request.scope, SESSION_COOKIE)
        try:
            opened = await self.accounts.change_password(
                actor, str(sent.get("old", "")), str(sent.get("new", "")), token
            )
        except CrmError as fault:
            return await self._password_form(request, fault)
        text = translate(_("The password is changed; other sessions have ended."))
        response = go(request, f"{self.kernel.settings.prefix}/", {"level": "success", "text": text})
        if opened is not None:
            keep_session(response, opened.token, self.kernel.settings)
        return response

    async def factor_form(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        return await self._factor_form(request, actor)

    async def _factor_form(
        self, request: AnyRequest, actor: Actor, *, fault: CrmError | None = None, **values: Any
    ) -> Response[str]:
        known = {"enrolment": None, "svg": None, "codes": None, **values}
        return await self.renderer.page(
            request,
            "account/second_factor.html",
            status=200 if fault is None else 422,
            heading=translate(_("Second factor")),
            back_url=self.path,
            account=await self.accounts.account(actor),
            fault=words_of(fault),
            path=f"{self.path}/second-factor",
            **known,
        )

    async def begin_factor(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        sent = await request.form()
        try:
            enrolment = await self.accounts.begin_second_factor(actor, str(sent.get("password", "")))
        except CrmError as fault:
            return await self._factor_form(request, actor, fault=fault)
        return await self._factor_form(request, actor, enrolment=enrolment, svg=Markup(enrolment.svg))  # noqa: S704

    async def confirm_factor(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        sent = await request.form()
        try:
            codes = await self.accounts.confirm_second_factor(actor, str(sent.get("code", "")))
        except CrmError as fault:
            return await self._factor_form(request, actor, fault=fault)
        return await self._factor_form(request, actor, codes=codes)

    async def remove_factor(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        sent = await request.form()
        try:
            await self.accounts.remove_second_factor(actor, str(sent.get("password", "")))
        except CrmError as fault:
            return await self._factor_form(request, actor, fault=fault)
        return go(request, self.path)

    async def end_session(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        await self.accounts.end_session(actor, id)
        return go(request, self.path)

    async def end_others(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        await self.accounts.end_other_sessions(actor, cookie(request.scope, SESSION_COOKIE))
        return go(request, self.path)

    async def create_token(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """Shown this once: afterwards only its beginning is known."""
        sent = await request.form()
        made = await self.accounts.create_token(actor, str(sent.get("name", "")))
        return await self._show(request, actor, made.token)

    async def revoke_token(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        await self.accounts.revoke_token(actor, id)
        return go(request, self.path)
