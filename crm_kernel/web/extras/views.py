"""`/views`: lists as people arranged them."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import delete, get, patch, post

from crm_kernel.kernel import Kernel
from crm_kernel.records.views.view import ViewChange, ViewDraft
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, body, id_of
from crm_kernel.web.records.operations import TEXT, query

NEED = {"signed_in": "the service asks for the entity's own right to view"}


class NewView(ViewDraft, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A view of the named entity."""

    entity: str


def view_handlers(kernel: Kernel) -> list[Any]:
    """Saved views."""
    service = kernel.service("views")

    @get(
        "/views",
        operation_id="views",
        summary="Saved views of an entity",
        operation_class=doc.listing([query("entity", TEXT, required=True)]),
        opt=NEED,
        tags=["views"],
    )
    async def listed(request: AnyRequest) -> JsonAnswer:
        entity = dict(answers.parameters(request.scope)).get("entity", "")
        return JsonAnswer(answers.encode({"items": await service.list(request.user, entity)}))

    @post(
        "/views",
        status_code=201,
        operation_id="views_add",
        summary="Keep a view",
        operation_class=doc.writing(201, of_one=False),
        opt=NEED,
        tags=["views"],
    )
    async def add(request: AnyRequest) -> JsonAnswer:
        wanted = await body(request, NewView)
        draft = msgspec.convert(wanted, ViewDraft, from_attributes=True)
        made = await service.add(request.user, wanted.entity, draft)
        location = f"{kernel.settings.prefix}/api/v1/views/{made.id}".encode()
        return JsonAnswer(answers.encode(made), 201, [(b"location", location)])

    @get(
        "/views/{id:uuid}",
        operation_id="view",
        summary="A saved view",
        operation_class=doc.reading(),
        opt=NEED,
        tags=["views"],
    )
    async def one(request: AnyRequest) -> JsonAnswer:
        return JsonAnswer(answers.encode(await service.get(request.user, id_of(request))))

    @patch(
        "/views/{id:uuid}",
        operation_id="view_change",
        summary="Alter a view",
        operation_class=doc.writing(200),
        opt=NEED,
        tags=["views"],
    )
    async def change(request: AnyRequest) -> JsonAnswer:
        wanted = await body(request, ViewChange)
        return JsonAnswer(answers.encode(await service.change(request.user, id_of(request), wanted)))

    @delete(
        "/views/{id:uuid}",
        status_code=204,
        operation_id="view_delete",
        summary="Forget a view",
        operation_class=doc.removing(),
        opt=NEED,
        tags=["views"],
    )
    async def remove(request: AnyRequest) -> None:
        await service.delete(request.user, id_of(request))

    return [listed, add, one, change, remove]
