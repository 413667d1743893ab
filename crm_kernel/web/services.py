"""API of the kernel's own services: search, progress of long work, imports, and why somebody may."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from crm_kernel.errors import Invalid, NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.records.operations import ID, TEXT, operation, query

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]

UPLOAD_LIMIT = 64 * 1024 * 1024
OBJECT = Schema(type=OpenAPIType.OBJECT)
UUID_TEXT = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID)
ITEMS = Schema(
    type=OpenAPIType.OBJECT,
    required=["items"],
    properties={"items": Schema(type=OpenAPIType.ARRAY, items=OBJECT)},
)


def service_handlers(kernel: Kernel) -> list[Any]:
    """`/search`, `/explain`, `/jobs/progress/{id}`; each service checks the rest of the rights itself."""

    @get(
        "/search",
        operation_id="search",
        summary="Records of all kinds by a text",
        operation_class=operation(
            {200: ("Hits", ITEMS)},
            (400, 422),
            [
                query("q", TEXT, required=True),
                query("entity", TEXT),
                query("limit", Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=50, default=8)),
            ],
        ),
        opt={"signed_in": "each kind of record is searched by those who may view it"},
        tags=["search"],
    )
    async def search(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        q = asked.get("q", "").strip()
        if not q or len(q) > 100:
            raise Invalid.one("q", "required", _("Say what to look for, in at most 100 characters."))
        entities = [asked["entity"]] if "entity" in asked else None
        hits = await kernel.service("search").search(
            request.user, q, entities, answers.limit_of(asked, 8, 50)
        )
        return JsonAnswer(answers.encode_readable({"items": hits}))

    @get(
        "/explain",
        operation_id="explain",
        summary="Why a person may do something, or not",
        operation_class=operation(
            {200: ("The answer and its reasons", OBJECT)},
            (400, 404, 422),
            [
                query("permission", TEXT, required=True),
                query("user", UUID_TEXT, "A staff id; without it, oneself"),
                query("entity", TEXT),
                query("id", UUID_TEXT),
            ],
        ),
        opt={"signed_in": "everybody may ask about himself; the service checks the rest"},
        tags=["explain"],
    )
    async def explain(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        permission = asked.get("permission", "")
        if not permission:
            raise Invalid.one("permission", "required", _("Name a permission."))
        found = await kernel.service("explain").explain(
            request.user,
            _id(asked, "user") or request.user.id,
            permission,
            asked.get("entity"),
            _id(asked, "id"),
        )
        return JsonAnswer(answers.encode_readable({"allowed": found.allowed, "because": found.because}))

    @get(
        "/jobs/progress/{id:uuid}",
        operation_id="progress",
        summary="How far a long piece of work has come",
        operation_class=operation({200: ("The state of the work", OBJECT)}, (404,), [ID]),
        opt={"signed_in": "each sees his own work"},
        tags=["jobs"],
    )
    async def progress(request: AnyRequest) -> JsonAnswer:
        view = await kernel.service("jobs").read_progress(request.user, request.path_params["id"])
        return JsonAnswer(answers.encode_readable(view))

    @post(
        "/jobs/progress/{id:uuid}/cancel",
        status_code=204,
        operation_id="progress_cancel",
        summary="Stop a long piece of work",
        operation_class=operation({204: ("It will stop", None)}, (404, 409), [ID]),
        opt={"signed_in": "each stops his own work"},
        tags=["jobs"],
    )
    async def cancel(request: AnyRequest) -> None:
        await kernel.service("jobs").cancel_progress(request.user, request.path_params["id"])

    return [search, explain, progress, cancel]


def _id(asked: dict[str, str], name: str) -> UUID | None:
    given = asked.get(name)
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError as fault:
        raise NotFound() from fault
