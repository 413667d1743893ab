"""Complaints of a recurring problem, and those that look like it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func

from crm_complaint.models import Complaint
from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scoped


class ProblemRepository:
    """What the problem's page asks."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def linked(self, access: Access, problem_id: UUID, limit: int) -> Sequence[Complaint]:
        """A problem's complaints, newest first."""
        statement = scoped(access, Complaint).where(Complaint.problem_id == problem_id)
        found: Sequence[Complaint] = await self._db.rows(
            statement.order_by(Complaint.received_at.desc()).limit(limit)
        )
        return found

    async def count(self, access: Access, problem_id: UUID) -> int:
        """How many there are."""
        statement = scoped(access, Complaint, func.count()).where(Complaint.problem_id == problem_id)
        return int(await self._db.first(statement) or 0)

    async def fitting(
        self, access: Access, problem_type: str | None, model: str | None, limit: int
    ) -> Sequence[Complaint]:
        """Complaints of that kind and model that belong to no problem, newest first."""
        statement = scoped(access, Complaint).where(Complaint.problem_id.is_(None))
        if problem_type:
            statement = statement.where(Complaint.problem_type == problem_type)
        if model:
            statement = statement.where(Complaint.model == model)
        found: Sequence[Complaint] = await self._db.rows(
            statement.order_by(Complaint.received_at.desc()).limit(limit)
        )
        return found
