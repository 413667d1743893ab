"""`/reports`: figures for programs."""

from __future__ import annotations

from typing import Any

from litestar import get

from crm_kernel.kernel import Kernel
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest
from crm_kernel.web.extras.files import FileAnswer
from crm_kernel.web.records.operations import TEXT, query

PARAMETERS = [
    query("period", TEXT, "today, week, month, last_month, quarter, last_quarter, year, last_year or custom"),
    query("from", TEXT, "First day of a custom period"),
    query("to", TEXT, "Its last day"),
]
NEED = {"signed_in": "the service asks for each report's own right and for that to view what is counted"}


def report_handlers(kernel: Kernel) -> list[Any]:
    """What there is to know, a report, a report as a file."""
    service = kernel.service("reports")

    @get(
        "/reports",
        operation_id="reports",
        summary="Reports this person may see",
        operation_class=doc.listing(),
        opt=NEED,
        tags=["reports"],
    )
    async def listed(request: AnyRequest) -> JsonAnswer:
        return JsonAnswer(answers.encode_readable({"items": await service.list(request.user)}))

    @get(
        "/reports/{name:str}",
        operation_id="report",
        summary="A report: rows, numbers, those of the period before, the lists behind them",
        operation_class=doc.reading([doc.NAME, *PARAMETERS], of_one=False),
        opt=NEED,
        tags=["reports"],
    )
    async def one(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        view = await service.run(request.user, request.path_params["name"], asked)
        return JsonAnswer(answers.encode_readable(view))

    @get(
        "/reports/{name:str}/file",
        operation_id="report_file",
        summary="A report as CSV or XLSX",
        operation_class=doc.downloading([doc.NAME, *PARAMETERS, query("format", TEXT, "csv or xlsx")]),
        opt=NEED,
        tags=["reports"],
    )
    async def file(request: AnyRequest) -> FileAnswer:
        asked = dict(answers.parameters(request.scope))
        found = await service.export(
            request.user, request.path_params["name"], asked, format=asked.get("format", "csv")
        )
        return await FileAnswer.of(found.filename, found.media_type, found.chunks)

    return [listed, one, file]
