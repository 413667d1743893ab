"""The customer and vehicle masters as other modules ask them (crm_kernel.contracts)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_customer.repository.customers import CustomerRepository
from crm_customer.repository.vehicles import VehicleRepository
from crm_customer.service.fingerprints import phone_print
from crm_customer.trade import plate as plates
from crm_customer.trade import vin as vins
from crm_customer.trade.titles import vehicle_title
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.contracts import CustomerCard, VehicleCard
from crm_kernel.records.kinds import MOBILE, PHONE

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

MOST = 50


class Customers:
    """Offered as `customer.directory`. Mobiles are masked always: revealing one is logged elsewhere."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._customers = CustomerRepository(kernel.db)
        self._vehicles = VehicleRepository(kernel.db)

    @permitted("customer.view")
    async def find(
        self, access: Access, *, mobile: str = "", plate: str = "", q: str = "", limit: int = 10
    ) -> Sequence[CustomerCard]:
        """Customers with this number, with a car that carries or carried this plate, or found by words."""
        if mobile:
            number = _or_empty(PHONE.parse, mobile)
            prints = [phone_print(self._kernel.keys, access.actor.dealership_id, number)] if number else []
            rows = await self._customers.by_numbers(access, prints, min(limit, MOST))
            return [_customer(row) for row in rows]
        ids = await self._by_plate(access, plate) if plate else await self._by_words(access, q, limit)
        found = await self._customers.reachable(access, ids)
        return [_customer(found[one]) for one in ids if one in found][:limit]

    @permitted("customer.view")
    async def card(self, access: Access, customer_id: UUID) -> CustomerCard | None:
        """The customer, or None for one who is absent, foreign or out of reach."""
        found = await self._customers.reachable(access, [customer_id])
        return _customer(found[customer_id]) if found else None

    async def _by_plate(self, access: Access, plate: str) -> list[UUID]:
        number = _or_empty(lambda text: plates.parse(text).text, plate)
        if not number or not access.actor.may("vehicle.view"):
            return []
        seen = access.actor.access("vehicle.view")
        cars = await self._vehicles.find(seen, vin="", plate=number, limit=MOST)
        return list(dict.fromkeys(car.customer_id for car in cars if car.customer_id))

    async def _by_words(self, access: Access, q: str, limit: int) -> list[UUID]:
        if not q or not self._kernel.offers("search"):
            return []
        hits = await self._kernel.service("search").search(access.actor, q, ("customer",), min(limit, MOST))
        return [hit.id for hit in hits]


class Vehicles:
    """Offered as `vehicle.directory`."""

    def __init__(self, kernel: Kernel) -> None:
        self._vehicles = VehicleRepository(kernel.db)

    @permitted("vehicle.view")
    async def find(
        self, access: Access, *, vin: str = "", plate: str = "", limit: int = 10
    ) -> Sequence[VehicleCard]:
        """Cars with this VIN or its last six characters, or that carry or carried this plate."""
        number = vins.normalise(vin)
        tag = _or_empty(lambda text: plates.parse(text).text, plate)
        if (vin and len(number) not in (6, 17)) or (plate and not tag) or not (number or tag):
            return []
        rows = await self._vehicles.find(access, vin=number, plate=tag, limit=min(limit, MOST))
        return [_vehicle(row) for row in rows]

    @permitted("vehicle.view")
    async def of_customer(self, access: Access, customer_id: UUID) -> Sequence[VehicleCard]:
        """Cars he owns or has a role with today."""
        return [_vehicle(row) for row in await self._vehicles.of_customer(access, customer_id)]

    @permitted("vehicle.view")
    async def card(self, access: Access, vehicle_id: UUID) -> VehicleCard | None:
        """The car, or None for one that is absent, foreign or out of reach."""
        found = await self._vehicles.card(access, vehicle_id)
        return _vehicle(found) if found is not None else None


def _or_empty(parse: Any, text: str) -> str:
    try:
        return str(parse(text))
    except ValueError:
        return ""


def _customer(row: Any) -> CustomerCard:
    mask = MOBILE.mask
    mobile = mask(row.mobile) if row.mobile and mask else ""
    return CustomerCard(row.id, row.code, row.name, row.kind, mobile, row.level or "")


def _vehicle(row: Any) -> VehicleCard:
    name = " ".join(part for part in (row.brand, row.series, row.model) if part)
    title = vehicle_title(row.plate, row.vin, row.series)
    return VehicleCard(row.id, row.vin, row.plate or "", name, row.customer_id, row.mileage_km, title)
