"""`/<plural>/export`, `/<plural>/exports`, `/exports/{id}`, and what is printed."""

from __future__ import annotations

from typing import Any

from litestar import get, post

from crm_kernel.contributions import Entity
from crm_kernel.kernel import Kernel
from crm_kernel.records.query_params import parse_query
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, id_of, switch_of
from crm_kernel.web.extras.files import FileAnswer
from crm_kernel.web.records.operations import ID, TEXT, query

OWN = ("format", "clear")
PARAMETERS = [
    query("format", TEXT, "csv or xlsx"),
    query("clear", doc.SWITCH, "Masked values in clear; needs the right to reveal"),
    query("fields", TEXT, "Columns, separated by commas"),
]


def entity_exports(kernel: Kernel, entity: Entity) -> list[Any]:
    """Files and paper made of the records of an entity. The list's parameters narrow them."""
    records = kernel.service("records")
    right = entity.permission("export")

    def asked_of(request: AnyRequest) -> tuple[list[tuple[str, str]], dict[str, str]]:
        given = answers.parameters(request.scope)
        rest = [(name, value) for name, value in given if name not in (*OWN, "limit", "cursor", "count")]
        return rest, dict(given)

    @get(
        "/export",
        operation_id=f"{entity.name}_export",
        summary=f"{entity.plural_label}: copy out",
        operation_class=doc.downloading(PARAMETERS),
        opt={"permission": right},
    )
    async def export(request: AnyRequest) -> FileAnswer:
        params, own = asked_of(request)
        wanted = await parse_query(records, request.user, entity, params)
        found = await kernel.service("exports").export(
            request.user,
            entity,
            wanted,
            format=own.get("format", "csv"),
            clear=switch_of(own, "clear"),
        )
        return await FileAnswer.of(found.filename, found.media_type, found.chunks)

    @post(
        "/exports",
        status_code=201,
        operation_id=f"{entity.name}_exports_add",
        summary=f"{entity.plural_label}: copy out in the background",
        operation_class=doc.writing(201, of_one=False, body=False),
        opt={"permission": right},
    )
    async def start(request: AnyRequest) -> JsonAnswer:
        params, own = asked_of(request)
        columns = [name for name in own.get("fields", "").split(",") if name]
        run = await kernel.service("export_runs").start(
            request.user,
            entity,
            dict(params),
            format=own.get("format", "csv"),
            columns=columns,
            clear=switch_of(own, "clear"),
        )
        location = f"{kernel.settings.prefix}/api/v1/exports/{run.id}".encode()
        return JsonAnswer(answers.encode(run), 201, [(b"location", location)])

    @get(
        "/print",
        operation_id=f"{entity.name}_print_list",
        summary=f"{entity.plural_label}: as they go on paper",
        operation_class=doc.reading([query("fields", TEXT)], of_one=False),
        opt={"permission": entity.permission("print")},
    )
    async def print_list(request: AnyRequest) -> JsonAnswer:
        params, _own = asked_of(request)
        wanted = await parse_query(records, request.user, entity, params)
        sheet = await kernel.service("printing").list(request.user, entity, wanted)
        return JsonAnswer(
            answers.encode({"heads": sheet.heads, "rows": sheet.rows, "by": sheet.by, "at": sheet.at})
        )

    @get(
        "/{id:uuid}/print",
        operation_id=f"{entity.name}_print",
        summary=f"{entity.label}: as it goes on paper",
        operation_class=doc.reading(),
        opt={"permission": entity.permission("print")},
    )
    async def print_one(request: AnyRequest) -> JsonAnswer:
        paper = await kernel.service("printing").record(request.user, entity, id_of(request))
        groups = [
            {"label": label, "fields": [{"label": head, "value": cell} for head, cell in pairs]}
            for label, pairs in paper.groups
        ]
        return JsonAnswer(
            answers.encode({"title": paper.title, "groups": groups, "by": paper.by, "at": paper.at})
        )

    return [export, start, print_list, print_one]


def export_handlers(kernel: Kernel) -> list[Any]:
    """Exports made in the background: each sees his own."""
    need = {"signed_in": "each sees his own exports, and the service asks for the entity's right to export"}
    service = kernel.service("export_runs")

    @get(
        "/exports",
        operation_id="exports",
        summary="One's own latest exports",
        operation_class=doc.listing([doc.LIMIT]),
        opt=need,
        tags=["exports"],
    )
    async def recent(request: AnyRequest) -> JsonAnswer:
        limit = answers.limit_of(dict(answers.parameters(request.scope)), 20, 100)
        return JsonAnswer(answers.encode({"items": await service.recent(request.user, limit)}))

    @get(
        "/exports/{id:uuid}",
        operation_id="export",
        summary="How far an export is",
        operation_class=doc.reading(),
        opt=need,
        tags=["exports"],
    )
    async def status(request: AnyRequest) -> JsonAnswer:
        return JsonAnswer(answers.encode(await service.status(request.user, id_of(request))))

    @get(
        "/exports/{id:uuid}/file",
        operation_id="export_file",
        summary="The file of an export",
        operation_class=doc.downloading([ID]),
        opt=need,
        tags=["exports"],
    )
    async def download(request: AnyRequest) -> FileAnswer:
        found = await service.download(request.user, id_of(request))
        return await FileAnswer.of(found.filename, found.media_type, found.chunks)

    return [recent, status, download]
