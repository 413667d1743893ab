"""How many complaints of each problem and model came lately and before; which rises were told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from crm_complaint.models import Complaint, Sign
from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scoped, trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.reports.store import Summed, grouped


async def counts(
    database: Database, access: Access, field: str, recent: datetime, past: datetime
) -> Mapping[str, tuple[int, int]]:
    """(since `recent`, from `past` until then) by the values of a field that is filled."""
    column: Any = getattr(Complaint, field)
    at: Any = Complaint.received_at
    wanted = [Summed([at >= recent]), Summed([at < recent])]
    rows = await grouped(database, access, Complaint, [column], wanted, [at >= past, column.is_not(None)])
    return {str(row[0]): (int(row[1]), int(row[2])) for row in rows if row[0]}


async def known_since(database: Database, access: Access) -> datetime | None:
    """When the first complaint was received."""
    statement = scoped(access, Complaint, Complaint.received_at)
    found: datetime | None = await database.first(statement.order_by(Complaint.received_at))
    return found


async def told(work: UnitOfWork, dealership_id: UUID, field: str, value: str) -> Sign | None:
    """When people were last told of it, for change."""
    statement = select(Sign).where(
        Sign.dealership_id == dealership_id, Sign.field == field, Sign.value == value
    )
    found: Sign | None = await work.first(trusted(statement.with_for_update()))
    return found
