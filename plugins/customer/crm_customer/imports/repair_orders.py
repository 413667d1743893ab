"""Repair orders from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from crm_customer.entities import REPAIR_ORDER, VEHICLE
from crm_customer.models import Vehicle
from crm_customer.repository.owners import owners
from crm_customer.repository.vehicles import VehicleRepository, add_readings, latest_days, set_mileages
from crm_kernel.audit.entries import BulkEntry
from crm_kernel.contributions import Field
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.imports.importer import Draft, EntityImporter, ImportContext, Staged

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


class RepairOrderImporter(EntityImporter):
    """Gives an order the customer of its car, and the car the mileage of the order."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel, REPAIR_ORDER)
        self._vehicles = VehicleRepository(kernel.db)
        self._customers: Mapping[UUID, UUID | None] = {}
        self._owners: Mapping[UUID, UUID | None] = {}
        self._currency = "CNY"

    async def prepare(self, context: ImportContext) -> None:
        await super().prepare(context)
        shop = await self.kernel.access.store.dealership(context.dealership)
        self._currency = shop.currency if shop else "CNY"

    def check(self, draft: Draft) -> None:
        arrived, settled = draft.values.get("arrived_on"), draft.values.get("settled_on")
        if arrived and settled and settled < arrived:
            draft.errors.append(("settled_on", "date_order"))

    async def resolve(
        self, context: ImportContext, drafts: Sequence[Draft], columns: Sequence[Field]
    ) -> None:
        await super().resolve(context, drafts, columns)
        cars = {d.values["vehicle_id"] for d in drafts if "vehicle_id" in d.values}
        self._customers = await self._vehicles.owners(context.dealership, cars)
        self._owners = await owners(self.kernel.db, context.dealership, Vehicle, cars)

    def complete(self, context: ImportContext, staged: Staged) -> None:
        car = staged.values["vehicle_id"]
        staged.values.setdefault("customer_id", self._customers.get(car))
        if owner := self._owners.get(car):
            staged.values.setdefault("owner_id", owner)
        staged.values["currency"] = self._currency

    async def follow(
        self, context: ImportContext, created: Sequence[Staged], changed: Sequence[Staged]
    ) -> None:
        work = context.work
        if work is None:
            return
        told = [s for s in created if _tells_mileage(s)]
        told += [s for s in changed if _tells_mileage(s) and {"mileage_km", "arrived_on"} & s.changes.keys()]
        if not told:
            return
        before = await latest_days(work, list({s.values["vehicle_id"] for s in told}))
        await add_readings(
            work,
            [
                {
                    "dealership_id": context.dealership,
                    "vehicle_id": s.values["vehicle_id"],
                    "read_on": s.values["arrived_on"],
                    "mileage_km": s.values["mileage_km"],
                    "source": "order",
                    "order_id": s.id,
                }
                for s in told
            ],
        )
        told.sort(key=lambda s: s.values["arrived_on"])
        await self._tell_cars(
            work,
            {
                s.values["vehicle_id"]: s.values["mileage_km"]
                for s in told
                if s.values["arrived_on"] >= before.get(s.values["vehicle_id"], date.min)
            },
        )

    async def _tell_cars(self, work: UnitOfWork, mileages: Mapping[UUID, int]) -> None:
        """A car's mileage follows its latest reading; what the file of vehicles said counts as today's."""
        former = await set_mileages(work, work.actor.dealership_id, mileages) if work.actor else {}
        if former and self.kernel.offers("audit"):
            entries = [
                BulkEntry(car, "change", {"mileage_km": km}, {"mileage_km": mileages[car]})
                for car, km in former.items()
            ]
            await self.kernel.service("audit").bulk(work, VEHICLE, entries)


def _tells_mileage(staged: Staged) -> bool:
    return staged.values.get("mileage_km") is not None and staged.values.get("arrived_on") is not None
