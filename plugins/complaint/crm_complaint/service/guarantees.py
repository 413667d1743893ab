"""The counters of the three guarantees for one vehicle, from its complaints and repairs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from crm_complaint.repository.complaints import ComplaintRepository
from crm_complaint.trade.guarantees import Fault, Hint, Stay, hints
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access, Actor
from crm_kernel.dal.query import Condition, Query
from crm_kernel.errors import NotFound

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

VEHICLE, ORDER = "vehicle", "repair_order"
REPAIRS = frozenset({"minor_repair", "major_repair", "warranty", "recall"})
"""Kinds of repair orders that mend a fault; services and accidents do not."""
MOST = 200


class Guarantees(msgspec.Struct, frozen=True):
    """What is known about a vehicle, and each rule with its counter."""

    vin: str
    sold_on: date | None
    mileage_km: int | None
    hints: Sequence[Hint]


class GuaranteeService:
    """Offered as `complaint.guarantees`. Records of other modules are read within the actor's own rights."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._repository = ComplaintRepository(kernel.db)

    @permitted("complaint.view")
    async def of_vehicle(self, access: Access, vehicle_id: UUID) -> Guarantees | None:
        """A vehicle's counters; None where nobody keeps vehicles or this one is out of reach."""
        actor = access.actor
        vehicle = await self._vehicle(actor, vehicle_id)
        if vehicle is None:
            return None
        zone = ZoneInfo(actor.timezone)
        rows = await self._repository.of_vehicle(access, vehicle_id, MOST)
        faults = [
            Fault(row.received_at.astimezone(zone).date(), row.problem_type or "")
            for row in rows
            if row.valid is not False
        ]
        sold, mileage = vehicle.get("purchased_on"), vehicle.get("mileage_km")
        today = self._kernel.clock.now().astimezone(zone).date()
        return Guarantees(
            str(vehicle.get("vin") or ""),
            sold,
            mileage,
            hints(sold, mileage, today, faults, await self._stays(actor, vehicle_id)),
        )

    async def _vehicle(self, actor: Actor, vehicle_id: UUID) -> Any:
        if self._kernel.registry.entity(VEHICLE) is None or not actor.may("vehicle.view"):
            return None
        try:
            return await self._kernel.service("records").get(actor, VEHICLE, vehicle_id, typed=True)
        except NotFound:
            return None

    async def _stays(self, actor: Actor, vehicle_id: UUID) -> list[Stay]:
        if self._kernel.registry.entity(ORDER) is None or not actor.may("repair_order.view"):
            return []
        query = Query(conditions=(Condition("vehicle_id", "eq", vehicle_id),), limit=MOST)
        page = await self._kernel.service("records").list(actor, ORDER, query, typed=True)
        return [
            Stay(one.get("arrived_on"), one.get("settled_on"))
            for one in page.items
            if one.get("kind") in REPAIRS and one.get("arrived_on") is not None
        ]
