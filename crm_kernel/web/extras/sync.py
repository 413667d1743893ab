"""`/sync`: other systems push records by their own ids, and see what became of them."""

from __future__ import annotations

from typing import Any

from litestar import get, post, put
from litestar.openapi.spec import OpenAPIMediaType, Parameter, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from crm_kernel.errors import Invalid, Malformed
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.sync import xml
from crm_kernel.sync.ledger import STATES
from crm_kernel.sync.permissions import MANAGE, PUSH
from crm_kernel.sync.rows import EXTERNAL_ID, MOST_ROWS
from crm_kernel.sync.service import BatchResult
from crm_kernel.text import messages
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.client import header
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, id_of
from crm_kernel.web.records.operations import TEXT, operation, query

_ = messages("kernel")

XML = "application/xml"
BODY_BYTES = 8 << 20
KIND = Parameter(
    name="kind", param_in="path", required=True, schema=TEXT, description="customers, repair-orders, ..."
)
ROW = Schema(
    type=OpenAPIType.OBJECT,
    required=[EXTERNAL_ID],
    properties={EXTERNAL_ID: Schema(type=OpenAPIType.STRING, max_length=120)},
    description="The sender's id, and the fields to set; null empties a field, a field left out stays",
)
DELIVERY = Schema(
    type=OpenAPIType.OBJECT,
    required=["source", "rows"],
    properties={
        "source": Schema(type=OpenAPIType.STRING, max_length=40, description="The system that sends"),
        "rows": Schema(type=OpenAPIType.ARRAY, items=ROW, max_items=MOST_ROWS),
    },
)
SENT = RequestBody(
    content={
        "application/json": OpenAPIMediaType(schema=DELIVERY),
        XML: OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT, description="<sync><row>...")),
    },
    required=True,
)


def sync_handlers(kernel: Kernel) -> list[Any]:
    """Pushing, and the ledger of what was pushed."""
    if not kernel.offers("sync"):
        return []
    service, ledger = kernel.service("sync"), kernel.service("sync_ledger")
    push, manage = {"permission": PUSH}, {"permission": MANAGE}

    @put(
        "/sync/{kind:str}",
        operation_id="sync_push",
        summary="Create or change up to 1,000 records by the sender's own ids",
        operation_class=operation({200: ("What became of each row", doc.OBJECT)}, doc.WRITE, [KIND], SENT),
        opt=push,
        tags=["sync"],
        request_max_body_size=BODY_BYTES,
    )
    async def take(request: AnyRequest) -> JsonAnswer:
        body, speaks_xml = await request.body(), _is_xml(header(request.scope, b"content-type"))
        source, rows = xml.read(body) if speaks_xml else _read(body)
        kind = request.path_params["kind"]
        found = await service.push(request.user, kind, rows, source=source, via="api")
        return _answer(request, found, speaks_xml)

    @get(
        "/sync/kinds",
        operation_id="sync_kinds",
        summary="What may be pushed, in a fitting order, with its fields",
        operation_class=doc.listing(),
        opt=push,
        tags=["sync"],
    )
    async def kinds(request: AnyRequest) -> JsonAnswer:
        found = [
            {"kind": kind.name, "label": kind.label, "entity": kind.entity, "fields": fields}
            for kind, fields in await service.kinds(request.user)
        ]
        return JsonAnswer(answers.encode_readable({"items": found}))

    @get(
        "/sync/{kind:str}/record",
        operation_id="sync_record",
        summary="The record that a system knows by an id",
        operation_class=operation(
            {200: ("Its id here", doc.OBJECT)},
            doc.READ,
            [KIND, query("source", TEXT, required=True), query(EXTERNAL_ID, TEXT, required=True)],
        ),
        opt=push,
        tags=["sync"],
    )
    async def record(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        kind, name = request.path_params["kind"], asked.get(EXTERNAL_ID, "")
        found = await service.record_of(request.user, kind, asked.get("source", ""), name)
        return JsonAnswer(answers.encode({"id": found, EXTERNAL_ID: name}))

    @get(
        "/sync/batches",
        operation_id="sync_batches",
        summary="The ledger of deliveries, latest first",
        operation_class=doc.listing(
            [
                query("state", Schema(type=OpenAPIType.STRING, enum=list(STATES))),
                query("source", TEXT),
                doc.LIMIT,
                doc.CURSOR,
            ]
        ),
        opt=manage,
        tags=["sync"],
    )
    async def batches(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        state = asked.get("state")
        if state is not None and state not in STATES:
            raise Invalid.one("state", "choice", _("This is not one of the choices."))
        page = await ledger.list(
            request.user,
            state=state,
            source=asked.get("source"),
            cursor=asked.get("cursor"),
            limit=answers.limit_of(asked),
        )
        return JsonAnswer(answers.encode(page))

    @get(
        "/sync/batches/{id:uuid}",
        operation_id="sync_batch",
        summary="One delivery with the rows it refused",
        operation_class=doc.reading(
            [query("after", TEXT, "The last position of the page before"), doc.LIMIT]
        ),
        opt=manage,
        tags=["sync"],
    )
    async def batch(request: AnyRequest) -> JsonAnswer:
        asked, batch_id = dict(answers.parameters(request.scope)), id_of(request)
        after = asked.get("after", "0")
        position = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
        found = await ledger.get(request.user, batch_id)
        rejects = await ledger.rejects(request.user, batch_id, position, answers.limit_of(asked))
        return JsonAnswer(answers.encode({"batch": found, "rejects": rejects}))

    @post(
        "/sync/batches/{id:uuid}/rerun",
        status_code=200,
        operation_id="sync_rerun",
        summary="Take the refused rows of a delivery once more",
        operation_class=doc.writing(200, body=False),
        opt=manage,
        tags=["sync"],
    )
    async def again(request: AnyRequest) -> JsonAnswer:
        found = await ledger.again(request.user, id_of(request))
        return _answer(request, found, False)

    return [take, kinds, record, batches, batch, again]


def _is_xml(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() in (XML, "text/xml")


def _read(body: bytes) -> tuple[str, list[Any]]:
    sent = answers.decode_object(body)
    source, rows = sent.get("source", ""), sent.get("rows")
    if not isinstance(source, str) or not isinstance(rows, list):
        raise Malformed(_("Send an object with `source` and a list of `rows`."))
    if unknown := sent.keys() - {"source", "rows"}:
        raise Invalid.one(min(unknown), "unknown", _("There is no such field."))
    return source, rows


def _answer(request: AnyRequest, batch: BatchResult, speaks_xml: bool) -> JsonAnswer:
    locale, wanted = request.user.locale, header(request.scope, b"accept")
    if "xml" in wanted or (speaks_xml and "json" not in wanted):
        return XmlAnswer(xml.write(batch, locale))
    results = [
        {
            EXTERNAL_ID: one.row.external_id,
            "result": one.result,
            "id": one.record_id,
            "errors": [
                {"field": e.field, "code": e.code, "message": translate(e.message, locale)}
                for e in one.errors
            ],
            "warnings": one.warnings,
        }
        for one in batch.outcomes
    ]
    head = {name: batch.count(name) for name in ("created", "changed", "unchanged", "rejected")}
    document = {
        "batch": batch.id,
        "kind": batch.kind,
        "source": batch.source,
        "rows": len(results),
        **head,
        "results": results,
    }
    return JsonAnswer(answers.encode(document))


class XmlAnswer(JsonAnswer):
    """A finished answer in XML."""

    __slots__ = ()
    content_type = (b"content-type", b"application/xml; charset=utf-8")
