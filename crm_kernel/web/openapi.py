"""The description of the API (OpenAPI 3.1), complete with what the entities declare."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from crm_kernel import __version__
from crm_kernel.contributions import Entity
from crm_kernel.kernel import Kernel
from crm_kernel.web.records.schemas import components


class Document(OpenAPIRenderPlugin):
    """`/api/openapi.json`: the framework's document with the entities' schemas put in."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(path="/", media_type=MediaType.JSON)
        self._kernel = kernel
        self._rendered: bytes = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document."""
        if not self._rendered:
            self._rendered = msgspec.json.encode(complete(self._kernel, openapi_schema))
        return self._rendered

    def receive_router(self, router: Router) -> None:
        """Leave the document alone on its router: the framework adds a second one, and a page for 404."""
        router.routes[:] = [route for route in router.routes if route.path == router.path]


def complete(kernel: Kernel, schema: dict[str, Any]) -> dict[str, Any]:
    """The framework's schema with the entities' own."""
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(components(kernel.registry.of(Entity)))
    return schema


def document(kernel: Kernel, app: Litestar) -> dict[str, Any]:
    """The whole document of an application."""
    return complete(kernel, app.openapi_schema.to_schema())


def openapi_config(kernel: Kernel) -> OpenAPIConfig:
    """How the document is made and where it is served. No viewer is: those load scripts from elsewhere."""
    return OpenAPIConfig(
        title="Forecourt",
        version=__version__,
        render_plugins=[Document(kernel)],
        openapi_router=Router(
            "/api/openapi.json",
            route_handlers=[],
            opt={"public": "the description of the API holds no data"},
            include_in_schema=False,
        ),
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer")},
        ),
        security=[{"token": []}],
        use_handler_docstrings=True,
    )
