"""Modules' routes, checked before they are served: each says who may, none answers in another's place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute

from crm_kernel.contributions import Entity
from crm_kernel.kernel import Kernel
from crm_kernel.registry import withheld
from crm_kernel.web.router import Router

NEEDS = ("permission", "signed_in", "public")
PARAMETER = re.compile(r"\{[^}]*\}")


@dataclass(slots=True)
class RouteBook:
    """Every (method, path) that is taken, with its owner."""

    taken: dict[tuple[str, str], str] = field(default_factory=dict)

    def enter(self, owner: str, router: Router, permissions: Iterable[str]) -> None:
        """Take a module's routes, or raise ValueError and take none."""
        known = frozenset(permissions)
        new: dict[tuple[str, str], str] = {}
        for path, method, handler in served(router):
            check_need(path, need_of(handler), known)
            key = (method, PARAMETER.sub("{}", path))
            if key in self.taken:
                raise ValueError(f"{method} {path} is answered by {self.taken[key]} already")
            new[key] = owner
        self.taken |= new


def served(router: Any) -> list[tuple[str, str, BaseRouteHandler]]:
    """(path, method, handler) of everything a router or an application serves."""
    found: list[tuple[str, str, BaseRouteHandler]] = []
    for route in router.routes:
        if isinstance(route, HTTPRoute):
            found.extend(
                (route.path, method, handler)
                for handler in route.route_handlers
                for method in handler.http_methods
            )
        elif isinstance(route, ASGIRoute):
            found.append((route.path, "*", route.route_handler))
    return found


def need_of(handler: BaseRouteHandler) -> dict[str, Any]:
    """What the handler, with the routers around it, says about who may."""
    merged: dict[str, Any] = {}
    for layer in handler.ownership_layers:
        merged |= dict(layer.opt or {})
    return merged


def check_need(path: str, opt: dict[str, Any], permissions: frozenset[str]) -> None:
    """Raise ValueError unless a route names exactly one of a known permission, `signed_in`, or `public`."""
    needs = [name for name in NEEDS if opt.get(name)]
    if len(needs) != 1:
        raise ValueError(f"{path} names no permission, and no reason to need none")
    permission = opt.get("permission")
    if permission is not None and permission not in permissions:
        raise ValueError(f"{path} needs a permission that exists, not {permission!r}")


def possible(entity: Entity, handlers: Iterable[Any]) -> list[Any]:
    """Those routes of an entity whose right there is."""
    missing = withheld(entity)
    return [one for one in handlers if (one.opt or {}).get("permission") not in missing]


def plugin_routers(kernel: Kernel, hook: str, path: str, book: RouteBook) -> list[Router]:
    """One router per module with what it answers to `hook`; a module at fault is quarantined."""
    by_plugin: dict[str, list[Any]] = {}
    for name, value in kernel.collect(hook):
        by_plugin.setdefault(name, []).append(value)
    routers = []
    for name, values in by_plugin.items():
        try:
            router = plugin_router(name, path, values)
            book.enter(name, router, kernel.registry.permissions)
        except Exception as fault:
            kernel.quarantine(name, f"{hook}: {type(fault).__name__}: {fault}")
            continue
        routers.append((name, router))
    return [router for name, router in routers if kernel.plugins[name].state == "on"]


def plugin_router(name: str, path: str, values: Sequence[Any]) -> Router:
    """A module's handlers under a path, marked with its name."""
    return Router(path, route_handlers=list(values), opt={"plugin": name})


def accepted(kernel: Kernel, make: Callable[..., Litestar], routers: Sequence[Router]) -> Litestar:
    """The application with all routers; a module with routes the framework refuses is quarantined.

    Which one it is gets asked only after a refusal: a trial of each would cost every start.
    """
    try:
        return make(route_handlers=routers)
    except Exception:
        for router in routers:
            _try_alone(kernel, make, router)
        fit = [router for router in routers if _runs(kernel, router)]
        if len(fit) == len(routers):
            raise
        return make(route_handlers=fit)


def _try_alone(kernel: Kernel, make: Callable[..., Litestar], router: Router) -> None:
    plugin = router.opt.get("plugin")
    if plugin is None:
        return
    try:
        make(route_handlers=[router])
    except Exception as fault:
        kernel.quarantine(plugin, f"routes: {type(fault).__name__}: {fault}")


def _runs(kernel: Kernel, router: Router) -> bool:
    plugin = router.opt.get("plugin")
    return plugin is None or kernel.plugins[plugin].state == "on"
