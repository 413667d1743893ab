"""Whether the process lives, whether it can serve, and what it has served."""

from __future__ import annotations

import hmac
from typing import Any

from litestar import Request, Response, get

from crm_kernel.errors import NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.web.client import header, is_local
from crm_kernel.web.metrics import Metrics
from crm_kernel.web.plugin import METRICS_TOKEN


def health_handlers(kernel: Kernel, metrics: Metrics) -> list[Any]:
    """`/health/live`, `/health/ready` and `/metrics`."""

    @get(
        "/health/live",
        opt={"public": "tells only that the process runs"},
        operation_id="health_live",
        tags=["health"],
        summary="Whether the process runs",
    )
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @get(
        "/health/ready",
        opt={"public": "tells only whether requests can be served"},
        operation_id="health_ready",
        tags=["health"],
        summary="Whether requests can be served",
    )
    async def ready() -> Response[dict[str, str]]:
        reason = await readiness(kernel)
        if reason is None:
            return Response({"status": "ok"})
        return Response(
            {"status": "unavailable", "reason": reason}, status_code=503, headers={"Retry-After": "5"}
        )

    @get(
        "/metrics",
        opt={"public": "answers this machine, or whoever holds the token"},
        include_in_schema=False,
    )
    async def figures(request: Request[Any, Any, Any]) -> Response[str]:
        if not may_see_metrics(kernel, request.scope):
            raise NotFound()
        return Response(metrics.render(kernel), media_type="text/plain; version=0.0.4")

    return [live, ready, figures]


async def readiness(kernel: Kernel) -> str | None:
    """None when the database answers and no migration waits, else which of them is the matter."""
    from crm_kernel.dal.migrate import status_all

    try:
        reports = await status_all(kernel)
    except Exception:
        return "database"
    return "migrations" if any(report.state == "pending" for report in reports) else None


def may_see_metrics(kernel: Kernel, scope: Any) -> bool:
    """This machine may, and whoever sends the token of the setting `CRM_METRICS_TOKEN`."""
    token = kernel.settings.extra.get(METRICS_TOKEN, "")
    given = header(scope, b"authorization").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    return is_local(scope)
