"""`/webhooks`: which systems are told of events, what reached them, and once more what did not."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from litestar.openapi.spec import Parameter, Reference, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from crm_kernel.errors import Invalid
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, body, id_of
from crm_kernel.web.records.operations import ID, ONCE, TEXT, json_body, operation, query
from crm_kernel.webhooks.permissions import MANAGE
from crm_kernel.webhooks.service import STATES

_ = messages("kernel")

EVENTS = Schema(
    type=OpenAPIType.ARRAY,
    items=TEXT,
    min_items=1,
    description="Names of events, `customer.*` for all of a record type, `*` for all",
)
FIELDS: dict[str, Reference | Schema] = {"url": TEXT, "events": EVENTS, "label": TEXT}
NEW = Schema(type=OpenAPIType.OBJECT, required=["url", "events"], properties=FIELDS)
CHANGED = Schema(type=OpenAPIType.OBJECT, properties={**FIELDS, "active": doc.SWITCH})
DELIVERY = Parameter(
    name="delivery",
    param_in="path",
    required=True,
    schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID),
)
WRITE = (400, 404, 409, 413, 422)


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """A new endpoint."""

    url: str
    events: list[str]
    label: str = ""


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """What is to become different; what is left out stays."""

    url: str | None = None
    events: list[str] | None = None
    label: str | None = None
    active: bool | None = None


def webhook_handlers(kernel: Kernel) -> list[Any]:
    """Endpoints, their deliveries, and the events there are."""
    if not kernel.offers("webhooks"):
        return []
    service = kernel.service("webhooks")
    common: dict[str, Any] = {"opt": {"permission": MANAGE}, "tags": ["webhooks"]}
    # Their answers hold a secret, which is never kept for a repeated request.
    secret: dict[str, Any] = {**common, "opt": {"permission": MANAGE, "idempotent": False}}

    @get("/webhooks", operation_id="webhooks", summary="Endpoints", operation_class=doc.listing(), **common)
    async def listed(request: AnyRequest) -> JsonAnswer:
        return JsonAnswer(answers.encode({"items": await service.list(request.user)}))

    @get(
        "/webhooks/events",
        operation_id="webhook_events",
        summary="Events an endpoint may be told of",
        operation_class=doc.listing(),
        **common,
    )
    async def events(request: AnyRequest) -> JsonAnswer:
        found = [{"name": name, "label": label} for name, label in service.events(request.user)]
        return JsonAnswer(answers.encode_readable({"items": found}))

    @post(
        "/webhooks",
        status_code=201,
        operation_id="webhook_add",
        summary="A new endpoint; its secret is in this answer and nowhere else",
        operation_class=operation(
            {201: ("The endpoint and its secret", doc.OBJECT)}, WRITE, (), json_body(NEW)
        ),
        **secret,
    )
    async def add(request: AnyRequest) -> JsonAnswer:
        draft = await body(request, Draft)
        view, key = await service.add(request.user, draft.url, draft.events, label=draft.label)
        place = f"{kernel.settings.prefix}/api/v1/webhooks/{view.id}"
        answer = {**asdict(view), "secret": key}
        return JsonAnswer(answers.encode(answer), 201, [(b"location", place.encode())])

    @get(
        "/webhooks/{id:uuid}",
        operation_id="webhook",
        summary="One endpoint, with its deliveries counted by state",
        operation_class=doc.reading(),
        **common,
    )
    async def one(request: AnyRequest) -> JsonAnswer:
        return JsonAnswer(answers.encode(await service.get(request.user, id_of(request))))

    @patch(
        "/webhooks/{id:uuid}",
        operation_id="webhook_change",
        summary="Other address, events or label; stop it, or go on where it was stopped",
        operation_class=operation({200: ("The endpoint", doc.OBJECT)}, WRITE, [ID], json_body(CHANGED)),
        **common,
    )
    async def change(request: AnyRequest) -> JsonAnswer:
        wanted, endpoint = await body(request, Change), id_of(request)
        if (wanted.url, wanted.events, wanted.label) != (None, None, None):
            await service.change(
                request.user, endpoint, url=wanted.url, events=wanted.events, label=wanted.label
            )
        if wanted.active is not None:
            await service.switch(request.user, endpoint, active=wanted.active)
        return JsonAnswer(answers.encode(await service.get(request.user, endpoint)))

    @delete(
        "/webhooks/{id:uuid}",
        status_code=204,
        operation_id="webhook_delete",
        summary="Forget an endpoint and what was sent there",
        operation_class=doc.removing(),
        **common,
    )
    async def remove(request: AnyRequest) -> None:
        await service.remove(request.user, id_of(request))

    @post(
        "/webhooks/{id:uuid}/test",
        status_code=202,
        operation_id="webhook_test",
        summary="Send it a message to see whether it takes it; look at its deliveries",
        operation_class=operation({202: ("On its way", None)}, WRITE, [ID, ONCE]),
        **common,
    )
    async def test(request: AnyRequest) -> JsonAnswer:
        await service.test(request.user, id_of(request))
        return JsonAnswer(b"{}", 202)

    @post(
        "/webhooks/{id:uuid}/secret",
        status_code=200,
        operation_id="webhook_secret",
        summary="A new secret; the former one signs too for a day",
        operation_class=operation({200: ("The new secret", doc.OBJECT)}, WRITE, [ID]),
        **secret,
    )
    async def rotate(request: AnyRequest) -> JsonAnswer:
        return JsonAnswer(answers.encode({"secret": await service.rotate(request.user, id_of(request))}))

    @get(
        "/webhooks/{id:uuid}/deliveries",
        operation_id="webhook_deliveries",
        summary="What it was or is to be told, latest first",
        operation_class=doc.listing(
            [query("state", Schema(type=OpenAPIType.STRING, enum=list(STATES))), doc.CURSOR, doc.LIMIT],
            of_one=True,
        ),
        **common,
    )
    async def deliveries(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        state = asked.get("state")
        if state is not None and state not in STATES:
            raise Invalid.one("state", "choice", _("This is not one of the choices."))
        page = await service.deliveries(
            request.user,
            id_of(request),
            state=state,
            cursor=asked.get("cursor"),
            limit=answers.limit_of(asked),
        )
        return JsonAnswer(answers.encode(page))

    @post(
        "/webhooks/{id:uuid}/replay",
        status_code=200,
        operation_id="webhook_replay",
        summary="Send once more everything that was laid aside",
        operation_class=operation({200: ("How many", doc.OBJECT)}, WRITE, [ID, ONCE]),
        **common,
    )
    async def replay(request: AnyRequest) -> JsonAnswer:
        count = await service.replay(request.user, id_of(request))
        return JsonAnswer(answers.encode({"replayed": count}))

    @post(
        "/webhooks/{id:uuid}/deliveries/{delivery:uuid}/replay",
        status_code=200,
        operation_id="webhook_delivery_replay",
        summary="Send one delivery once more, whatever became of it",
        operation_class=operation({200: ("How many", doc.OBJECT)}, WRITE, [ID, DELIVERY, ONCE]),
        **common,
    )
    async def again(request: AnyRequest) -> JsonAnswer:
        delivery: UUID = request.path_params["delivery"]
        count = await service.replay(request.user, id_of(request), delivery)
        return JsonAnswer(answers.encode({"replayed": count}))

    return [listed, events, add, one, change, remove, test, rotate, deliveries, replay, again]
