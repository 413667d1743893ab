"""Is the car here already, and does another one carry its plate, or carried it in the same time?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_customer.repository.vehicles import VehicleRepository
from crm_customer.service.duplicates import colleagues, read_or_none
from crm_customer.trade.kinds import PLATE, VIN
from crm_customer.trade.periods import Period, begun, holds, meet, put_on
from crm_customer.trade.titles import vehicle_title
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.records.kinds import DATE
from crm_kernel.records.suspicions import Question, Suspicion
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")

REASONS: Mapping[str, Text] = {
    "vin": _("Same VIN"),
    "plate": _("Carries this plate"),
    "plate_period": _("Carried this plate in the same period"),
}


class VehicleDuplicates:
    """Offered as `vehicle.duplicates`."""

    def __init__(self, kernel: Kernel) -> None:
        self._clock = kernel.clock
        self._vehicles = VehicleRepository(kernel.db)

    @permitted("vehicle.view")
    async def suspects(
        self, access: Access, values: Mapping[str, Any], *, but: UUID | None = None
    ) -> list[Suspicion]:
        """Cars with the same VIN, or with the same plate in overlapping periods, `but` excepted.

        `plate` is carried from `plate_since`, for a new car from its purchase where that is not known. A car
        that carries it today is asked about (Question) where the actor may take it from there.
        """
        found: list[Suspicion] = []
        if number := read_or_none(VIN.parse, values.get("vin")):
            same = await self._vehicles.same_vin(access.actor.dealership_id, number)
            if same is not None and same.id != but:
                found.append(await self._suspicion(access, "vin", same.id))
        if plate := read_or_none(PLATE.parse, values.get("plate")):
            found += await self._with_plate(access, values, plate, but)
        return found

    async def _with_plate(
        self, access: Access, values: Mapping[str, Any], plate: str, but: UUID | None
    ) -> list[Suspicion]:
        dealership, own = await self._own_periods(access, values, plate, but)
        met: dict[UUID, Period] = {}
        for row in await self._vehicles.plate_periods(dealership, [plate]):
            other = begun({"since": row.since, "until": row.until}, row.purchased_on)
            if row.vehicle_id != but and any(meet(other, period) for period in own):
                carries = holds(other) and any(holds(period) for period in own)
                if carries or row.vehicle_id not in met:
                    met[row.vehicle_id] = {**other, "carries": carries}
        found = []
        for vehicle, period in met.items():
            code = "plate" if period["carries"] else "plate_period"
            found.append(await self._suspicion(access, code, vehicle, period))
        return found

    async def _own_periods(
        self, access: Access, values: Mapping[str, Any], plate: str, but: UUID | None
    ) -> tuple[UUID, Sequence[Period]]:
        since = read_or_none(DATE.parse, values.get("plate_since"))
        bought = read_or_none(DATE.parse, values.get("purchased_on"))
        car = await self._vehicles.histories(access, but) if but else None
        today = self._clock.now().astimezone(ZoneInfo(access.actor.timezone)).date()
        on = since if isinstance(since, date) else today if car is not None else None
        plates = put_on(car.plates if car is not None else [], plate, on, today)
        if not isinstance(bought, date):
            bought = car.purchased_on if car is not None else None
        dealership = car.dealership_id if car is not None else access.actor.dealership_id
        return dealership, [begun(one, bought) for one in plates if one["plate"] == plate]

    async def _suspicion(
        self, access: Access, code: str, other: UUID, period: Period | None = None
    ) -> Suspicion:
        card = await self._vehicles.card(access, other)
        if card is None:
            return colleagues(code, REASONS[code])
        title = vehicle_title(card.plate, card.vin, card.series)
        told = code, REASONS[code], card.id, title, _detail(card, period)
        if code == "plate" and await self._may_give(access, other):
            return Question(
                *told,
                question=_("This plate is on {car}. Does it move to this car?")(car=title),
                confirm="move_plate",
                on="plate_since",
                yes=_("Yes, it moves here from this day"),
                no=_("No, note it on both; somebody has to look"),
            )
        return Suspicion(*told)

    async def _may_give(self, access: Access, vehicle: UUID) -> bool:
        """Whether the actor may take the plate off that car."""
        actor = access.actor
        if not actor.may("vehicle.change"):
            return False
        return await self._vehicles.card(actor.access("vehicle.change"), vehicle) is not None


def _detail(card: Any, period: Period | None) -> str:
    name = " ".join(part for part in (card.brand, card.series) if part)
    if period is None or period["carries"]:
        return name
    return f"{name} {period['since'] or '…'} – {period['until'] or '…'}".strip()
