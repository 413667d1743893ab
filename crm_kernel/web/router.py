"""Routers and the application they go into, made quickly: every start registers hundreds of routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute, WebSocketRoute


class _Written(litestar.Router):
    """Serves what somebody wrote, and nothing beside.

    The framework's own handlers are half as many again, and each is found out about at every start. Who sends
    OPTIONS gets 405, which names the methods there are.
    """

    def register(self, value: Any) -> list[Any]:
        routes: list[Any] = super().register(value)
        for route in routes:
            if isinstance(route, HTTPRoute):
                route.route_handlers = [one for one in route.route_handlers if _is_written(one)]
                route.methods = {method for one in route.route_handlers for method in one.http_methods}
            self.route_handler_method_map.setdefault(route.path, {}).update(_handlers(route))
        return routes

    @property
    def route_handler_method_map(self) -> dict[str, Any]:
        """Handlers by path and method; the framework gathers them anew for each that is added."""
        found: dict[str, Any] = self.__dict__.setdefault("_found", {})
        return found


def _is_written(handler: HTTPRouteHandler) -> bool:
    return bool(handler.fn.__module__ != HTTPRoute.__module__)


def _handlers(route: Any) -> Mapping[str, Any]:
    if isinstance(route, HTTPRoute):
        return {method: handler for handler in route.route_handlers for method in handler.http_methods}
    return {"websocket" if isinstance(route, WebSocketRoute) else "asgi": route.route_handler}


class Router(_Written):
    """A router that goes into an application as it is.

    The framework copies what it registers, with all handlers and what was found out about them, so that one
    router may serve several applications. Ours are made anew for each; the copies took half of a start.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class Application(litestar.Litestar, _Written):  # type: ignore[misc]  # the framework differs from itself
    """The application."""
