"""The people of a dealership, as foreign files name them."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from sqlalchemy import select

from crm_kernel.access.organisation import Staff
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted


async def staff_by_name(database: Database, dealership: UUID) -> dict[str, UUID]:
    """Active people by name; a name that two share is nobody's."""
    rows = await database.rows(
        trusted(select(Staff.name, Staff.id).where(Staff.dealership_id == dealership, Staff.active.is_(True)))
    )
    shared = Counter(row[0] for row in rows)
    return {name: staff_id for name, staff_id in rows if shared[name] == 1}


async def names_at(database: Database, dealership: UUID, position: str) -> list[str]:
    """The names of active people in a position."""
    statement = select(Staff.name).where(
        Staff.dealership_id == dealership, Staff.position == position, Staff.active.is_(True)
    )
    return sorted(await database.rows(trusted(statement)))
