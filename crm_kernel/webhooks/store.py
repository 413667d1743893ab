"""Statements of webhooks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, delete, exists, func, literal_column, or_, select, update
from sqlalchemy.orm import aliased

from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import Scoped, scope_condition, scope_values, trusted
from crm_kernel.dal.types import UtcTime
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.webhooks.models import WebhookDelivery, WebhookEndpoint

WAITING, SENDING, DELIVERED, DEAD = "waiting", "sending", "delivered", "dead"
OPEN = (WAITING, SENDING)
AWAY = (429, 502, 503, 504)
"""Answers of a machine in front, or of one that has no time: the message itself was not looked at."""


async def endpoints(db: Database, access: Access) -> Sequence[WebhookEndpoint]:
    """The endpoints of the actor's reach."""
    statement = (
        select(WebhookEndpoint)
        .where(scope_condition(access.scope, access.actor.place, WebhookEndpoint))
        .order_by(WebhookEndpoint.id)
    )
    return await db.rows(trusted(statement, **scope_values(access)))


async def endpoint(db: Database, access: Access, id: UUID, *, lock: bool = False) -> WebhookEndpoint | None:
    """An endpoint of the actor's reach."""
    statement = select(WebhookEndpoint).where(
        WebhookEndpoint.id == id, scope_condition(access.scope, access.actor.place, WebhookEndpoint)
    )
    if lock:
        statement = statement.with_for_update()
    found: WebhookEndpoint | None = await db.first(trusted(statement, **scope_values(access)))
    return found


async def behind(db: Database, position: int) -> Sequence[UUID]:
    """Active endpoints for which events beyond theirs are to be looked at."""
    rows = await db.fetch(db.prepared("webhooks behind", _behind), {"position": position}, typed=True)
    return [row[0] for row in rows]


def _behind() -> Scoped:
    before = WebhookEndpoint.position < bindparam("position", type_=BigInteger())
    return trusted(select(WebhookEndpoint.id).where(WebhookEndpoint.active.is_(True), before))


async def any_due(db: Database, now: datetime) -> bool:
    """Whether a delivery's time has come: asked all the time, and most often it has not."""
    return bool(await db.fetch(db.prepared("deliveries due", _any_due), {"now": now}))


def _any_due() -> Scoped:
    one: Any = literal_column("1")
    still = or_(*(WebhookDelivery.state == state for state in OPEN))
    in_time = WebhookDelivery.due_at <= bindparam("now", type_=UtcTime)
    return trusted(select(WebhookDelivery.id).where(still, in_time).limit(one))


async def taken(work: UnitOfWork, id: UUID) -> WebhookEndpoint | None:
    """An endpoint for change; None while another process has it."""
    statement = select(WebhookEndpoint).where(WebhookEndpoint.id == id).with_for_update(skip_locked=True)
    found: WebhookEndpoint | None = await work.first(trusted(statement))
    return found


async def by_id(db: Database, ids: Collection[UUID]) -> dict[UUID, WebhookEndpoint]:
    """These endpoints."""
    rows = await db.rows(trusted(select(WebhookEndpoint).where(WebhookEndpoint.id.in_(list(ids)))))
    return {row.id: row for row in rows}


async def due(db: Database, now: datetime, limit: int) -> Sequence[WebhookDelivery]:
    """What may be sent now, in the order of the log: never one before an earlier one of the same record.

    An event about many records of a type keeps its place among all that are about that type.
    """
    earlier = aliased(WebhookDelivery)
    first = exists().where(
        earlier.endpoint_id == WebhookDelivery.endpoint_id,
        earlier.entity == WebhookDelivery.entity,
        earlier.position < WebhookDelivery.position,
        earlier.state.in_(OPEN),
        or_(
            earlier.record_id == WebhookDelivery.record_id,
            earlier.record_id.is_(None),
            WebhookDelivery.record_id.is_(None),
        ),
    )
    statement = (
        select(WebhookDelivery)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(
            WebhookDelivery.state.in_(OPEN),
            WebhookDelivery.due_at <= now,
            WebhookEndpoint.active.is_(True),
            or_(WebhookDelivery.entity == "", ~first),
        )
        .order_by(WebhookDelivery.position)
        .limit(limit)
    )
    return await db.rows(trusted(statement))


