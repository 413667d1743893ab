"""Repair orders and policies around a customer or a car."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from crm_customer.models import Policy, RepairOrder
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted


class AffairRepository:
    """What services ask about visits and insurance."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def latest_end(self, vehicle_id: UUID, kind: str) -> Any:
        """The last day any living policy of the kind covers the car; asked after its record was reached."""
        return await self._db.first(
            trusted(
                select(func.max(Policy.ends_on)).where(
                    Policy.vehicle_id == vehicle_id, Policy.kind == kind, Policy.deleted_at.is_(None)
                )
            )
        )

    async def open_visits(self, customer_id: UUID) -> int:
        """Visits of a customer that are not settled."""
        return await self._count(RepairOrder.customer_id == customer_id)

    async def open_visits_of_vehicle(self, vehicle_id: UUID) -> int:
        """Visits of a car that are not settled."""
        return await self._count(RepairOrder.vehicle_id == vehicle_id)

    async def _count(self, whose: ColumnElement[bool]) -> int:
        statement = select(func.count()).where(
            whose, RepairOrder.settled_on.is_(None), RepairOrder.deleted_at.is_(None)
        )
        return int(await self._db.first(trusted(statement)) or 0)
