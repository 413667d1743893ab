"""`/<plural>/{id}/dossier` and `/dossiers/check`: a record's file, and whether one was issued here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from litestar import get, post

from crm_kernel.contributions import Entity
from crm_kernel.dossier.service import CHECK, MEDIA_TYPE
from crm_kernel.kernel import Kernel
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, file_of, form, id_of, switch_of
from crm_kernel.web.extras.files import FileAnswer
from crm_kernel.web.records.operations import ID, TEXT, query

LARGEST = 64 << 20


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    """A file that is whole already, as a stream."""
    yield content


def entity_dossiers(kernel: Kernel, entity: Entity) -> list[Any]:
    """The file of one record."""

    @get(
        "/{id:uuid}/dossier",
        operation_id=f"{entity.name}_dossier",
        summary=f"{entity.label}: everything said, done and decided as a PDF whose digest is kept",
        operation_class=doc.downloading(
            [ID, query("clear", doc.SWITCH, "Masked values in clear; needs the right to reveal")]
        ),
        opt={"permission": entity.permission("print")},
    )
    async def dossier(request: AnyRequest) -> FileAnswer:
        clear = switch_of(dict(answers.parameters(request.scope)), "clear")
        made = await kernel.service("dossiers").issue(request.user, entity, id_of(request), clear=clear)
        return await FileAnswer.of(made.filename, MEDIA_TYPE, pieces(made.content), len(made.content))

    return [dossier]


def dossier_handlers(kernel: Kernel) -> list[Any]:
    """Whether a file was issued here, by its bytes or by its digest."""
    service = kernel.service("dossiers")

    @post(
        "/dossiers/check",
        status_code=200,
        operation_id="dossier_check",
        summary="Whether and when a file was issued here",
        operation_class=doc.uploading(200, of_one=False),
        opt={"permission": CHECK.name},
        tags=["dossiers"],
        request_max_body_size=LARGEST,
    )
    async def check(request: AnyRequest) -> JsonAnswer:
        _name, content = file_of(await form(request))
        return JsonAnswer(answers.encode_readable(await service.check(request.user, content.read())))

    @get(
        "/dossiers/check",
        operation_id="dossier_check_digest",
        summary="Whether and when a file of that SHA-256 was issued here",
        operation_class=doc.reading([query("sha256", TEXT, required=True)], of_one=False),
        opt={"permission": CHECK.name},
        tags=["dossiers"],
    )
    async def check_digest(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope)).get("sha256", "")
        return JsonAnswer(answers.encode_readable(await service.check_digest(request.user, asked)))

    return [check, check_digest]
