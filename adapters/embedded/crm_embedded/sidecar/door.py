"""Where the host's server speaks: it asks for links and sessions, and says who is out."""

from __future__ import annotations

from typing import Any

from litestar import Request, post

from crm_embedded.people import People
from crm_embedded.sessions import LINK_SECONDS, Sessions
from crm_embedded.sidecar.tokens import Verifier, Word
from crm_kernel.errors import Invalid, Unauthenticated
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.web.answers import JsonAnswer, encode_readable
from crm_kernel.web.client import header
from crm_kernel.web.router import Router

_ = messages("embedded")
AnyRequest = Request[Any, Any, Any]
SIGNED = {"public": "the host signs what it says"}
BEARER = "bearer "


def door_router(kernel: Kernel, verifier: Verifier) -> Router:
    """`/host/...`: every request carries a token the host signed about the person it speaks of."""
    people: People = kernel.service("host_people")
    sessions: Sessions = kernel.service("host_sessions")

    async def believed(request: AnyRequest) -> Word:
        given = header(request.scope, b"authorization")
        if given[: len(BEARER)].lower() != BEARER:
            raise Unauthenticated()
        word = await verifier.read(given[len(BEARER) :].strip())
        await sessions.spend(word.token_id, word.expires)
        return word

    @post("/links", opt=SIGNED, status_code=201)
    async def link(request: AnyRequest) -> JsonAnswer:
        """An address that opens a session once, for a frame or a new window."""
        word = await believed(request)
        sent = await request.json() if await request.body() else {}
        path = str(sent.get("path", "/")) if isinstance(sent, dict) else "/"
        if not path.startswith("/") or path.startswith("//") or len(path) > 500:
            raise Invalid.one("path", "invalid", _("Give a path below the prefix, beginning with a slash."))
        ticket = await sessions.link(await people.staff_of(word.user), path)
        url = f"{kernel.settings.public_url.rstrip('/')}/enter?ticket={ticket}"
        return JsonAnswer(encode_readable({"url": url, "expires_in": LINK_SECONDS}), 201)

    @post("/sessions", opt=SIGNED, status_code=201)
    async def session(request: AnyRequest) -> JsonAnswer:
        """A bearer token for the person, for calls of the API."""
        word = await believed(request)
        opened = await sessions.open(await people.staff_of(word.user))
        answer = {"token": opened.token, "expires": opened.expires}
        return JsonAnswer(encode_readable(answer), 201)

    @post("/sign-out", opt=SIGNED, status_code=204)
    async def sign_out(request: AnyRequest) -> None:
        """The person signed out at the host."""
        await people.sign_out((await believed(request)).user.id)

    @post("/dismiss", opt=SIGNED, status_code=204)
    async def dismiss(request: AnyRequest) -> None:
        """The person may no longer come in; his roles end too."""
        await people.dismiss((await believed(request)).user.id)

    return Router("/host", route_handlers=[link, session, sign_out, dismiss], include_in_schema=False)
