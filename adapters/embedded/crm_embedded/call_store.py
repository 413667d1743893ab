"""Statements over incoming calls."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from crm_embedded.models import Call
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted


class CallStore:
    """Reads calls."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def newest(self, staff_id: UUID, since: datetime) -> Call | None:
        """The latest call for somebody."""
        found: Call | None = await self._db.first(
            trusted(
                select(Call)
                .where(Call.staff_id == staff_id, Call.rang_at >= since)
                .order_by(Call.rang_at.desc(), Call.id.desc())
            )
        )
        return found
