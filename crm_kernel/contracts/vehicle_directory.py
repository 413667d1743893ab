"""What every module may ask about vehicles, whoever is their master."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from crm_kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class VehicleCard:
    """A vehicle as others show it; `mileage_km` is the last known reading, `title` what people call it."""

    id: UUID
    vin: str
    plate: str
    model: str
    customer_id: UUID | None
    mileage_km: int | None
    title: str = ""


class VehicleDirectory(Protocol):
    """Finds vehicles within the actor's scope. Unknown and foreign ids give nothing."""

    async def find(
        self, actor: Actor, *, vin: str = "", plate: str = "", limit: int = 10
    ) -> Sequence[VehicleCard]: ...

    async def of_customer(self, actor: Actor, customer_id: UUID) -> Sequence[VehicleCard]: ...

    async def card(self, actor: Actor, vehicle_id: UUID) -> VehicleCard | None: ...
