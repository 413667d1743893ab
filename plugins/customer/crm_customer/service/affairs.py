"""Purchases and insurance policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crm_customer import errors
from crm_customer.entities import POLICY, PURCHASE
from crm_customer.models import Customer, Policy, Purchase, Vehicle
from crm_customer.repository.affairs import AffairRepository
from crm_customer.service.hanging import HangingService
from crm_kernel.actor import Access
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.entity_service import Columns

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


class PurchaseService(HangingService[Purchase]):
    """Offered as `customer.purchases`. Whoever bought is a customer, not a prospect."""

    entity = PURCHASE
    hangs_on = "customer_id", Customer

    async def _before(self, work: UnitOfWork, access: Access, sent: Columns, row: Purchase | None) -> Columns:
        return {"currency": await self._currency(access)} if row is None else {}

    async def _after(
        self, work: UnitOfWork, access: Access, row: Purchase, former: Mapping[str, Any] | None
    ) -> None:
        buyer = await work.get(access.actor.access("customer.view"), Customer, row.customer_id)
        if buyer.status == "prospect":
            buyer.status = "customer"
        if row.vehicle_id is not None:
            car = await work.get(access.actor.access("vehicle.view"), Vehicle, row.vehicle_id)
            car.purchased_on = car.purchased_on or row.bought_on


UNTIL = {"compulsory": "compulsory_until", "commercial": "commercial_until"}
"""The column of a vehicle that repeats when its insurance of a kind ends."""


class PolicyService(HangingService[Policy]):
    """Offered as `customer.policies`. The car always knows when its latest policy of each kind ends."""

    entity = POLICY
    hangs_on = "vehicle_id", Vehicle

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._affairs = AffairRepository(kernel.db)

    async def _before(self, work: UnitOfWork, access: Access, sent: Columns, row: Policy | None) -> Columns:
        starts = sent.get("starts_on", row.starts_on if row else None)
        ends = sent.get("ends_on", row.ends_on if row else None)
        if starts and ends and ends < starts:
            raise errors.date_order("ends_on")
        return {"currency": await self._currency(access)} if row is None else {}

    async def _after(
        self, work: UnitOfWork, access: Access, row: Policy, former: Mapping[str, Any] | None
    ) -> None:
        await self._tell_car(work, access, row)

    async def _after_removal(self, work: UnitOfWork, access: Access, row: Policy) -> None:
        await self._tell_car(work, access, row)

    async def _tell_car(self, work: UnitOfWork, access: Access, row: Policy) -> None:
        column = UNTIL.get(row.kind)
        if column is None:
            return
        await work.flush()
        car = await work.get(access.actor.access("vehicle.view"), Vehicle, row.vehicle_id)
        setattr(car, column, await self._affairs.latest_end(car.id, row.kind))
