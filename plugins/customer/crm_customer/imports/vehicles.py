"""Vehicles from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_customer.entities import VEHICLE
from crm_customer.imports.sightings import PlatesSeen
from crm_customer.models import Customer
from crm_customer.repository.owners import owners
from crm_customer.repository.vehicles import (
    VehicleRepository,
    add_readings,
    replace_people,
    replace_plates,
)
from crm_customer.trade import vin
from crm_customer.trade.derived import of_vin
from crm_customer.trade.periods import begun, owned_by, put_on
from crm_kernel.contributions import Field
from crm_kernel.records.imports.importer import Draft, EntityImporter, ImportContext, Staged

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

KEPT = ("plates", "people", "model_year", "vin_check", "vin_tail")


class VehicleImporter(EntityImporter):
    """Keeps the history of plates and owners, and a car whose check digit is wrong, which it warns of."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel, VEHICLE)
        self._vehicles = VehicleRepository(kernel.db)
        self._seen = PlatesSeen()
        self._owners: Mapping[UUID, UUID | None] = {}

    def fields(self) -> list[Field]:
        """A file names the owner of every car; a host also has cars that nobody has bought yet."""
        if self.naming is not None:
            return super().fields()
        return [replace(f, required=True) if f.name == "customer_id" else f for f in super().fields()]

    async def prepare(self, context: ImportContext) -> None:
        await super().prepare(context)
        self._today = context.now.astimezone(ZoneInfo(context.access.actor.timezone)).date()

    def columns(self) -> list[str]:
        return [*super().columns(), *KEPT]

    def check(self, draft: Draft) -> None:
        number = draft.values.get("vin")
        if number and vin.check(number) == vin.WRONG:
            draft.warnings.append("check_digit")

    async def resolve(
        self, context: ImportContext, drafts: Sequence[Draft], columns: Sequence[Field]
    ) -> None:
        await super().resolve(context, drafts, columns)
        people = {d.values["customer_id"] for d in drafts if d.values.get("customer_id")}
        self._owners = await owners(self.kernel.db, context.dealership, Customer, people)

    def complete(self, context: ImportContext, staged: Staged) -> None:
        buyer = staged.values.get("customer_id")
        if buyer is not None and (owner := self._owners.get(buyer)):
            staged.values.setdefault("owner_id", owner)
        staged.values |= of_vin(staged.values["vin"])
        staged.values |= self._history({"plates": [], "people": []}, staged.values)

    def merge(self, staged: Staged, values: Mapping[str, Any]) -> bool:
        number = values.get("vin")
        derived = of_vin(number) if number and number != staged.values["vin"] else {}
        return super().merge(staged, {**values, **derived, **self._history(staged.values, values)})

    def _history(self, before: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
        """What a row does to plates and owners: the first began at an unknown time, later ones today."""
        found: dict[str, Any] = {}
        if "plate" in row:
            since = self._today if before["plates"] else None
            found["plates"] = put_on(before["plates"], row["plate"], since, self._today)
        elif not before["plates"]:
            found["plates"] = []
        if "customer_id" in row:
            since = self._today if before["people"] else row.get("purchased_on")
            owner = str(row["customer_id"]) if row["customer_id"] is not None else None
            found["people"] = owned_by(before["people"], owner, since, self._today)
        elif not before["people"]:
            found["people"] = []
        sold_on = row.get("purchased_on") or before.get("purchased_on") or self._today
        found["model_year"] = vin.model_year(row.get("vin") or before["vin"], sold_on)
        return found

    async def find_duplicates(self, context: ImportContext, drafts: Sequence[Draft]) -> None:
        if context.work is not None:
            self._seen = PlatesSeen()
        staged = [(draft, draft.staged, draft.values.get("plate")) for draft in drafts if draft.staged]
        plates = list({plate for _draft, _car, plate in staged if plate})
        if not plates:
            return
        self._seen.own |= {car.id for _draft, car, _plate in staged}
        for row in await self._vehicles.plate_periods(context.dealership, plates):
            if row.vehicle_id not in self._seen.own:
                period = {"since": row.since, "until": row.until}
                self._seen.add(row.plate, row.vehicle_id, begun(period, row.purchased_on))
        for named in (False, True):
            for draft, car, plate in staged:
                bought = car.values.get("purchased_on")
                for period in car.values["plates"]:
                    if (period["plate"] == plate) is named:
                        code = self._seen.add(period["plate"], car.id, begun(period, bought))
                        draft.duplicates += [code] if code and named else []

    async def follow(
        self, context: ImportContext, created: Sequence[Staged], changed: Sequence[Staged]
    ) -> None:
        work, here = context.work, context.dealership
        if work is None:
            return
        await replace_plates(work, here, [(s.id, s.values["plates"]) for s in created], fresh=True)
        await replace_people(work, here, [(s.id, s.values["people"]) for s in created], fresh=True)
        if moved := [(s.id, s.values["plates"]) for s in changed if "plates" in s.changes]:
            await replace_plates(work, here, moved)
        if sold := [(s.id, s.values["people"]) for s in changed if "people" in s.changes]:
            await replace_people(work, here, sold)
        read = [*created, *(s for s in changed if "mileage_km" in s.changes)]
        await add_readings(
            work,
            [
                {
                    "dealership_id": here,
                    "vehicle_id": s.id,
                    "read_on": self._today,
                    "mileage_km": s.values["mileage_km"],
                    "source": "import",
                }
                for s in read
                if s.values.get("mileage_km") is not None
            ],
        )
