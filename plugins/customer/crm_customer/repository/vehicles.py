"""Vehicles: by VIN, plate and person, and the rows that find them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, or_, select, update

from crm_customer.models import PlatePeriod, Reading, Vehicle, VehiclePerson
from crm_customer.models.vehicle import TABLE as VEHICLE
from crm_customer.trade.periods import Period
from crm_kernel.actor import Access
from crm_kernel.dal.base import metadata
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scoped, trusted
from crm_kernel.dal.unit_of_work import UnitOfWork

CARD = (
    Vehicle.id,
    Vehicle.vin,
    Vehicle.plate,
    Vehicle.brand,
    Vehicle.series,
    Vehicle.model,
    Vehicle.customer_id,
    Vehicle.mileage_km,
)


class VehicleRepository:
    """What services ask about vehicles."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def card(self, access: Access, vehicle_id: UUID) -> Any:
        """The card of a vehicle in reach, or None."""
        return await self._db.first(scoped(access, Vehicle, *CARD).where(Vehicle.id == vehicle_id))

    async def find(self, access: Access, *, vin: str, plate: str, limit: int) -> Sequence[Any]:
        """Cards of vehicles in reach with this VIN (or its last six) and this plate, carried now or once."""
        statement = scoped(access, Vehicle, *CARD)
        if vin:
            tail = Vehicle.vin_tail == vin[-6:]
            statement = statement.where(Vehicle.vin == vin if len(vin) == 17 else tail)
        if plate:
            once = select(PlatePeriod.vehicle_id).where(PlatePeriod.plate == plate)
            statement = statement.where(Vehicle.id.in_(once))
        return await self._db.rows(statement.order_by(Vehicle.vin).limit(limit))

    async def of_customer(self, access: Access, customer_id: UUID) -> Sequence[Any]:
        """Cards of vehicles in reach that the customer owns or has a role with today."""
        has_role = select(VehiclePerson.vehicle_id).where(
            VehiclePerson.customer_id == customer_id, VehiclePerson.until.is_(None)
        )
        mine = or_(Vehicle.customer_id == customer_id, Vehicle.id.in_(has_role))
        return await self._db.rows(scoped(access, Vehicle, *CARD).where(mine).order_by(Vehicle.vin))

    async def carriers(self, dealership: UUID, plates: Sequence[str]) -> Sequence[Any]:
        """(plate, vehicle id, VIN) of the dealership's living cars that carry one of these plates today."""
        return await self._db.rows(
            trusted(
                select(Vehicle.plate, Vehicle.id, Vehicle.vin).where(
                    Vehicle.dealership_id == dealership,
                    Vehicle.plate.in_(plates),
                    Vehicle.deleted_at.is_(None),
                )
            )
        )

    async def plate_periods(self, dealership: UUID, plates: Sequence[str]) -> Sequence[Any]:
        """(plate, vehicle_id, since, until, purchased_on): when the dealership's living cars had these."""
        columns = (
            PlatePeriod.plate,
            PlatePeriod.vehicle_id,
            PlatePeriod.since,
            PlatePeriod.until,
            Vehicle.purchased_on,
        )
        return await self._db.rows(
            trusted(
                select(*columns)
                .join(Vehicle, Vehicle.id == PlatePeriod.vehicle_id)
                .where(
                    PlatePeriod.dealership_id == dealership,
                    PlatePeriod.plate.in_(plates),
                    Vehicle.deleted_at.is_(None),
                )
                .order_by(PlatePeriod.id)
            )
        )

    async def same_vin(self, dealership: UUID, vin: str) -> Any:
        """(id, deleted_at) of the dealership's car with this VIN, a deleted one included; or None."""
        return await self._db.first(
            trusted(
                select(Vehicle.id, Vehicle.deleted_at).where(
                    Vehicle.dealership_id == dealership, Vehicle.vin == vin
                )
            )
        )

    async def owners(self, dealership: UUID, ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
        """The customer of each of these cars of the dealership, for bulk writers."""
        wanted = list(ids)
        if not wanted:
            return {}
        statement = select(Vehicle.id, Vehicle.customer_id).where(
            Vehicle.dealership_id == dealership, Vehicle.id.in_(wanted)
        )
        return {row[0]: row[1] for row in await self._db.rows(trusted(statement))}

    async def histories(self, access: Access, vehicle_id: UUID) -> Any:
        """(plates, people, purchased_on, dealership_id) of a vehicle in reach, or None."""
        columns = (Vehicle.plates, Vehicle.people, Vehicle.purchased_on, Vehicle.dealership_id)
        return await self._db.first(scoped(access, Vehicle, *columns).where(Vehicle.id == vehicle_id))

    async def readings(self, vehicle_id: UUID, limit: int = 20) -> Sequence[Any]:
        """(read_on, mileage_km, source) of a vehicle whose record the caller has seen, newest first."""
        return await self._db.rows(
            trusted(
                select(Reading.read_on, Reading.mileage_km, Reading.source)
                .where(Reading.vehicle_id == vehicle_id)
                .order_by(Reading.read_on.desc(), Reading.id.desc())
                .limit(limit)
            )
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


async def replace_plates(
    work: UnitOfWork,
    dealership: UUID,
    plates: Iterable[tuple[UUID, Sequence[Period]]],
    *,
    fresh: bool = False,
) -> None:
    """Make these cars be found by exactly these plates; `fresh` ones had none before."""
    await _replace(work, PlatePeriod, dealership, plates, ("plate",), fresh=fresh)


async def replace_people(
    work: UnitOfWork,
    dealership: UUID,
    people: Iterable[tuple[UUID, Sequence[Period]]],
    *,
    fresh: bool = False,
) -> None:
    """Make these cars be found by exactly these people; `fresh` ones had none before."""
    await _replace(work, VehiclePerson, dealership, people, ("customer_id", "role"), fresh=fresh)


async def _replace(
    work: UnitOfWork,
    model: type[PlatePeriod] | type[VehiclePerson],
    dealership: UUID,
    periods: Iterable[tuple[UUID, Sequence[Period]]],
    names: Sequence[str],
    *,
    fresh: bool,
) -> None:
    wanted = list(periods)
    if not fresh:
        await work.execute(delete(model).where(model.vehicle_id.in_([vehicle for vehicle, _p in wanted])))
    rows = [
        {
            "dealership_id": dealership,
            "vehicle_id": vehicle,
            **{name: period[name] for name in names},
            "since": _day(period["since"]),
            "until": _day(period["until"]),
        }
        for vehicle, held in wanted
        for period in held
    ]
    await work.bulk_insert(model, rows)


async def add_readings(work: UnitOfWork, readings: Sequence[Mapping[str, Any]]) -> None:
    """Write odometer readings; one that belongs to an order replaces that order's former one."""
    orders = [reading["order_id"] for reading in readings if reading.get("order_id")]
    if orders:
        await work.execute(delete(Reading).where(Reading.order_id.in_(orders)))
    await work.bulk_insert(Reading, [{"order_id": None, **r} for r in readings])


async def latest_days(work: UnitOfWork, vehicles: Sequence[UUID]) -> dict[UUID, date]:
    """The day of the latest reading of each car that has one."""
    statement = (
        select(Reading.vehicle_id, func.max(Reading.read_on))
        .where(Reading.vehicle_id.in_(vehicles))
        .group_by(Reading.vehicle_id)
    )
    return {row[0]: row[1] for row in await work.rows(trusted(statement))}


async def set_mileages(
    work: UnitOfWork, dealership: UUID, mileages: Mapping[UUID, int]
) -> dict[UUID, int | None]:
    """Tell many cars how far they have gone; gives what was known before, for those that did not know."""
    columns = (Vehicle.id, Vehicle.mileage_km)
    known = select(*columns).where(Vehicle.dealership_id == dealership, Vehicle.id.in_(list(mileages)))
    before = {row[0]: row[1] for row in await work.rows(trusted(known)) if row[1] != mileages[row[0]]}
    if before:
        table = metadata.tables[VEHICLE]
        connection = await work.session.connection()
        await connection.execute(
            update(table)
            .where(table.c.id == bindparam("car", type_=table.c.id.type))
            .values(mileage_km=bindparam("km"), version=table.c.version + 1, updated_at=work.now),
            [{"car": car, "km": mileages[car]} for car in before],
        )
    return before
