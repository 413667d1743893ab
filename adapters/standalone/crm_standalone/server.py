"""The product as an ASGI application: answers at once, serves as soon as the tables are up to date."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

from crm_kernel import logs
from crm_kernel.i18n import negotiate, translate
from crm_kernel.settings import Settings
from crm_kernel.web.client import header
from crm_kernel.web.life import Life
from crm_standalone.waiting import POLICY, RETRY_SECONDS, UPGRADING, waiting_page

if TYPE_CHECKING:
    from litestar import Litestar

    from crm_kernel.kernel import Kernel


def application() -> Server:
    """For an ASGI server with several workers: settings come from the environment."""
    settings = Settings.load()
    logs.configure(settings.log_level, settings.log_format)
    return Server(settings)


class Server:
    """Loads and boots the kernel, upgrades the tables and starts background work while it already answers.

    Until then pages say that the system is being upgraded, and everything else gets 503 with Retry-After.
    `prepared` is set when that is over; `failed` too, and the process asked to end, when it failed.
    """

    def __init__(self, settings: Settings, *, background: bool = True) -> None:
        self._settings = settings
        self._life = Life(lambda: _boot(settings), _prepare, _product, background=background)

    @property
    def prepared(self) -> asyncio.Event:
        """Set when the start is over."""
        return self._life.begun

    @property
    def failed(self) -> bool:
        """Whether it could not start."""
        return self._life.fault is not None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif self._life.app is not None:
            await self._life.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._waiting(scope, send)
        else:
            await send({"type": "websocket.close", "code": 1013})

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        self._life.begin()
        watch = asyncio.create_task(self._end_when_failed())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._life.end()
        await watch
        await send({"type": "lifespan.shutdown.complete"})

    async def _end_when_failed(self) -> None:
        await self._life.begun.wait()
        if self.failed:
            signal.raise_signal(signal.SIGTERM)

    async def _waiting(self, scope: Any, send: Any) -> None:
        prefix = self._settings.prefix
        path = scope["path"].removeprefix(prefix) if scope["path"].startswith(prefix + "/") else ""
        if path == "/health/live":
            await _send(send, 200, b'{"status":"ok"}', b"application/json")
            return
        locale = negotiate(header(scope, b"accept-language"), self._settings.locale)
        if "text/html" in header(scope, b"accept") and not path.startswith(("/api/", "/health/")):
            await _send(send, 503, waiting_page(locale), b"text/html; charset=utf-8")
        else:
            await _send(send, 503, _problem(translate(UPGRADING, locale)), b"application/problem+json")


def _boot(settings: Settings) -> Kernel:
    from crm_standalone.boot import boot

    return boot(settings)


async def _prepare(kernel: Kernel) -> None:
    from crm_kernel.assembly import prepare

    await prepare(kernel)


def _product(kernel: Kernel) -> Litestar:
    from crm_standalone.pages.product import product

    return product(kernel)


def _problem(detail: str) -> bytes:
    from uuid import uuid4

    import msgspec

    return msgspec.json.encode(
        {
            "type": "urn:crm:problem:upgrading",
            "title": "Service Unavailable",
            "status": 503,
            "detail": detail,
            "code": "upgrading",
            "errors": [],
            "request_id": uuid4().hex,
        }
    )


async def _send(send: Any, status: int, body: bytes, kind: bytes) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", POLICY.encode()),
    ]
    if status == 503:
        headers.append((b"retry-after", b"%d" % RETRY_SECONDS))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
