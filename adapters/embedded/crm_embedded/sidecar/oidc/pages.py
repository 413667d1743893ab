"""The door for people who come by themselves: to the provider and back, and out again."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from crm_embedded.sessions import Sessions
from crm_embedded.sidecar.oidc.attempt import COOKIE, SECONDS, Attempt, cookie_of
from crm_embedded.sidecar.oidc.flow import Flow
from crm_kernel.errors import CrmError, Forbidden, Invalid, Unauthenticated, Unavailable
from crm_kernel.i18n import current_locale, translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import Renderer, go
from crm_kernel.web.answers import JsonAnswer, encode_readable
from crm_kernel.web.csrf import SESSION_COOKIE, cookie
from crm_kernel.web.redirects import safe_next
from crm_kernel.web.session_cookie import drop_session, keep_session

_ = messages("embedded")
AnyRequest = Request[Any, Any, Any]
DOOR = {"public": "the door"}
SIGNED = {"public": "the provider signs what it says"}
SELF = {"signed_in": "one's own session"}
MOST = 5
"""Sign-ins that one browser may have begun."""


class SignIn(PageRoom):
    """`/login` and what belongs to it, where Forecourt signs people in through an OpenID provider."""

    def __init__(self, kernel: Kernel, renderer: Renderer, flow: Flow, host: str) -> None:
        super().__init__(kernel, renderer)
        self._flow = flow
        self._host = host
        self._public = kernel.settings.public_url.rstrip("/")

    def handlers(self) -> list[Any]:
        """All routes."""
        quiet: dict[str, Any] = {"include_in_schema": False}
        return [
            get("/login", opt=DOOR, **quiet)(self.begin),
            get("/login/callback", opt=DOOR, **quiet)(self.finish),
            post("/login/back-channel-logout", opt=SIGNED, status_code=200, **quiet)(self.told_out),
            get("/login/out", opt=DOOR, **quiet)(self.out),
            post("/logout", opt=SELF, **quiet)(self.sign_out),
        ]

    async def begin(self, request: AnyRequest) -> Response[Any]:
        """On to the provider."""
        prefix = self.kernel.settings.prefix
        following = safe_next(request.query_params.get("next"), prefix).removeprefix(prefix) or "/"
        try:
            place, attempt = await self._flow.begin(self._back(), following, current_locale())
        except Unavailable as fault:
            return await self._failed(request, fault, 503)
        response = Redirect(place, status_code=303)
        for name in [one for one in request.cookies if one.startswith(COOKIE)][MOST - 1 :]:
            self._forget(response, name)
        response.set_cookie(
            Cookie(
                key=attempt.cookie,
                value=attempt.seal(self.kernel.keys),
                path=self.url("/login"),
                max_age=SECONDS,
                httponly=True,
                samesite="lax",
                secure=self._public.startswith("https:"),
            )
        )
        return response

    async def finish(self, request: AnyRequest) -> Response[Any]:
        """Back from the provider with a code, or with a refusal."""
        answer = dict(request.query_params.items())
        state = answer.get("state", "")
        kept = cookie(request.scope, cookie_of(state))
        attempt = Attempt.unseal(kept, state, self.kernel.keys, self.kernel.clock)
        response: Response[Any]
        if attempt is None:
            fault = _("This sign-in took too long, or it was begun in another browser. Begin again.")
            return await self._failed(request, Forbidden("embedded", fault), 403)
        try:
            opened = await self._flow.finish(self.kernel, attempt, answer, self._back())
        except (Forbidden, Unauthenticated) as fault:
            response = await self._failed(request, fault, 403)
        except Unavailable as fault:
            response = await self._failed(request, fault, 503)
        else:
            prefix = self.kernel.settings.prefix
            response = Redirect(safe_next(prefix + opened.path, prefix), status_code=303)
            keep_session(response, opened.token, self.kernel.settings)
        self._forget(response, attempt.cookie)
        return response

    async def sign_out(self, request: AnyRequest) -> Response[Any]:
        """Out here, and out at the provider."""
        sessions: Sessions = self.kernel.service("host_sessions")
        shown = await sessions.end(cookie(request.scope, SESSION_COOKIE))
        back = self._public + "/login/out"
        try:
            place = await self._flow.sign_out(shown, back)
        except Unavailable:
            place = None  # he is out here, and the page says that he may be in there
        response = go(request, place or self.url("/login/out"))
        drop_session(response, self.kernel.settings)
        return response

    async def out(self, request: AnyRequest) -> Response[str]:
        """Where people come out."""
        return await self._said(request, translate(_("You are signed out.")), "", 200)

    async def told_out(self, request: AnyRequest) -> JsonAnswer:
        """The provider says that somebody is out; answered as Back-Channel Logout 2.8 wants it."""
        form = await request.form()
        try:
            await self._flow.told_out(self.kernel, str(form.get("logout_token", "")))
        except (Unauthenticated, Invalid) as fault:
            refusal = {"error": "invalid_request", "error_description": translate(fault.message, "en")}
            return JsonAnswer(encode_readable(refusal), 400)
        return JsonAnswer(b"{}", 200)

    async def _failed(self, request: AnyRequest, fault: CrmError, status: int) -> Response[str]:
        heading = translate(_("You could not be signed in"))
        response = await self._said(request, heading, translate(fault.message), status)
        if status == 503:
            response.headers["Retry-After"] = "5"
        return response

    async def _said(self, request: AnyRequest, heading: str, detail: str, status: int) -> Response[str]:
        return await self.renderer.page(
            request, "embedded/sign_in.html", status=status, heading=heading, detail=detail, host=self._host
        )

    def _back(self) -> str:
        """Where the provider sends people; it has to know this address."""
        return self._public + "/login/callback"

    def _forget(self, response: Response[Any], name: str) -> None:
        response.delete_cookie(key=name, path=self.url("/login"))
