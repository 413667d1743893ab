"""Vehicles: one VIN each, plates and people over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_customer import errors
from crm_customer.entities import VEHICLE
from crm_customer.events import OwnerChanged, PlateChanged
from crm_customer.models import Customer, Vehicle
from crm_customer.repository.customers import CustomerRepository
from crm_customer.repository.vehicles import (
    VehicleRepository,
    add_readings,
    replace_people,
    replace_plates,
)
from crm_customer.service.base import readable
from crm_customer.service.hanging import HangingService
from crm_customer.trade import kinds, vin
from crm_customer.trade.derived import of_vin
from crm_customer.trade.periods import Period, begin, dated, end, owned_by, put_on
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import NotFound
from crm_kernel.records.entity_service import Columns

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


ROLES = "customer.vehicle_role"


PLATE_AS_SENT = "customer.plate_as_sent"


class PlateAsSent(msgspec.Struct, frozen=True):
    """From which day the plate is on the car, and whether another one gives it up then."""

    on: date
    moves: bool


class VehicleLife(msgspec.Struct, frozen=True):
    """What changed about a car with time. `people` carry `name`; those out of reach are left out."""

    plates: Sequence[Period]
    people: Sequence[Period]
    readings: Sequence[Any]


class VehicleService(HangingService[Vehicle]):
    """Offered as `customer.vehicles`."""

    entity = VEHICLE
    hangs_on = "customer_id", Customer
    watched = ("plates", "people", "plate", "customer_id", "mileage_km")

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._vehicles = VehicleRepository(kernel.db)
        self._customers = CustomerRepository(kernel.db)

    @permitted("vehicle.change")
    async def take_role(
        self, access: Access, id: UUID, customer_id: UUID, role: str, on: date | None = None
    ) -> Vehicle:
        """Let a customer drive, bring or pay for a car from a day on; an owner is changed by `change`."""
        return await self._people(access, id, customer_id, role, on, begin)

    @permitted("vehicle.change")
    async def give_up_role(
        self, access: Access, id: UUID, customer_id: UUID, role: str, on: date | None = None
    ) -> Vehicle:
        """End what `take_role` began."""
        return await self._people(access, id, customer_id, role, on, end)

    async def _people(
        self, access: Access, id: UUID, customer_id: UUID, role: str, on: date | None, what: Any
    ) -> Vehicle:
        if role == "owner":
            raise errors.owner_by_change()
        roles = await self._kernel.service("dictionaries").entries(access.actor, ROLES, inactive=True)
        if role not in {entry.code for entry in roles}:
            raise errors.unknown_role()
        day = on or self._today(access.actor)
        async with self._work(access) as work:
            await work.get(access.actor.access("customer.view"), Customer, customer_id)
            row = await work.get(access, Vehicle, id)
            row.people = what(row.people, day, customer_id=str(customer_id), role=role)
            await replace_people(work, row.dealership_id, [(row.id, row.people)])
        return row

    @permitted("vehicle.change")
    async def read_odometer(
        self, access: Access, id: UUID, mileage_km: int, read_on: date | None = None
    ) -> Vehicle:
        """Note what the odometer showed on a day. The car's mileage follows the latest reading."""
        day = read_on or self._today(access.actor)
        km = errors.checked("mileage_km", kinds.MILEAGE, str(mileage_km))
        async with self._work(access) as work:
            row = await work.get(access, Vehicle, id)
            latest = await self._vehicles.readings(row.id, 1)
            reading = {"read_on": day, "mileage_km": int(km), "source": "staff"}
            await add_readings(work, [{"dealership_id": row.dealership_id, "vehicle_id": row.id, **reading}])
            if not latest or latest[0].read_on <= day:
                row.mileage_km = int(km)
        return row

    @permitted("vehicle.view")
    async def life(self, access: Access, id: UUID) -> VehicleLife:
        """Plates, people and readings of a car over time. Raises NotFound."""
        row = await self._vehicles.histories(access, id)
        if row is None:
            raise NotFound()
        ids = {UUID(person["customer_id"]) for person in row.people}
        known: dict[UUID, Any] = {}
        if access.actor.may("customer.view"):
            known = await self._customers.reachable(access.actor.access("customer.view"), ids)
        people = [
            {**person, "name": known[UUID(person["customer_id"])].name}
            for person in row.people
            if UUID(person["customer_id"]) in known
        ]
        return VehicleLife(row.plates, people, await self._vehicles.readings(id))

    @permitted("vehicle.change")
    async def take_plate(self, access: Access, id: UUID, plate: str, since: date | None = None) -> Vehicle:
        """Put a plate on a car from a day on (default today).

        The car's former plate ends on that day, and so does the plate's time on another car of the
        dealership: plates move on with their owners. A car out of reach keeps it: `vehicle.duplicates` tells.
        Raises Invalid for what is no plate, NotFound.
        """
        text = errors.checked("plate", kinds.PLATE, plate)
        on = since or self._today(access.actor)
        async with self._work(access) as work:
            row = await work.get(access, Vehicle, id)
            plates = put_on(row.plates, text, on, on)
            row.plates = dated(plates, text, since) if since else plates
            row.plate = text
            await replace_plates(work, row.dealership_id, [(row.id, row.plates)])
            await self._plate_changed(work, row, text, on, moves=True)
        return row

    async def _plate_changed(
        self, work: UnitOfWork, row: Vehicle, plate: str, on: date, *, moves: bool
    ) -> None:
        giver = await self._release(work, row, plate, on) if moves else None
        told = PlateChanged(row.id, plate, on, giver)
        self._kernel.events.emit(work, "vehicle.plate_changed", told, entity="vehicle", record_id=row.id)

    async def _release(self, work: UnitOfWork, taker: Vehicle, plate: str, on: date) -> UUID | None:
        """Take the plate off the car that carries it, if another one of the dealership does."""
        carriers = await self._vehicles.carriers(taker.dealership_id, [plate])
        giver_id: UUID | None = next((row[1] for row in carriers if row[1] != taker.id), None)
        if giver_id is None or work.actor is None or not work.actor.may("vehicle.change"):
            return None
        try:
            giver = await work.get(work.actor.access("vehicle.change"), Vehicle, giver_id)
        except NotFound:  # a colleague's car: he is told of the duplicate
            return None
        giver.plates = put_on(giver.plates, None, on, on)
        giver.plate = None
        await replace_plates(work, giver.dealership_id, [(giver.id, giver.plates)])
        return giver_id

    async def _before(self, work: UnitOfWork, access: Access, sent: Columns, row: Vehicle | None) -> Columns:
        own: Columns = {}
        today = self._today(access.actor)
        if "vin" in sent:
            own |= await self._checked_vin(access, sent, row)
        own |= self._plate_as_sent(work, sent, row, today)
        if "customer_id" in sent:
            owner = str(sent["customer_id"]) if sent["customer_id"] else None
            since = today if row and row.people else sent.get("purchased_on")
            own["people"] = owned_by(row.people if row else [], owner, since, today)
        number = own.get("vin") or (row.vin if row else None)
        if number and ("vin" in sent or "purchased_on" in sent):
            sold_on = sent.get("purchased_on", row.purchased_on if row else None)
            own["model_year"] = vin.model_year(number, sold_on if isinstance(sold_on, date) else today)
        return own

    def _plate_as_sent(self, work: UnitOfWork, sent: Columns, row: Vehicle | None, today: date) -> Columns:
        """Plates over time; what is no field is taken out of `sent` and remembered for `_after`."""
        since, moves = sent.pop("plate_since", None), sent.pop("move_plate", False)
        plates = row.plates if row else []
        plate = readable(kinds.read_plate, sent.get("plate", row.plate if row else None)) or None
        on = since or (today if row or moves else None)
        work.facts[PLATE_AS_SENT] = PlateAsSent(on or today, moves=bool(moves))
        if plate is None or ("plate" not in sent and since is None):
            return {"plates": put_on(plates, None, on, today)} if "plate" in sent else {}
        found = put_on(plates, plate, on, today)
        return {"plates": dated(found, plate, since) if since else found}

    async def _checked_vin(self, access: Access, sent: Columns, row: Vehicle | None) -> Columns:
        number = readable(kinds.read_vin, sent["vin"])
        if not isinstance(number, str) or not vin.is_legal(number) or (row and row.vin == number):
            return {}
        found = of_vin(number)
        if found["vin_check"] == vin.WRONG and not (sent.get("vin_reason") or "").strip():
            raise errors.check_digit_needs_reason(vin.suggest(sent["vin"]))
        same = await self._vehicles.same_vin(row.dealership_id if row else access.actor.dealership_id, number)
        if same is not None and (row is None or same.id != row.id):
            raise errors.vin_taken(same.id, deleted=same.deleted_at is not None)
        return {"vin": number, **found}

    async def _after(
        self, work: UnitOfWork, access: Access, row: Vehicle, former: Mapping[str, Any] | None
    ) -> None:
        before: Mapping[str, Any] = former or dict.fromkeys(self.watched)
        fresh, here = former is None, row.dealership_id
        asked: PlateAsSent = work.facts.pop(PLATE_AS_SENT)
        if row.plates != before["plates"] and (row.plates or not fresh):
            await replace_plates(work, here, [(row.id, row.plates)], fresh=fresh)
        if row.plate and (row.plate != before["plate"] or asked.moves):
            await self._plate_changed(work, row, row.plate, asked.on, moves=asked.moves)
        if row.people != before["people"] and (row.people or not fresh):
            await replace_people(work, here, [(row.id, row.people)], fresh=fresh)
        if row.customer_id != before["customer_id"]:
            await self._owner_changed(work, access, row, before["customer_id"])
        if row.mileage_km is not None and row.mileage_km != before["mileage_km"]:
            reading = {"read_on": self._today(access.actor), "mileage_km": row.mileage_km, "source": "staff"}
            await add_readings(work, [{"dealership_id": here, "vehicle_id": row.id, **reading}])

    async def _owner_changed(
        self, work: UnitOfWork, access: Access, row: Vehicle, former: UUID | None
    ) -> None:
        """A prospect who has a car of ours in his name is a customer."""
        told = OwnerChanged(row.id, row.customer_id, former)
        self._kernel.events.emit(work, "vehicle.owner_changed", told, entity="vehicle", record_id=row.id)
        if row.customer_id is None or not access.actor.may("customer.view"):
            return
        owner = await work.get(access.actor.access("customer.view"), Customer, row.customer_id)
        if owner.status == "prospect":
            owner.status = "customer"
