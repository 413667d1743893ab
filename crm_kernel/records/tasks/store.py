"""Statements over tasks and the people who may be given one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, delete, false, func, or_, select

from crm_kernel.access.organisation import Staff
from crm_kernel.actor import Access, Scope
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import Scoped, scope_condition, scope_values, trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.marks import Mark
from crm_kernel.records.reach import Place
from crm_kernel.records.tasks.models import Task

Found = Sequence[tuple[Task, str | None]]

OPEN = "open"


def visible(access: Access, *columns: Any) -> Scoped:
    """Tasks within the access's scope, and those its actor gave to others."""
    place = access.actor.place
    statement = select(*columns).select_from(Task).where(Task.deleted_at.is_(None))
    within = scope_condition(access.scope, place, Task)
    if within is not None:
        given = and_(Task.dealership_id == place.dealership_id, Task.created_by == access.actor.id)
        statement = statement.where(or_(within, given))
    return trusted(statement, **scope_values(access))


def _with_assignee(access: Access) -> Scoped:
    return visible(access, Task, Staff.name).join(Staff, Staff.id == Task.owner_id, outer=True)


def whose(statement: Scoped, access: Access, list_: str) -> Scoped:
    """Narrow to one of the lists: mine, team, given, all."""
    actor = access.actor
    here = Task.dealership_id == actor.place.dealership_id
    if list_ == "mine":
        return statement.where(here, Task.owner_id == actor.id)
    if list_ == "given":
        return statement.where(here, Task.created_by == actor.id, Task.owner_id != actor.id)
    if list_ == "team":
        if actor.place.team_id is None:
            return statement.where(false())
        people = select(Staff.id).where(Staff.team_id == actor.place.team_id)
        return statement.where(here, Task.owner_id.in_(people))
    return statement


async def page(
    db: Database,
    access: Access,
    *,
    list_: str,
    state: str,
    place: Place | None,
    assignee_id: UUID | None = None,
    due_before: datetime | None,
    mark: Mark | None,
    limit: int,
) -> Found:
    """Tasks of a list with their assignees' names."""
    statement = whose(_with_assignee(access), access, list_).where(Task.state == state)
    if place is not None:
        statement = statement.where(
            Task.dealership_id == place.dealership_id,
            Task.entity == place.entity.name,
            Task.record_id == place.id,
        )
    if assignee_id is not None:
        statement = statement.where(Task.owner_id == assignee_id)
    if due_before is not None:
        statement = statement.where(Task.sort_at < due_before)
    closed = state != OPEN
    if mark is not None:
        statement = statement.where(mark.beyond(Task.sort_at, Task.id, descending=closed))
    order = (Task.sort_at.desc(), Task.id.desc()) if closed else (Task.sort_at, Task.id)
    rows = await db.rows(statement.order_by(*order).limit(limit))
    return [(row[0], row[1]) for row in rows]


async def one(db: Database, access: Access, task_id: UUID) -> tuple[Task, str | None] | None:
    """A task with its assignee's name."""
    row = await db.first(_with_assignee(access).where(Task.id == task_id))
    return (row[0], row[1]) if row is not None else None


async def for_change(work: UnitOfWork, access: Access, task_id: UUID) -> Task | None:
    """A task, inside the transaction."""
    found: Task | None = await work.first(visible(access, Task).where(Task.id == task_id))
    return found


async def count_open(db: Database, access: Access, due_before: datetime | None) -> int:
    """How many open tasks the actor has himself, or how many of them were due before."""
    statement = whose(visible(access, func.count()), access, "mine").where(Task.state == OPEN)
    if due_before is not None:
        statement = statement.where(Task.sort_at < due_before)
    return int(await db.first(statement) or 0)


async def load(db: Database, access: Access, now: datetime, limit: int) -> Sequence[Any]:
    """(staff id, name, open, overdue) of those who have open tasks here, most overdue first."""
    late = func.sum(case((Task.sort_at < now, 1), else_=0))
    statement = (
        visible(access, Task.owner_id, Staff.name, func.count(), late)
        .join(Staff, Staff.id == Task.owner_id)
        .where(Task.dealership_id == access.actor.place.dealership_id, Task.state == OPEN)
        .group_by(Task.owner_id, Staff.name)
        .order_by(late.desc(), func.count().desc(), Staff.name)
        .limit(limit)
    )
    found: Sequence[Any] = await db.rows(statement)
    return found


async def person(db: Database, access: Access, dealership_id: UUID, staff_id: UUID) -> str | None:
    """The name of an active colleague whom the access may give work to; None otherwise."""
    place, scope = access.actor.place, access.scope
    if staff_id == access.actor.id:
        return access.actor.name
    statement = select(Staff.name).where(
        Staff.id == staff_id, Staff.active.is_(True), Staff.dealership_id == dealership_id
    )
    if scope == Scope.DEPARTMENT and place.department_id is not None:
        statement = statement.where(Staff.department_id == place.department_id)
    elif scope < Scope.DEALERSHIP:
        if scope == Scope.OWN or place.team_id is None:
            return None
        statement = statement.where(Staff.team_id == place.team_id)
    found: str | None = await db.first(trusted(statement))
    return found


async def to_remind(work: UnitOfWork, now: datetime, limit: int) -> Sequence[Task]:
    """Open tasks whose reminder is due and has not gone out."""
    return await work.rows(
        trusted(
            select(Task)
            .where(
                Task.remind_at <= now,
                Task.reminded_at.is_(None),
                Task.state == OPEN,
                Task.deleted_at.is_(None),
            )
            .order_by(Task.remind_at)
            .limit(limit)
        )
    )


async def forget_record(work: UnitOfWork, dealership_id: UUID, entity: str, record_id: UUID) -> None:
    """Remove a purged record's tasks."""
    await work.execute(
        delete(Task).where(
            Task.dealership_id == dealership_id, Task.entity == entity, Task.record_id == record_id
        )
    )
