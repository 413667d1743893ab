"""The door for people the host sends in: a link opens a session once."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.response import Redirect

from crm_embedded.sessions import Sessions
from crm_kernel.ui.room import PageRoom
from crm_kernel.web.client import header
from crm_kernel.web.redirects import safe_next
from crm_kernel.web.session_cookie import keep_session

AnyRequest = Request[Any, Any, Any]


class Door(PageRoom):
    """Where links of the host lead."""

    def handlers(self) -> list[Any]:
        """All routes."""
        public = {"public": "whoever holds the ticket got it from the host"}
        return [get("/enter", opt=public, include_in_schema=False)(self.enter)]

    async def enter(self, request: AnyRequest) -> Response[Any]:
        """Exchange the ticket for a session, and go where the link leads."""
        sessions: Sessions = self.kernel.service("host_sessions")
        opened = await sessions.redeem(request.query_params.get("ticket", ""))
        settings = self.kernel.settings
        response = Redirect(safe_next(settings.prefix + opened.path, settings.prefix), status_code=303)
        framed = (
            header(request.scope, b"sec-fetch-dest") == "iframe"
            and header(request.scope, b"sec-fetch-site") == "cross-site"
        )
        keep_session(response, opened.token, settings, framed=framed)
        return response
