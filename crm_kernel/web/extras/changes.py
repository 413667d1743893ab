"""`/changes`: what happened to records, to be followed by cursor."""

from __future__ import annotations

from typing import Any

from litestar import get
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType

from crm_kernel.changes.permissions import READ
from crm_kernel.kernel import Kernel
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest
from crm_kernel.web.records.operations import TEXT, query

MOST = 1000


def change_handlers(kernel: Kernel) -> list[Any]:
    """The feed."""
    if not kernel.offers("changes"):
        return []
    service = kernel.service("changes")
    limit = Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=MOST, default=100)

    @get(
        "/changes",
        operation_id="changes",
        summary="What happened to records since a cursor; `cursor=end` begins at this moment",
        operation_class=doc.listing(
            [
                query("cursor", TEXT, "`next` of the answer before"),
                query("entity", TEXT, "Record types, separated by commas"),
                query("limit", limit),
            ]
        ),
        opt={"permission": READ},
        tags=["changes"],
    )
    async def changes(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        if asked.get("cursor") == "end":
            document = {"items": [], "next": await service.end(request.user), "more": False}
            return JsonAnswer(answers.encode(document))
        entities = [name for name in asked.get("entity", "").split(",") if name]
        page = await service.read(
            request.user,
            asked.get("cursor") or None,
            limit=answers.limit_of(asked, 100, MOST),
            entities=entities,
        )
        return JsonAnswer(answers.encode(page))

    return [changes]
