"""Statements over what mirrors the host's records."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from crm_embedded.models import Mirrored
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted


class MirrorStore:
    """Finds our records by the host's ids, and the other way round."""

    def __init__(self, database: Database, entity: str) -> None:
        self._db = database
        self._entity = entity

    async def known(self, dealership_id: UUID, host_ids: Collection[str]) -> dict[str, Mirrored]:
        """What mirrors these ids; inside a unit of work it may be changed."""
        rows = await self._db.rows(
            trusted(
                select(Mirrored).where(
                    Mirrored.dealership_id == dealership_id,
                    Mirrored.entity == self._entity,
                    Mirrored.host_id.in_(list(host_ids)),
                )
            )
        )
        return {row.host_id: row for row in rows}

    async def host_id(self, record_id: UUID) -> str | None:
        """What the host calls a record of ours."""
        found: str | None = await self._db.first(
            trusted(
                select(Mirrored.host_id).where(
                    Mirrored.record_id == record_id, Mirrored.entity == self._entity
                )
            )
        )
        return found
