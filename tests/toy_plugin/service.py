"""What can be done with loan cars beyond what every record can."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

import msgspec

from crm_kernel import Kernel, messages, permitted
from crm_kernel.actor import Access, Actor
from tests.toy_plugin.models import LoanCar

_ = messages("toy")


class Lent(msgspec.Struct):
    """A car went out."""

    car_id: UUID
    customer_id: UUID | None = None


class CustomerFinder(Protocol):
    """The part of the customer directory loan cars need."""

    async def card(self, actor: Actor, customer_id: UUID) -> Any: ...


class LoanDesk:
    """Lends cars and takes them back."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.heard: list[UUID] = []

    @permitted("toy.lend")
    async def lend(self, access: Access, car_id: UUID, customer_id: UUID | None = None) -> None:
        """Hand a car out; tells `toy.lent`."""
        async with self._kernel.db.work(access) as work:
            car = await work.get(access, LoanCar, car_id)
            car.state, car.customer_id = "out", customer_id
            self._kernel.events.emit(
                work, "toy.lent", Lent(car.id, customer_id), entity="loan_car", record_id=car.id
            )

    @permitted("toy.lend")
    async def out(self, access: Access) -> int:
        """How many cars are out."""
        from crm_kernel.dal.scoped import scoped

        cars = await self._kernel.db.rows(scoped(access, LoanCar).where(LoanCar.state == "out"))
        return len(cars)
