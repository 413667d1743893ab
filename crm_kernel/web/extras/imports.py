"""`/imports`: a file goes in, is checked or imported, and what was refused comes back."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.openapi.spec import Parameter

from crm_kernel.errors import TooLarge
from crm_kernel.kernel import Kernel
from crm_kernel.records.imports.models import ImportReject, ImportRun
from crm_kernel.records.imports.rejects import explain
from crm_kernel.text import messages
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, body, file_of, form, id_of, switch_of, words_of
from crm_kernel.web.extras.files import FileAnswer
from crm_kernel.web.records.operations import TEXT, operation, query

_ = messages("kernel")

UPLOAD_BYTES = 64 << 20
FORM_BYTES = 1 << 20
NEED = {"signed_in": "the service asks for the right to import this kind of record"}
KEY = Parameter(name="key", param_in="path", required=True, schema=TEXT, description="The run's id")


class Start(msgspec.Struct, forbid_unknown_fields=True):
    """How an uploaded file is to be imported; without a mapping the proposed one counts."""

    mapping: dict[str, str] | None = None
    dry_run: bool = False


class Corrections(msgspec.Struct, forbid_unknown_fields=True):
    """Rows as they ought to be: the file's line to its cells."""

    rows: dict[str, list[str]]


def _described(status: int, *, list_: bool = False, parameters: Any = ()) -> Any:
    schema = doc.ITEMS if list_ else None if status == 204 else doc.OBJECT
    return operation({status: ("Done", schema)}, doc.WRITE, [KEY, *parameters])


