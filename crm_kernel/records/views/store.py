"""Statements over saved views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, update

from crm_kernel.actor import Actor
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import Scoped, Statement, trusted
from crm_kernel.dal.types import Id
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.views.models import SavedView


class Kept(NamedTuple):
    """A saved view as it lies in its table."""

    id: UUID
    owner_id: UUID
    entity: str
    name: str
    params: str
    shared: bool
    standard: bool
    position: int


def _visible(actor: Actor) -> Statement:
    return select(SavedView).where(
        SavedView.dealership_id == actor.place.dealership_id,
        or_(SavedView.owner_id == actor.id, SavedView.shared.is_(True)),
    )


async def of_entity(db: Database, actor: Actor, entity: str) -> Sequence[Kept]:
    """One's own and shared views of an entity, in their order."""
    asked = {"dealership": actor.place.dealership_id, "owner": actor.id, "entity": entity}
    rows = await db.fetch(db.prepared("views of an entity", _of_entity), asked, typed=True)
    return [Kept(*row) for row in rows]


def _of_entity() -> Scoped:
    statement = select(*(getattr(SavedView, name) for name in Kept._fields)).where(
        SavedView.dealership_id == bindparam("dealership", type_=Id),
        SavedView.entity == bindparam("entity"),
        or_(SavedView.owner_id == bindparam("owner", type_=Id), SavedView.shared.is_(True)),
    )
    return trusted(statement.order_by(SavedView.position, SavedView.name, SavedView.id))


async def one(db: Database, actor: Actor, view_id: UUID) -> SavedView | None:
    """A view one may use."""
    found: SavedView | None = await db.first(trusted(_visible(actor).where(SavedView.id == view_id)))
    return found


async def for_change(work: UnitOfWork, actor: Actor, view_id: UUID) -> SavedView | None:
    """The same inside a transaction."""
    found: SavedView | None = await work.first(trusted(_visible(actor).where(SavedView.id == view_id)))
    return found


async def count(work: UnitOfWork, actor: Actor, entity: str) -> int:
    """How many views of an entity a person has."""
    statement = select(func.count()).where(
        SavedView.dealership_id == actor.place.dealership_id,
        SavedView.owner_id == actor.id,
        SavedView.entity == entity,
    )
    return int(await work.first(trusted(statement)) or 0)


async def no_other_standard(work: UnitOfWork, view: SavedView) -> None:
    """Let the view be the only one of its kind that opens with the list."""
    rivals = [
        SavedView.dealership_id == view.dealership_id,
        SavedView.entity == view.entity,
        SavedView.shared.is_(view.shared),
        SavedView.id != view.id,
    ]
    if not view.shared:
        rivals.append(SavedView.owner_id == view.owner_id)
    await work.execute(update(SavedView).where(*rivals).values(standard=False))
