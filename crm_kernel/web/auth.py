"""Who asks, and may he: one guard in front of every route.

It stands in the middleware and not among the framework's guards, which copy the handler at each request.

A handler says what it needs in its `opt`, exactly one of:
`permission` (a permission's name), `signed_in` (a reason: anybody who is signed in may, and the service
checks the rest), `public` (a reason: anybody at all).
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request

from crm_kernel.actor import Actor
from crm_kernel.errors import Forbidden, NotFound, Unauthenticated
from crm_kernel.i18n import set_locale
from crm_kernel.kernel import Kernel
from crm_kernel.logs import describe
from crm_kernel.text import messages
from crm_kernel.web import csrf
from crm_kernel.web.client import header

_ = messages("kernel")
log = logging.getLogger("crm.auth")

Recognise = Callable[[Any], Awaitable[Actor | None]]
WITHOUT_TOKEN = frozenset({"token", "cli", "job"})
"""Ways in that a browser does not take by itself, and that need no proof of the page."""


class Guard:
    """Recognises the person, checks the route's permission, and the page's token on changes."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._recognisers = _recognisers(kernel)

    async def __call__(self, scope: Any, receive: Any) -> None:
        """Raises Unauthenticated, Forbidden, or NotFound where the module is off or in quarantine."""
        opt = scope["route_handler"].opt
        plugin = opt.get("plugin")
        if plugin in self._kernel.plugins and self._kernel.plugins[plugin].state != "on":
            raise NotFound()  # found at fault after its routes were taken
        if "public" in opt:
            if scope.get("method") not in csrf.SAFE and csrf.from_elsewhere(scope):
                raise _stranger()
            return
        actor = await self.identify(scope)
        if actor is None:
            raise Unauthenticated()
        set_locale(actor.locale, actor.timezone)
        if plugin in actor.grants.modules_off:
            raise NotFound()
        await self._check_token(scope, receive, actor)
        permission = opt.get("permission")
        if permission is not None:
            actor.access(permission)

    async def identify(self, scope: Any) -> Actor | None:
        """The person behind a request: by session or token, else as the host knows him; asked once."""
        state = scope["state"]
        if "crm_actor" in state:
            known: Actor | None = state["crm_actor"]
            return known
        actor = None
        for recognise in self._recognisers:
            actor = await recognise(scope)
            if actor is not None:
                break
        state["crm_actor"] = actor
        if actor is not None:
            scope["user"] = actor
        return actor

    async def _check_token(self, scope: Any, receive: Any, actor: Actor) -> None:
        if scope.get("method") in csrf.SAFE or actor.via in WITHOUT_TOKEN:
            return
        given = header(scope, csrf.HEADER)
        if not given and _is_form(scope):
            request: Request[Any, Any, Any] = Request(scope, receive)
            given = str((await request.form()).get(csrf.FIELD, ""))
        expected = csrf.csrf_token(self._kernel.keys, scope, actor)
        if csrf.from_elsewhere(scope) or not csrf.token_matches(given, expected):
            raise _stranger()


def _stranger() -> Forbidden:
    return Forbidden("csrf", _("This page is out of date. Load it again and repeat what you did."))


def _is_form(scope: Any) -> bool:
    kind = header(scope, b"content-type").partition(";")[0].strip().lower()
    return kind in ("application/x-www-form-urlencoded", "multipart/form-data")


def _recognisers(kernel: Kernel) -> list[Recognise]:
    found: list[Recognise] = []
    if kernel.offers("identity"):
        found.append(kernel.service("identity").authenticate)
    for plugin in kernel.plugins.running:
        if not kernel.plugins.implements(plugin, "actor_from_connection"):
            continue
        try:
            recognise = kernel.plugins.call(plugin, "actor_from_connection", kernel=kernel)
        except Exception as fault:
            kernel.quarantine(plugin.name, f"actor_from_connection: {type(fault).__name__}: {fault}")
            continue
        if recognise is not None:
            found.append(_careful(plugin.name, recognise))
    return found


def _careful(plugin: str, recognise: Any) -> Recognise:
    """A module that fails to recognise somebody recognises nobody; it does not take the request down."""

    async def ask(scope: Any) -> Actor | None:
        try:
            answer = recognise(scope)
            actor = await answer if inspect.isawaitable(answer) else answer
        except Exception as fault:
            log.error("recognising a person failed", extra={"plugin": plugin, **describe(fault)})
            return None
        return actor if isinstance(actor, Actor) else None

    return ask
