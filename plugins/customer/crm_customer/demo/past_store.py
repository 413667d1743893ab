"""Lets a dealership that was filled a minute ago look as if people had entered it over the years."""

from __future__ import annotations

from datetime import UTC, datetime, time
from uuid import UUID

from sqlalchemy import bindparam, select, update

from crm_customer.models import Customer, Policy, Purchase, RepairOrder, Vehicle
from crm_kernel.dal.base import metadata
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork

MORNING = time(2, tzinfo=UTC)
BEGAN = (
    (Customer, Customer.registered_on),
    (Vehicle, Vehicle.purchased_on),
    (RepairOrder, RepairOrder.arrived_on),
    (Purchase, Purchase.bought_on),
    (Policy, Policy.starts_on),
)


async def backdate(work: UnitOfWork, dealership: UUID) -> None:
    """Let each record have been entered on the day it speaks of."""
    connection = await work.session.connection()
    for model, day in BEGAN:
        known = select(model.id, day).where(model.dealership_id == dealership, day.is_not(None))
        rows = await work.rows(trusted(known))
        table = metadata.tables[model.__tablename__]
        if rows:
            await connection.execute(
                update(table)
                .where(table.c.id == bindparam("record", type_=table.c.id.type))
                .values(created_at=bindparam("at", type_=table.c.created_at.type)),
                [{"record": row[0], "at": min(datetime.combine(row[1], MORNING), work.now)} for row in rows],
            )
