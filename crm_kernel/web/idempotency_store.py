"""Statements over the table of repeated requests."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.web.models import IdempotentAnswer


class KeyTaken(Exception):
    """Another request with this key committed between our look and our claim."""


async def answered(work: UnitOfWork, staff_id: UUID, key: str, route: str) -> IdempotentAnswer | None:
    """The answer given to this key on this route, if any."""
    found: IdempotentAnswer | None = await work.first(
        trusted(
            select(IdempotentAnswer).where(
                IdempotentAnswer.staff_id == staff_id,
                IdempotentAnswer.key == key,
                IdempotentAnswer.route == route,
            )
        )
    )
    return found


async def claim(work: UnitOfWork, row: IdempotentAnswer) -> None:
    """Take the key before anything else is written. Raises KeyTaken; the transaction is over then."""
    work.session.add(row)
    try:
        await work.session.flush()
    except IntegrityError as fault:
        raise KeyTaken from fault


async def forget_before(work: UnitOfWork, moment: datetime) -> None:
    """Delete answers given before a moment."""
    await work.execute(delete(IdempotentAnswer).where(IdempotentAnswer.created_at < moment))