def import_handlers(kernel: Kernel) -> list[Any]:
    """Imports of every kind. The path's `key` is the kind of record on POST, the run's id everywhere else."""
    service = kernel.service("imports")
    base = f"{kernel.settings.prefix}/api/v1/imports"

    async def state(request: AnyRequest, run_id: Any) -> dict[str, Any]:
        return _shown(await service.status(request.user, run_id))

    @get(
        "/imports",
        operation_id="imports",
        summary="The latest imports",
        operation_class=doc.listing([doc.LIMIT]),
        opt=NEED,
        tags=["imports"],
    )
    async def recent(request: AnyRequest) -> JsonAnswer:
        limit = answers.limit_of(dict(answers.parameters(request.scope)), 20, 100)
        runs = await service.recent(request.user, limit)
        return JsonAnswer(answers.encode({"items": [_shown(run) for run in runs]}))

    @post(
        "/imports/{key:str}",
        status_code=201,
        operation_id="imports_add",
        summary="Upload a file of a kind of records; `start` imports it at once",
        operation_class=doc.uploading(of_one=False),
        opt=NEED,
        tags=["imports"],
        request_max_body_size=UPLOAD_BYTES + FORM_BYTES,
    )
    async def upload(request: AnyRequest) -> JsonAnswer:
        fields = await form(request)
        name, content = file_of(fields)
        data = content.read(UPLOAD_BYTES + 1)
        if len(data) > UPLOAD_BYTES:
            raise TooLarge(_("The file is larger than {size} MB.")(size=UPLOAD_BYTES >> 20))
        mapping = words_of(fields, "mapping")
        preview = await service.upload(request.user, request.path_params["key"], data, name)
        if switch_of(fields, "start") or switch_of(fields, "dry_run"):
            dry_run = switch_of(fields, "dry_run")
            await service.start(request.user, preview.run_id, mapping, dry_run=dry_run)
        run = await state(request, preview.run_id)
        document = run | {
            "encoding": preview.encoding,
            "delimiter": preview.delimiter,
            "mapping": mapping or preview.mapping,
            "fields": [
                {"name": field, "label": label, "required": required}
                for field, label, required in preview.fields
            ],
            "rows": preview.rows,
        }
        location = f"{base}/{preview.run_id}".encode()
        return JsonAnswer(answers.encode(document), 201, [(b"location", location)])

    @post(
        "/imports/{key:str}/start",
        status_code=200,
        operation_id="import_start",
        summary="Import an uploaded file, or only check it",
        operation_class=_described(200),
        opt=NEED,
        tags=["imports"],
    )
    async def start(request: AnyRequest) -> JsonAnswer:
        run_id = id_of(request, "key")
        wanted = await body(request, Start)
        await service.start(request.user, run_id, wanted.mapping, dry_run=wanted.dry_run)
        return JsonAnswer(answers.encode(await state(request, run_id)))

    @get(
        "/imports/{key:str}",
        operation_id="import",
        summary="How far an import is",
        operation_class=_described(200),
        opt=NEED,
        tags=["imports"],
    )
    async def status(request: AnyRequest) -> JsonAnswer:
        return JsonAnswer(answers.encode(await state(request, id_of(request, "key"))))

    @post(
        "/imports/{key:str}/cancel",
        status_code=200,
        operation_id="import_cancel",
        summary="Stop an import after its present rows",
        operation_class=_described(200),
        opt=NEED,
        tags=["imports"],
    )
    async def cancel(request: AnyRequest) -> JsonAnswer:
        run_id = id_of(request, "key")
        await service.cancel(request.user, run_id)
        return JsonAnswer(answers.encode(await state(request, run_id)))

    @get(
        "/imports/{key:str}/rejects",
        operation_id="import_rejects",
        summary="Refused rows with line, columns and reasons",
        operation_class=_described(
            200, list_=True, parameters=[query("after", TEXT, "The last line of the page before"), doc.LIMIT]
        ),
        opt=NEED,
        tags=["imports"],
    )
    async def rejected(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        run_id, limit = id_of(request, "key"), answers.limit_of(asked)
        after = asked.get("after", "0")
        line = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
        run = await service.status(request.user, run_id)
        rows = await service.rejected(request.user, run_id, line, limit + 1)
        words = service.messages(run.kind)
        document: dict[str, Any] = {
            "heads": run.heads,
            "items": [_refused(row, request.user.locale, words) for row in rows[:limit]],
            "next": str(rows[limit - 1].line) if len(rows) > limit else None,
        }
        return JsonAnswer(answers.encode(document))

    @get(
        "/imports/{key:str}/rejects.csv",
        operation_id="import_rejects_file",
        summary="Refused rows as a file to be corrected",
        operation_class=doc.downloading([KEY]),
        opt=NEED,
        tags=["imports"],
    )
    async def rejects_file(request: AnyRequest) -> FileAnswer:
        name, pieces = await service.rejects_file(request.user, id_of(request, "key"))
        chunks = (piece.encode() async for piece in pieces)
        return await FileAnswer.of(name, "text/csv; charset=utf-8", chunks)

    @post(
        "/imports/{key:str}/correct",
        status_code=200,
        operation_id="import_correct",
        summary="Import corrected rows",
        operation_class=_described(200),
        opt=NEED,
        tags=["imports"],
    )
    async def correct(request: AnyRequest) -> JsonAnswer:
        wanted = await body(request, Corrections)
        rows = {int(line): cells for line, cells in wanted.rows.items() if line.isdigit() and len(line) < 10}
        found = await service.correct(request.user, id_of(request, "key"), rows)
        return JsonAnswer(answers.encode(found))

    return [recent, upload, start, status, cancel, rejected, rejects_file, correct]


def _shown(run: ImportRun) -> dict[str, Any]:
    names = (
        "id", "kind", "filename", "state", "dry_run", "mapping", "heads", "total", "done", "counts",
        "fault", "created_at", "finished_at",
    )  # fmt: skip
    return {name: getattr(run, name) for name in names}


def _refused(row: ImportReject, locale: str, words: Any) -> dict[str, Any]:
    return {
        "line": row.line,
        "cells": msgspec.json.decode(row.cells, type=list[str]),
        "errors": [
            {
                "column": error["column"],
                "reason": error["reason"],
                "message": explain(error["reason"], locale, words),
            }
            for error in row.errors
        ],
    }
