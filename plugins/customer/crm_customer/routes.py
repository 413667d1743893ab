"""What programs may ask of this module beyond the routes every record has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post

from crm_customer.schemas.vehicle import NewReading, PersonChange, PlateChange
from crm_customer.service.vin_reading import vin_reading
from crm_kernel.actor import Actor
from crm_kernel.kernel import Kernel
from crm_kernel.web.answers import JsonAnswer, encode, encode_readable, etag
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, body, id_of


class Withdrawal(msgspec.Struct, forbid_unknown_fields=True):
    """How a person took a consent back."""

    withdrawal: str


class Like(msgspec.Struct):
    """What was typed of a customer or vehicle so far, as text; `but` is the record being edited."""

    name: str = ""
    mobile: str = ""
    phones: list[dict[str, str]] = msgspec.field(default_factory=list)
    id_number: str = ""
    birthday: date | None = None
    vin: str = ""
    plate: str = ""
    plate_since: date | None = None
    purchased_on: date | None = None
    but: UUID | None = None


def routes(kernel: Kernel) -> Sequence[Any]:
    """The handlers, under `/api/v1`."""
    return [*_vehicle_routes(kernel), *_customer_routes(kernel)]


def _vehicle_routes(kernel: Kernel) -> Sequence[Any]:
    vehicles, duplicates = kernel.service("customer.vehicles"), kernel.service("vehicle.duplicates")

    @post(
        "/vehicles/{id:uuid}/take-plate",
        status_code=200,
        operation_id="vehicle_take_plate",
        summary="Vehicle: take a plate, perhaps from another car",
        operation_class=doc.writing(200),
        opt={"permission": "vehicle.change"},
    )
    async def take_plate(request: AnyRequest) -> JsonAnswer:
        sent = await body(request, PlateChange)
        await vehicles.take_plate(request.user, id_of(request), sent.plate, sent.since)
        found = await duplicates.suspects(request.user, {"plate": sent.plate}, but=id_of(request))
        return await _record(kernel, request.user, "vehicle", request, duplicates=found)

    @post(
        "/vehicles/{id:uuid}/people",
        status_code=200,
        operation_id="vehicle_take_role",
        summary="Vehicle: somebody drives, brings or pays for it",
        operation_class=doc.writing(200),
        opt={"permission": "vehicle.change"},
    )
    async def take_role(request: AnyRequest) -> JsonAnswer:
        sent = await body(request, PersonChange)
        await vehicles.take_role(request.user, id_of(request), sent.customer_id, sent.role, sent.on)
        return await _vehicle(kernel, request)

    @post(
        "/vehicles/{id:uuid}/people/end",
        status_code=200,
        operation_id="vehicle_give_up_role",
        summary="Vehicle: somebody no longer drives, brings or pays for it",
        operation_class=doc.writing(200),
        opt={"permission": "vehicle.change"},
    )
    async def give_up_role(request: AnyRequest) -> JsonAnswer:
        sent = await body(request, PersonChange)
        await vehicles.give_up_role(request.user, id_of(request), sent.customer_id, sent.role, sent.on)
        return await _vehicle(kernel, request)

    @post(
        "/vehicles/{id:uuid}/readings",
        status_code=200,
        operation_id="vehicle_read_odometer",
        summary="Vehicle: an odometer reading",
        operation_class=doc.writing(200),
        opt={"permission": "vehicle.change"},
    )
    async def read_odometer(request: AnyRequest) -> JsonAnswer:
        sent = await body(request, NewReading)
        await vehicles.read_odometer(request.user, id_of(request), sent.mileage_km, sent.read_on)
        return await _vehicle(kernel, request)

    @get(
        "/vehicles/{id:uuid}/life",
        operation_id="vehicle_life",
        summary="Vehicle: plates, people and readings over time",
        operation_class=doc.reading(),
        opt={"permission": "vehicle.view"},
    )
    async def life(request: AnyRequest) -> JsonAnswer:
        told = await vehicles.life(request.user, id_of(request))
        readings = [
            {"read_on": row.read_on, "mileage_km": row.mileage_km, "source": row.source}
            for row in told.readings
        ]
        return JsonAnswer(encode({"plates": told.plates, "people": told.people, "readings": readings}))

    @get(
        "/vehicles/{id:uuid}/vin",
        operation_id="vehicle_vin",
        summary="Vehicle: what its VIN says, with every model year that is possible",
        operation_class=doc.reading(),
        opt={"permission": "vehicle.view"},
    )
    async def read_vin(request: AnyRequest) -> JsonAnswer:
        view = await kernel.service("records").get(request.user, "vehicle", id_of(request), typed=True)
        return JsonAnswer(encode(vin_reading(kernel, request.user, view)))

    return [take_plate, take_role, give_up_role, read_odometer, life, read_vin]


def _customer_routes(kernel: Kernel) -> Sequence[Any]:
    consents, relations = kernel.service("customer.consents"), kernel.service("customer.relations")
    customers, vehicles = kernel.service("customer.duplicates"), kernel.service("vehicle.duplicates")

    @post(
        "/consents/{id:uuid}/withdraw",
        status_code=200,
        operation_id="consent_withdraw",
        summary="Consent: withdraw",
        operation_class=doc.writing(200),
        opt={"permission": "consent.change"},
    )
    async def withdraw(request: AnyRequest) -> JsonAnswer:
        sent = await body(request, Withdrawal)
        await consents.withdraw(request.user, id_of(request), sent.withdrawal)
        return await _record(kernel, request.user, "consent", request)

    @get(
        "/customers/{id:uuid}/relations",
        operation_id="customer_relations",
        summary="Customer: relations from either side",
        operation_class=doc.listing(of_one=True),
        opt={"permission": "relation.view"},
    )
    async def related(request: AnyRequest) -> JsonAnswer:
        return JsonAnswer(encode_readable({"items": await relations.of(request.user, id_of(request))}))

    @post(
        "/customers/duplicates",
        status_code=200,
        operation_id="customer_duplicates",
        summary="Customers like the one being entered",
        operation_class=doc.writing(200, of_one=False),
        opt={"permission": "customer.view", "idempotent": False},
    )
    async def like_customer(request: AnyRequest) -> JsonAnswer:
        sent = await body(request, Like)
        found = await customers.suspects(request.user, msgspec.structs.asdict(sent), but=sent.but)
        return JsonAnswer(encode_readable({"items": found}))

    @post(
        "/vehicles/duplicates",
        status_code=200,
        operation_id="vehicle_duplicates",
        summary="Vehicles like the one being entered",
        operation_class=doc.writing(200, of_one=False),
        opt={"permission": "vehicle.view", "idempotent": False},
    )
    async def like_vehicle(request: AnyRequest) -> JsonAnswer:
        sent = await body(request, Like)
        found = await vehicles.suspects(request.user, msgspec.structs.asdict(sent), but=sent.but)
        return JsonAnswer(encode_readable({"items": found}))

    return [withdraw, related, like_customer, like_vehicle]


async def _vehicle(kernel: Kernel, request: AnyRequest) -> JsonAnswer:
    return await _record(kernel, request.user, "vehicle", request)


async def _record(kernel: Kernel, actor: Actor, entity: str, request: AnyRequest, **more: Any) -> JsonAnswer:
    """The record after the verb, as the actor may see it, with what else there is to say."""
    view = await kernel.service("records").get(actor, entity, id_of(request))
    return JsonAnswer(encode_readable({**view.values(), **more}), 200, [etag(view.version)])