async def claim(work: UnitOfWork, delivery: WebhookDelivery, until: datetime) -> bool:
    """Take a due delivery for sending; False when another process was quicker."""
    done = await work.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.id == delivery.id,
            WebhookDelivery.state == delivery.state,
            WebhookDelivery.due_at == delivery.due_at,
        )
        .values(state=SENDING, due_at=until, attempts=WebhookDelivery.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


async def wake(work: UnitOfWork, endpoint_id: UUID, now: datetime, *, refused: bool = False) -> None:
    """Let what waits for an endpoint be sent now: it answers again.

    What it did answer, with a refusal, keeps its pause, unless `refused`: others being taken says nothing
    about that, and it would be sent again at each of them.
    """
    waiting = [WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == WAITING]
    if not refused:
        waiting.append(or_(WebhookDelivery.status.is_(None), WebhookDelivery.status.in_(AWAY)))
    await work.execute(
        update(WebhookDelivery)
        .where(*waiting)
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


async def revive(work: UnitOfWork, endpoint_id: UUID, now: datetime, id: UUID | None) -> int:
    """Put one delivery, or all dead ones, back among those that wait."""
    statement = update(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    if id is None:
        statement = statement.where(WebhookDelivery.state == DEAD)
    else:
        statement = statement.where(WebhookDelivery.id == id, WebhookDelivery.state.in_([DEAD, DELIVERED]))
    done = await work.execute(
        statement.values(state=WAITING, due_at=now, attempts=0, done_at=None, fault="").execution_options(
            synchronize_session=False
        )
    )
    return int(done.rowcount)


async def deliveries(
    db: Database, endpoint_id: UUID, state: str | None, before: int | None, limit: int
) -> Sequence[WebhookDelivery]:
    """Deliveries of an endpoint, latest event first."""
    statement = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    if state == WAITING:
        statement = statement.where(WebhookDelivery.state.in_(OPEN))
    elif state:
        statement = statement.where(WebhookDelivery.state == state)
    if before is not None:
        statement = statement.where(WebhookDelivery.position < before)
    return await db.rows(trusted(statement.order_by(WebhookDelivery.position.desc()).limit(limit)))


async def counts(db: Database, ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """How many deliveries of each endpoint are in which state."""
    statement = (
        select(WebhookDelivery.endpoint_id, WebhookDelivery.state, func.count())
        .where(WebhookDelivery.endpoint_id.in_(list(ids)))
        .group_by(WebhookDelivery.endpoint_id, WebhookDelivery.state)
    )
    found: dict[UUID, dict[str, int]] = {}
    for endpoint_id, state, count in await db.rows(trusted(statement)):
        found.setdefault(endpoint_id, {})[state] = int(count)
    return found


async def dead(db: Database, access: Access) -> int:
    """How many dead letters lie within the actor's reach."""
    statement = (
        select(func.count())
        .select_from(WebhookDelivery)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(
            WebhookDelivery.state == DEAD,
            scope_condition(access.scope, access.actor.place, WebhookEndpoint),
        )
    )
    return int(await db.first(trusted(statement, **scope_values(access))) or 0)


async def forget(work: UnitOfWork, endpoint_id: UUID) -> None:
    """Drop the deliveries of an endpoint."""
    await work.execute(delete(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id))


async def forget_before(work: UnitOfWork, moment: datetime) -> None:
    """Drop what was delivered long ago; dead letters stay."""
    await work.execute(
        delete(WebhookDelivery).where(WebhookDelivery.state == DELIVERED, WebhookDelivery.done_at < moment)
    )
