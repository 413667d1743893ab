"""Sending a POST twice does it once.

The first request with an `Idempotency-Key` writes its answer in the same transaction as what it does; a
repetition gets that answer again. Refusals are not kept: they changed nothing and may be tried again.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from crm_kernel.actor import Actor
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, Invalid, TooLarge, Unauthenticated
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.web import idempotency_store as store
from crm_kernel.web.auth import Guard
from crm_kernel.web.client import header
from crm_kernel.web.models import IdempotentAnswer

_ = messages("kernel")

KEY = re.compile(r"[\x21-\x7e]{1,64}")
KEPT_HEADERS = ("content-type", "location", "etag")
ATTEMPTS = 3


@dataclass(slots=True)
class Answer:
    """A response held back until its transaction stands."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    async def collect(self, message: Any) -> None:
        """Take what the handler sends."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def send(self, send: Any) -> None:
        """Pass it on."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": bytes(self.body)})


class _Refused(Exception):
    """Ends the transaction of a request that was refused."""


def guarded_once(kernel: Kernel, guard: Guard) -> Any:
    """The middleware in front of every handler: the guard, and each keyed POST once.

    A handler opts out of the latter with `opt={"idempotent": False}` (its answer must not be kept), or says
    `"apart"` when it makes several transactions of its own: the key is then taken before and answered after.
    """

    def around(app: Any) -> Any:
        async def serve(scope: Any, receive: Any, send: Any) -> None:
            key = header(scope, b"idempotency-key") if scope.get("method") == "POST" else ""
            handler = scope["route_handler"]
            if not key or not handler.opt.get("idempotent", True) or "public" in handler.opt:
                await guard(scope, receive)
                await app(scope, receive, send)
                return
            if not KEY.fullmatch(key):
                raise Invalid.one("Idempotency-Key", "malformed", _("Use 1 to 64 visible ASCII characters."))
            actor = await guard.identify(scope)
            if actor is None:
                raise Unauthenticated()
            limit = handler.resolve_request_max_body_size()
            body = await _whole(receive, limit if isinstance(limit, int) else None)
            kind = _Apart if handler.opt.get("idempotent") == "apart" else _Once
            once = kind(kernel, app, scope, actor, key, body)
            await guard(scope, once.replayed())
            await (await once.answer()).send(send)

        return serve

    return around


async def _whole(receive: Any, limit: int | None) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        if limit is not None and len(body) > limit:
            raise TooLarge(_("This is more data than is allowed here."))
        more = message.get("more_body", False)
    return bytes(body)


class _Once:
    def __init__(self, kernel: Kernel, app: Any, scope: Any, actor: Actor, key: str, body: bytes) -> None:
        self._kernel, self._app, self._scope, self._actor = kernel, app, scope, actor
        self._key, self._body = hashlib.sha256(key.encode()).hexdigest(), body
        target = scope["path"].encode() + b"?" + scope.get("query_string", b"")
        self._route = hashlib.sha256(target).hexdigest()
        self._hash = hashlib.sha256(body).hexdigest()

    async def answer(self) -> Answer:
        """Do it, or give the answer given before."""
        for _attempt in range(ATTEMPTS):
            try:
                return await self._attempt()
            except store.KeyTaken:
                continue
        raise self._busy()

    async def _attempt(self) -> Answer:
        answer = Answer()
        try:
            async with self._kernel.db.work(self._actor) as work:
                earlier = await self._earlier(work)
                if earlier is not None:
                    return earlier
                row = self._claimed()
                await store.claim(work, row)
                await self._app(self._scope, self.replayed(), answer.collect)
                if answer.status >= 400:
                    raise _Refused
                _keep(row, answer)
        except _Refused:
            return answer
        return answer

    async def _earlier(self, work: UnitOfWork) -> Answer | None:
        found = await store.answered(work, self._actor.id, self._key, self._route)
        if found is None:
            return None
        if found.request_hash != self._hash:
            raise Invalid.one(
                "Idempotency-Key",
                "reused",
                _("This key was used before with another content. Use a new one."),
            )
        if not found.status:
            raise self._busy()
        return _again(found)

    def _busy(self) -> Conflict:
        return Conflict(_("A request with this key is still being served."), code="in_progress")

    def _claimed(self) -> IdempotentAnswer:
        return IdempotentAnswer(
            id=uuid7(),
            staff_id=self._actor.id,
            key=self._key,
            route=self._route,
            request_hash=self._hash,
            status=0,
            headers={},
            created_at=self._kernel.clock.now(),
        )

    def replayed(self) -> Any:
        """The request's body, to be read again."""
        sent = False

        async def receive() -> Any:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": self._body, "more_body": False}

        return receive


class _Apart(_Once):
    """For handlers with transactions of their own: what was begun and never answered stays taken."""

    async def _attempt(self) -> Answer:
        answer = Answer()
        row = self._claimed()
        async with self._kernel.db.work(self._actor) as work:
            earlier = await self._earlier(work)
            if earlier is not None:
                return earlier
            await store.claim(work, row)
        await self._app(self._scope, self.replayed(), answer.collect)
        async with self._kernel.db.work(self._actor) as work:
            taken = await work.session.get_one(IdempotentAnswer, row.id)
            if answer.status >= 400:
                await work.remove(taken)
            else:
                _keep(taken, answer)
        return answer


def _keep(row: IdempotentAnswer, answer: Answer) -> None:
    row.status, row.body = answer.status, base64.b64encode(answer.body).decode()
    row.headers = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in answer.headers
        if name.decode("latin-1").lower() in KEPT_HEADERS
    }


def _again(earlier: IdempotentAnswer) -> Answer:
    headers = [(name.encode("latin-1"), str(v).encode("latin-1")) for name, v in earlier.headers.items()]
    headers.append((b"idempotency-replayed", b"true"))
    return Answer(earlier.status, headers, bytearray(base64.b64decode(earlier.body or "")))
