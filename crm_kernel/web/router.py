"""Routers and the application they go into, made quickly: every start registers hundreds of routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import litestar
from litestar.routes import HTTPRoute, WebSocketRoute


class _Mapped(litestar.Router):
    """Knows its routes by path without walking all of them for every one that is added."""

    @property
    def route_handler_method_map(self) -> dict[str, Any]:
        """Handlers by path and method, as the framework has it; only what changed since is looked at."""
        known: list[Any] = self.__dict__.setdefault("_known", [])
        found: dict[str, Any] = self.__dict__.setdefault("_found", {})
        for place, route in enumerate(self.routes):
            if place < len(known) and known[place] is route:
                continue
            known[place : place + 1] = [route]
            found.setdefault(route.path, {}).update(_handlers(route))
        return found


def _handlers(route: Any) -> Mapping[str, Any]:
    if isinstance(route, HTTPRoute):
        return {method: handler for handler in route.route_handlers for method in handler.http_methods}
    return {"websocket" if isinstance(route, WebSocketRoute) else "asgi": route.route_handler}


class Router(_Mapped):
    """A router that goes into an application as it is.

    The framework copies what it registers, with all handlers and what was found out about them, so that one
    router may serve several applications. Ours are made anew for each; the copies took half of a start.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class Application(_Mapped, litestar.Litestar):
    """The application."""
