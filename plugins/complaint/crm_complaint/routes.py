"""What complaints answer beyond the verbs every record has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get

from crm_kernel.kernel import Kernel
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest
from crm_kernel.web.records.operations import TEXT, query


def routes(kernel: Kernel) -> Sequence[Any]:
    """The handlers, under `/api/v1`."""

    @get(
        "/complaints/callers",
        operation_id="complaint_callers",
        summary="Who may be calling, by mobile or plate, with his open complaints",
        operation_class=doc.listing([query("mobile", TEXT), query("plate", TEXT)]),
        opt={"permission": "complaint.create"},
        tags=["complaints"],
    )
    async def callers(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        found = await kernel.service("complaint.intake").look(
            request.user, asked.get("mobile", ""), asked.get("plate", "")
        )
        return JsonAnswer(answers.encode_readable(found))

    return [callers]
