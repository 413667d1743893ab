"""What surrounds every request: its id, the limits, the headers of its answer, its line in the log."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from crm_kernel import logs
from crm_kernel.i18n import negotiate, use_locale
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.web.client import client_address, header, networks
from crm_kernel.web.headers import SecurityHeaders
from crm_kernel.web.metrics import Metrics

_ = messages("kernel")
log = logging.getLogger("crm.request")

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
BODY_SECONDS = 30.0
"""The longest pause between two pieces of a request body."""
FORGET_SECONDS = 10.0
FORGET_BYTES = 64 * 1024 * 1024
"""How long and how much is listened to of what was refused for its size."""
SLOW_SECONDS = 1.0
QUIET = frozenset({"GET", "HEAD", "OPTIONS"})


class Frame:
    """An ASGI application around the framework's own.

    Takes a well-formed `X-Request-Id` or makes one, and puts it into the answer, the log and
    `scope["state"]["request_id"]`. Refuses with 503 what would make everybody wait: more than
    `in_flight_limit` requests at a time.
    """

    def __init__(self, kernel: Kernel, app: Any, metrics: Metrics, in_flight_limit: int = 128) -> None:
        settings = kernel.settings
        self._app = app
        self._metrics = metrics
        self._limit = in_flight_limit
        self._headers = SecurityHeaders(settings)
        self._trusted = networks(settings.trusted_proxies)
        self._locale = settings.locale
        self._timezone = settings.timezone
        self._watch = settings.prefix + "/health/"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        state = scope["state"]
        state["request_id"] = request_id
        state["client"] = client_address(scope, self._trusted)
        token = logs.request_id.set(request_id)
        began = time.perf_counter()
        status = 500
        body = None if scope["method"] in QUIET else Body(receive)
        bodiless = scope["method"] == "HEAD"
        if bodiless:
            scope = {**scope, "method": "GET"}

        async def answer(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and body is not None:
                    await body.forget()
                headers = self._headers.complete(list(message.get("headers", ())), scope)
                headers.append((b"x-request-id", request_id.encode()))
                message = {**message, "headers": headers}
            elif bodiless:
                message = {**message, "body": b""}
            await send(message)

        self._metrics.in_flight += 1
        try:
            with use_locale(negotiate(header(scope, b"accept-language"), self._locale), self._timezone):
                if self._metrics.in_flight > self._limit and not scope["path"].startswith(self._watch):
                    self._metrics.shed += 1
                    await self._refuse(scope, answer)
                else:
                    await self._app(scope, body or receive, answer)
        finally:
            self._metrics.in_flight -= 1
            self._record(scope, status, time.perf_counter() - began)
            logs.request_id.reset(token)

    async def _refuse(self, scope: Any, send: Any) -> None:
        from crm_kernel.errors import Unavailable
        from crm_kernel.web.problems import problem_of

        busy = Unavailable(_("Too much is going on right now. Try again in a few seconds."), retry_after=2)
        problem = problem_of(busy, scope["state"]["request_id"])
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"retry-after", problem.headers["Retry-After"].encode()),
        ]
        await send({"type": "http.response.start", "status": problem.status, "headers": headers})
        await send({"type": "http.response.body", "body": problem.body()})

    def _record(self, scope: Any, status: int, seconds: float) -> None:
        route = scope.get("path_template") or "-"
        method = scope["method"]
        self._metrics.observe(method, route, status, seconds)
        quiet = method in QUIET and status < 400 and seconds < SLOW_SECONDS
        level = logging.DEBUG if quiet else logging.INFO if status < 500 else logging.WARNING
        if not log.isEnabledFor(level):
            return
        state = scope["state"]
        actor = state.get("crm_actor")
        log.log(
            level,
            "request",
            extra={
                "method": method,
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
                "actor": str(actor.id) if actor is not None else None,
                "client": state["client"],
                "problem": state.get("problem"),
            },
        )


class Body:
    """The body of a request, as long as it keeps coming."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._complete = False

    async def __call__(self) -> Any:
        if self._complete:
            return await self._receive()
        try:
            piece = await asyncio.wait_for(self._receive(), BODY_SECONDS)
        except TimeoutError:
            return {"type": "http.disconnect"}
        self._complete = not piece.get("more_body", False)
        return piece

    async def forget(self) -> None:
        """Read what is still coming and forget it.

        Who is busy sending hears no refusal: the server closes with data unread, and the line is reset.
        """
        forgotten = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(FORGET_SECONDS):
                while not self._complete and forgotten < FORGET_BYTES:
                    forgotten += len((await self()).get("body", b""))
