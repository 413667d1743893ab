"""Whose a record is that hangs on a customer: whoever looks after the customer looks after it too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update

from crm_customer.models import (
    Consent,
    Contact,
    Customer,
    Policy,
    Purchase,
    Relation,
    RepairOrder,
    Vehicle,
)
from crm_kernel.dal.base import metadata
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork

HANGING = (Vehicle, RepairOrder, Purchase, Contact, Relation, Consent)


async def owners(
    database: Database, dealership: UUID, model: type[Any], ids: Iterable[UUID]
) -> dict[UUID, UUID | None]:
    """The owner of each of these records of the dealership."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    statement = select(model.id, model.owner_id).where(
        model.dealership_id == dealership, model.id.in_(wanted)
    )
    return {row[0]: row[1] for row in await database.rows(trusted(statement))}


async def hand_over(work: UnitOfWork, dealership: UUID, customer_id: UUID) -> None:
    """Give everything that hangs on a customer to the customer's owner."""
    mine = Customer.id == customer_id, Customer.dealership_id == dealership
    found = await work.rows(trusted(select(Customer.owner_id).where(*mine)))
    if not found:
        return
    owner = found[0]
    connection = await work.session.connection()
    cars = select(Vehicle.id).where(Vehicle.customer_id == customer_id)
    theirs = [(model, model.customer_id == customer_id) for model in HANGING]
    for model, hangs in ((Policy, Policy.vehicle_id.in_(cars)), *theirs):
        table = metadata.tables[model.__tablename__]
        column = table.c.owner_id
        another = or_(column != owner, column.is_(None)) if owner else column.is_not(None)
        await connection.execute(
            update(table)
            .where(table.c.dealership_id == dealership, hangs, another)
            .values(owner_id=owner, version=table.c.version + 1, updated_at=work.now)
        )
