"""Statements over sharing rules."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from crm_kernel.access.models import SharingRule
from crm_kernel.access.organisation import Group
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.errors import NotFound


class SharingStore:
    """Reads sharing rules; inside a unit of work they may be changed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def rules(self) -> Sequence[SharingRule]:
        """Every rule."""
        found: Sequence[SharingRule] = await self._db.rows(
            trusted(select(SharingRule).order_by(SharingRule.id))
        )
        return found

    async def rule(self, id: UUID) -> SharingRule:
        """One rule. Raises NotFound."""
        found: SharingRule | None = await self._db.first(
            trusted(select(SharingRule).where(SharingRule.id == id))
        )
        if found is None:
            raise NotFound()
        return found

    async def groups(self) -> Sequence[Group]:
        """Every group."""
        found: Sequence[Group] = await self._db.rows(trusted(select(Group).order_by(Group.code)))
        return found

    async def group_exists(self, id: UUID) -> bool:
        """Whether there is such a group."""
        return await self._db.first(trusted(select(Group.id).where(Group.id == id))) is not None
