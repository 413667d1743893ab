"""`/<plural>/{id}/attachments`."""

from __future__ import annotations

from typing import Any

from litestar import delete, get, post
from litestar.openapi.spec import Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from crm_kernel.contributions import Entity
from crm_kernel.kernel import Kernel
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, file_of, form, id_of
from crm_kernel.web.extras.files import FileAnswer
from crm_kernel.web.records.operations import ID

FORM_BYTES = 1 << 20
"""Room for what surrounds a file in a form."""

ATTACHMENT = Parameter(
    name="attachment_id",
    param_in="path",
    required=True,
    schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID),
)


def entity_attachments(kernel: Kernel, entity: Entity) -> list[Any]:
    """Files of the records of an entity."""
    service = kernel.service("attachments")
    view, change = entity.permission("view"), entity.permission("change")

    @get(
        "/{id:uuid}/attachments",
        operation_id=f"{entity.name}_attachments",
        summary=f"{entity.label}: files",
        operation_class=doc.listing(of_one=True),
        opt={"permission": view},
    )
    async def listed(request: AnyRequest) -> JsonAnswer:
        found = await service.list(request.user, entity, id_of(request))
        return JsonAnswer(answers.encode({"items": found}))

    @post(
        "/{id:uuid}/attachments",
        status_code=201,
        operation_id=f"{entity.name}_attachments_add",
        summary=f"{entity.label}: add a file",
        operation_class=doc.uploading(),
        opt={"permission": change},
        request_max_body_size=service.limit + FORM_BYTES,
    )
    async def add(request: AnyRequest) -> JsonAnswer:
        name, content = file_of(await form(request))
        made = await service.upload(request.user, entity, id_of(request), name, content)
        location = f"{request.url.path.rstrip('/')}/{made.id}".encode()
        return JsonAnswer(answers.encode(made), 201, [(b"location", location)])

    @get(
        "/{id:uuid}/attachments/{attachment_id:uuid}",
        operation_id=f"{entity.name}_attachment",
        summary=f"{entity.label}: download a file",
        operation_class=doc.downloading([ID, ATTACHMENT]),
        opt={"permission": view},
    )
    async def download(request: AnyRequest) -> FileAnswer:
        found = await service.download(request.user, entity, id_of(request), id_of(request, "attachment_id"))
        return await FileAnswer.of(found.name, found.media_type, found.chunks, found.size)

    @delete(
        "/{id:uuid}/attachments/{attachment_id:uuid}",
        status_code=204,
        operation_id=f"{entity.name}_attachment_delete",
        summary=f"{entity.label}: take a file away",
        operation_class=doc.removing([ATTACHMENT]),
        opt={"permission": change},
    )
    async def remove(request: AnyRequest) -> None:
        await service.delete(request.user, entity, id_of(request), id_of(request, "attachment_id"))

    return [listed, add, download, remove]
