"""Statements over progress."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.jobs.models import JobProgress


class ProgressStore:
    """Everything is found by its owner: whose it is not, for him it is not there."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def write(self, work: UnitOfWork, progress_id: UUID, values: dict[str, Any]) -> None:
        """Change a progress that has not ended by its owner's wish."""
        await work.execute(update(JobProgress).where(JobProgress.id == progress_id).values(**values))

    async def cancel_wanted(self, progress_id: UUID) -> bool:
        """Whether the owner wants it to stop."""
        wish = select(JobProgress.cancel).where(JobProgress.id == progress_id)
        return bool(await self._db.first(trusted(wish)))

    async def want_cancel(self, work: UnitOfWork, owner: UUID, progress_id: UUID) -> bool:
        """Note the owner's wish; False if he has no such progress."""
        done = await work.execute(
            update(JobProgress)
            .where(JobProgress.id == progress_id, JobProgress.actor_id == owner)
            .values(cancel=True)
        )
        return bool(done.rowcount)

    async def one(self, owner: UUID, progress_id: UUID) -> JobProgress | None:
        """One of the owner's."""
        statement = select(JobProgress).where(JobProgress.id == progress_id, JobProgress.actor_id == owner)
        found: JobProgress | None = await self._db.first(trusted(statement))
        return found

    async def latest(self, owner: UUID, kind: str | None, limit: int) -> Sequence[JobProgress]:
        """The owner's, newest first."""
        statement = select(JobProgress).where(JobProgress.actor_id == owner)
        if kind is not None:
            statement = statement.where(JobProgress.kind == kind)
        return await self._db.rows(trusted(statement.order_by(JobProgress.id.desc()).limit(limit)))

    async def remove_old(self, work: UnitOfWork, before: datetime) -> int:
        """Forget what has not moved since."""
        done = await work.execute(delete(JobProgress).where(JobProgress.updated_at < before))
        return int(done.rowcount)
