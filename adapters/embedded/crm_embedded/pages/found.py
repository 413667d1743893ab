"""Which customer a piece is about: by mobile, by the host's number, or by our id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.contracts import CustomerCard, VehicleCard
from crm_kernel.dal.query import Condition, Query
from crm_kernel.kernel import Kernel

DIRECTORY, CARS = "customer.directory", "vehicle.directory"


class CustomerFinder:
    """Asks the directories, whoever is behind them."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @property
    def present(self) -> bool:
        """Whether there are customers here at all."""
        return self._kernel.offers(DIRECTORY)

    async def find(self, actor: Actor, asked: Mapping[str, Any]) -> CustomerCard | None:
        """The one customer meant; None when there is none within the actor's reach."""
        directory = self._kernel.service(DIRECTORY)
        record, code, mobile = (str(asked.get(name) or "") for name in ("record", "code", "mobile"))
        if record:
            found: CustomerCard | None = await directory.card(actor, _id(record)) if _id(record) else None
            return found
        if code:
            number = await self._by_code(actor, code)
            return await directory.card(actor, number) if number else None
        cards: Sequence[CustomerCard] = await directory.find(actor, mobile=mobile, limit=1) if mobile else []
        return cards[0] if cards else None

    async def cars(self, actor: Actor, customer_id: UUID) -> Sequence[VehicleCard]:
        """His cars, for those who may see cars."""
        if not self._kernel.offers(CARS) or not actor.may("vehicle.view"):
            return []
        found: Sequence[VehicleCard] = await self._kernel.service(CARS).of_customer(actor, customer_id)
        return found

    async def _by_code(self, actor: Actor, code: str) -> UUID | None:
        query = Query(conditions=(Condition("code", "eq", code),), limit=1, fields=("code",))
        page = await self._kernel.service("records").list(actor, "customer", query, typed=True)
        return page.items[0].id if page.items else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
