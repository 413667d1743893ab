"""Statements over approvals and their limits; what waits is paged and counted by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal import cursor as cursors
from crm_kernel.dal.database import Database
from crm_kernel.dal.keyset import Key, after
from crm_kernel.dal.scoped import Scoped, scoped, trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.flow.models import Approval, ApprovalLimit

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

PAGE = 50
KEYS = tuple(
    Key(column.key, column, column.type, descending=False, nullable=False)
    for column in (Approval.__table__.c.asked_at, Approval.__table__.c.id)
)
BOUND = ("after_asked_at", "after_id")


class Waiting:
    """What one person may decide: within his limits, asked by others, about records in his reach."""

    def __init__(self, kernel: Kernel, actor: Actor, limits: Mapping[str, Decimal]) -> None:
        self._db = kernel.db
        self._values: dict[str, Any] = {}
        self._conditions = (
            Approval.dealership_id == actor.dealership_id,
            Approval.state == "open",
            Approval.asked_by != actor.id,
            or_(*(and_(Approval.kind == kind, Approval.amount <= most) for kind, most in limits.items())),
            or_(*self._reached(kernel, actor)),
        )

    def _reached(self, kernel: Kernel, actor: Actor) -> list[ColumnElement[bool]]:
        """One condition per entity whose records the person may view."""
        found = []
        for plugin, entity in kernel.registry.owned(Entity):
            if plugin in actor.grants.modules_off or not actor.may(entity.permission("view")):
                continue
            model = entity.model
            records = scoped(actor.access(entity.permission("view")), model, model.id)
            self._values |= records.values
            there = records.statement.where(model.id == Approval.record_id).exists()
            found.append(and_(Approval.entity == entity.name, there))
        return found

    def _asked(self, *columns: Any) -> Scoped:
        return trusted(select(*columns).select_from(Approval).where(*self._conditions), **self._values)

    async def count(self) -> int:
        """How many."""
        return int(await self._db.first(self._asked(func.count())) or 0)

    async def page(self, cursor: str | None, limit: int) -> tuple[Sequence[Approval], str | None]:
        """Those after a cursor, oldest first, and the cursor of the following page. Raises Malformed."""
        asked = self._asked(Approval).order_by(*(key.ordering() for key in KEYS)).limit(limit + 1)
        if cursor is not None:
            values = cursors.decode(KEYS, cursor)
            behind = after(KEYS, (False, False), BOUND, self._db.dialect)
            asked = asked.where(behind).bind(**dict(zip(BOUND, values, strict=True)))
        rows = list(await self._db.rows(asked))
        if len(rows) <= limit:
            return rows, None
        last = rows[limit - 1]
        return rows[:limit], cursors.encode(KEYS, [last.asked_at, last.id])


async def limits(db: Database, dealership_id: UUID, kind: str) -> Mapping[str, Decimal]:
    """Up to which amount each role may decide."""
    rows = await db.rows(
        trusted(
            select(ApprovalLimit.role, ApprovalLimit.amount).where(
                ApprovalLimit.dealership_id == dealership_id, ApprovalLimit.kind == kind
            )
        )
    )
    return {row[0]: row[1] for row in rows}


async def replace_limits(
    work: UnitOfWork, dealership_id: UUID, kind: str, amounts: Mapping[str, Decimal]
) -> None:
    """Put these limits in place of those there were."""
    await work.execute(
        delete(ApprovalLimit).where(ApprovalLimit.dealership_id == dealership_id, ApprovalLimit.kind == kind)
    )
    for role, amount in amounts.items():
        work.add(ApprovalLimit(dealership_id=dealership_id, kind=kind, role=role, amount=amount))


async def approval(work: UnitOfWork, dealership_id: UUID, id: UUID) -> Approval | None:
    """One approval, for change."""
    found: Approval | None = await work.first(
        trusted(select(Approval).where(Approval.dealership_id == dealership_id, Approval.id == id))
    )
    return found


async def approvals(db: Database, dealership_id: UUID, record_id: UUID) -> Sequence[Approval]:
    """What was asked for about a record, oldest first."""
    found: Sequence[Approval] = await db.rows(
        trusted(
            select(Approval)
            .where(Approval.dealership_id == dealership_id, Approval.record_id == record_id)
            .order_by(Approval.asked_at, Approval.id)
        )
    )
    return found
