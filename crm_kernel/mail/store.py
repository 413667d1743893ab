"""Statements of the mail room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select, update

from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scope_condition, scope_values, trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.mail.models import Mailbox, MailReceipt

NOT_TAKEN = ("refused", "failed")


async def mailboxes(db: Database, access: Access) -> Sequence[Mailbox]:
    """Those within reach."""
    reach = scope_condition(access.scope, access.actor.place, Mailbox)
    return await db.rows(trusted(select(Mailbox).where(reach).order_by(Mailbox.id), **scope_values(access)))


async def mailbox(db: Database, access: Access, id: UUID) -> Mailbox | None:
    """One within reach."""
    reach = scope_condition(access.scope, access.actor.place, Mailbox)
    statement = select(Mailbox).where(Mailbox.id == id, reach)
    found: Mailbox | None = await db.first(trusted(statement, **scope_values(access)))
    return found


async def due(db: Database, now: datetime) -> Sequence[Mailbox]:
    """Active mailboxes that are to be read now."""
    statement = select(Mailbox).where(Mailbox.active.is_(True), Mailbox.due_at <= now)
    return await db.rows(trusted(statement.order_by(Mailbox.due_at)))


async def lock(work: UnitOfWork, id: UUID) -> Mailbox | None:
    """A mailbox for moving on, waiting for another process to finish its message."""
    found: Mailbox | None = await work.first(
        trusted(select(Mailbox).where(Mailbox.id == id).with_for_update())
    )
    return found


async def by_digest(work: UnitOfWork, dealership_id: UUID, digests: Collection[str]) -> Sequence[MailReceipt]:
    """Receipts of these messages in a dealership."""
    statement = select(MailReceipt).where(
        MailReceipt.dealership_id == dealership_id, MailReceipt.digest.in_(list(digests))
    )
    return await work.rows(trusted(statement))


async def receipt_of(work: UnitOfWork, box: Mailbox, validity: int, uid: int) -> MailReceipt | None:
    """The receipt of one message of a mailbox."""
    found: MailReceipt | None = await work.first(
        trusted(
            select(MailReceipt).where(
                MailReceipt.mailbox_id == box.id, MailReceipt.validity == validity, MailReceipt.uid == uid
            )
        )
    )
    return found


async def receipt(db: Database, access: Access, id: UUID) -> MailReceipt | None:
    """One receipt within reach."""
    reach = scope_condition(access.scope, access.actor.place, MailReceipt)
    statement = select(MailReceipt).where(MailReceipt.id == id, reach)
    found: MailReceipt | None = await db.first(trusted(statement, **scope_values(access)))
    return found


async def receipts(
    db: Database, access: Access, states: Collection[str], before: UUID | None, limit: int
) -> Sequence[Any]:
    """(receipt, the mailbox's address), newest first."""
    reach = scope_condition(access.scope, access.actor.place, MailReceipt)
    statement = select(MailReceipt, Mailbox.address).join(Mailbox, Mailbox.id == MailReceipt.mailbox_id)
    statement = statement.where(reach)
    if states:
        statement = statement.where(MailReceipt.state.in_(list(states)))
    if before is not None:
        statement = statement.where(MailReceipt.id < before)
    statement = statement.order_by(MailReceipt.id.desc()).limit(limit)
    return await db.rows(trusted(statement, **scope_values(access)))


async def not_taken(db: Database, access: Access) -> dict[UUID, int]:
    """How many messages of each mailbox were not taken."""
    reach = scope_condition(access.scope, access.actor.place, MailReceipt)
    wrong = func.sum(case((MailReceipt.state.in_(NOT_TAKEN), 1), else_=0))
    statement = select(MailReceipt.mailbox_id, wrong).where(reach).group_by(MailReceipt.mailbox_id)
    rows = await db.rows(trusted(statement, **scope_values(access)))
    return {mailbox_id: int(count or 0) for mailbox_id, count in rows}


async def forget_words(work: UnitOfWork, before: datetime) -> int:
    """Drop senders and subjects of old receipts."""
    done = await work.execute(
        update(MailReceipt)
        .where(
            MailReceipt.at < before, or_(MailReceipt.sender.is_not(None), MailReceipt.subject.is_not(None))
        )
        .values(sender=None, subject=None)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)
