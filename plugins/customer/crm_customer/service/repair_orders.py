"""Repair orders: visits to the workshop, and what they tell about the car."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_customer import errors
from crm_customer.entities import REPAIR_ORDER
from crm_customer.models import RepairOrder, Vehicle
from crm_customer.repository.vehicles import VehicleRepository, add_readings
from crm_customer.service.hanging import HangingService
from crm_kernel.actor import Access
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.entity_service import Columns
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")


class RepairOrderService(HangingService[RepairOrder]):
    """Offered as `customer.repair_orders`. An order goes to the car's customer unless another is named."""

    entity = REPAIR_ORDER
    hangs_on = "vehicle_id", Vehicle
    watched = ("mileage_km", "arrived_on")

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._vehicles = VehicleRepository(kernel.db)

    async def _before(
        self, work: UnitOfWork, access: Access, sent: Columns, row: RepairOrder | None
    ) -> Columns:
        arrived = sent.get("arrived_on", row.arrived_on if row else None)
        settled = sent.get("settled_on", row.settled_on if row else None)
        if arrived and settled and settled < arrived:
            raise errors.date_order("settled_on")
        if row is not None:
            return {}
        if sent.get("customer_id") is None and isinstance(sent.get("vehicle_id"), UUID):
            sees = access.actor.access("vehicle.view")
            car = await self._vehicles.card(sees, sent["vehicle_id"])
            sent["customer_id"] = car.customer_id if car is not None else None
        return {"currency": await self._currency(access)}

    async def _after(
        self, work: UnitOfWork, access: Access, row: RepairOrder, former: Mapping[str, Any] | None
    ) -> None:
        if former is None and row.customer_id is not None and self._kernel.offers("timeline"):
            self._kernel.service("timeline").add(
                work,
                "customer",
                row.customer_id,
                "workshop",
                _("Came to the workshop: {number}")(number=row.number),
                link=f"/repair-orders/{row.id}",
                source_id=row.id,
            )
        if row.mileage_km is None or row.arrived_on is None:
            return
        if former == {"mileage_km": row.mileage_km, "arrived_on": row.arrived_on}:
            return
        latest = await self._vehicles.readings(row.vehicle_id, 1)
        await add_readings(
            work,
            [
                {
                    "dealership_id": row.dealership_id,
                    "vehicle_id": row.vehicle_id,
                    "read_on": row.arrived_on,
                    "mileage_km": row.mileage_km,
                    "source": "order",
                    "order_id": row.id,
                }
            ],
        )
        if not latest or latest[0].read_on <= row.arrived_on:
            car = await work.get(access.actor.access("vehicle.view"), Vehicle, row.vehicle_id)
            car.mileage_km = row.mileage_km
