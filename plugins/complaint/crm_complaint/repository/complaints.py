"""Complaints around a customer, a vehicle or a caller."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, case, func

from crm_complaint.models import Complaint
from crm_complaint.process import CLOSED
from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scoped


class ComplaintRepository:
    """What panels, blockers and the intake ask."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def of_customer(self, access: Access, customer_id: UUID, limit: int) -> Sequence[Complaint]:
        """A customer's complaints, open ones first, then the latest."""
        return await self._around(access, Complaint.customer_id == customer_id, limit)

    async def of_vehicle(self, access: Access, vehicle_id: UUID, limit: int) -> Sequence[Complaint]:
        """A vehicle's complaints, open ones first, then the latest."""
        return await self._around(access, Complaint.vehicle_id == vehicle_id, limit)

    async def of_caller(self, access: Access, mobile_print: str, limit: int) -> Sequence[Complaint]:
        """Complaints entered with a number, open ones first, then the latest."""
        return await self._around(access, Complaint.mobile_print == mobile_print, limit)

    async def _around(self, access: Access, whose: ColumnElement[bool], limit: int) -> Sequence[Complaint]:
        closed_last = case((Complaint.status == CLOSED, 1), else_=0)
        statement = scoped(access, Complaint).where(whose)
        found: Sequence[Complaint] = await self._db.rows(
            statement.order_by(closed_last, Complaint.received_at.desc()).limit(limit)
        )
        return found

    async def by_number(self, access: Access, numbers: Sequence[str]) -> UUID | None:
        """The complaint with one of these numbers, in the actor's own dealership."""
        statement = scoped(access, Complaint, Complaint.id).where(
            Complaint.dealership_id == access.actor.dealership_id, Complaint.number.in_(list(numbers))
        )
        found: UUID | None = await self._db.first(statement.limit(1))
        return found

    async def one(self, access: Access, complaint_id: UUID) -> Complaint | None:
        """A complaint within reach."""
        found: Complaint | None = await self._db.first(
            scoped(access, Complaint).where(Complaint.id == complaint_id)
        )
        return found

    async def open_of_customer(self, access: Access, customer_id: UUID) -> int:
        """How many of a customer's complaints are open."""
        return await self._count(access, Complaint.customer_id == customer_id, Complaint.status != CLOSED)

    async def open_of_vehicle(self, access: Access, vehicle_id: UUID) -> int:
        """How many complaints about a vehicle are open."""
        return await self._count(access, Complaint.vehicle_id == vehicle_id, Complaint.status != CLOSED)

    async def mine(self, access: Access) -> int:
        """How many open ones the actor has to handle."""
        return await self._count(access, Complaint.handler_id == access.actor.id, Complaint.status != CLOSED)

    async def _count(self, access: Access, *conditions: ColumnElement[bool]) -> int:
        statement = scoped(access, Complaint, func.count()).where(*conditions)
        return int(await self._db.first(statement) or 0)
