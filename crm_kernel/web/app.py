"""The web application: routes of the kernel and of every module behind one guard, under one prefix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide

from crm_kernel.actor import Actor
from crm_kernel.i18n import LOCALES, catalogues
from crm_kernel.kernel import Kernel
from crm_kernel.web.auth import Guard
from crm_kernel.web.extras.handlers import common_handlers
from crm_kernel.web.frame import Frame
from crm_kernel.web.health import health_handlers
from crm_kernel.web.idempotency import guarded_once
from crm_kernel.web.metrics import Metrics
from crm_kernel.web.openapi import openapi_config
from crm_kernel.web.problems import Answers, ErrorPage
from crm_kernel.web.records.routes import entity_routers
from crm_kernel.web.router import Application, Router
from crm_kernel.web.routes import RouteBook, accepted, plugin_routers
from crm_kernel.web.services import service_handlers

API = "/api/v1"
BODY_LIMIT = 4 * 1024 * 1024
"""Bytes of a request body, unless a route (an upload) says otherwise."""


def create_app(
    kernel: Kernel,
    *,
    run_kernel: bool = True,
    handlers: Sequence[Any] = (),
    error_page: ErrorPage | None = None,
    lifespan: Sequence[Callable[[Litestar], AbstractAsyncContextManager[None]]] = (),
    in_flight_limit: int = 128,
    **options: Any,
) -> Litestar:
    """The ASGI application of a booted kernel.

    `run_kernel` starts and stops the kernel with the application's lifespan (False: it runs already);
    `handlers` are an adapter's own routes at the prefix, each with its need in `opt`; `error_page` draws
    refusals for people; `options` go to Litestar (templates, static files). A module whose routes name no
    permission or stand in for another's is quarantined. Raises ValueError if the adapter's own do.
    """
    catalogues.add_plugins(kernel)
    catalogues.load(LOCALES)
    guard = Guard(kernel)
    metrics = Metrics()
    routers = _routers(kernel, metrics, handlers)
    answers = Answers(kernel.settings.prefix, None, error_page)
    managers = [*([lambda _app: kernel.running()] if run_kernel else []), *lifespan]
    make = partial(
        Application,
        path=kernel.settings.prefix or "/",
        middleware=[guarded_once(kernel, guard)],
        dependencies={"actor": Provide(_actor, sync_to_thread=False)},
        exception_handlers={Exception: answers},
        lifespan=managers,
        request_max_body_size=BODY_LIMIT,
        openapi_config=openapi_config(kernel),
        state=State({"kernel": kernel, "metrics": metrics, "guard": guard}),
        logging_config=None,
        pdb_on_exception=False,
        debug=False,
        **options,
    )
    app = accepted(kernel, make, routers)
    own = f"{kernel.settings.prefix}/login"
    answers.login = kernel.settings.login_url or (own if any(r.path == own for r in app.routes) else None)
    app.asgi_handler = Frame(kernel, app.asgi_handler, metrics, in_flight_limit)
    return app


def _routers(kernel: Kernel, metrics: Metrics, handlers: Sequence[Any]) -> list[Router]:
    book = RouteBook()
    permissions = kernel.registry.permissions
    own = [*health_handlers(kernel, metrics), *handlers]
    api = Router(API, route_handlers=[*service_handlers(kernel), *common_handlers(kernel)])
    for router in (Router("/", route_handlers=own), api):
        book.enter("the kernel", router, permissions)
    modules = plugin_routers(kernel, "register_routes", API, book)
    pages = plugin_routers(kernel, "register_pages", "/", book)
    records = entity_routers(kernel, API, book)
    served = [one for one in own if _serves(kernel, one)]
    return [Router("/", route_handlers=served), api, *records, *modules, *pages]


def _serves(kernel: Kernel, handler: Any) -> bool:
    """Pages of an entity go when its module was found at fault meanwhile."""
    plugin = (getattr(handler, "opt", None) or {}).get("plugin")
    return plugin is None or kernel.plugins[plugin].state == "on"


def _actor(request: Request[Any, Any, Any]) -> Actor:
    actor: Actor = request.user
    return actor
