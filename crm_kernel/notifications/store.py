"""Statements over notifications. Everything is found by the person it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, update

from crm_kernel.access.organisation import Dealership, Staff
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import Scoped, trusted
from crm_kernel.dal.types import Id
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.notifications.models import Notification, NotificationDelivery, NotificationPreference


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a person can be reached, and in which language."""

    id: UUID
    email: str
    mobile: str
    locale: str
    dealership_id: UUID | None


class NotificationStore:
    """Inboxes, deliveries and preferences."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # Telling

    async def recipients(self, ids: Collection[UUID]) -> list[Recipient]:
        """Active members of staff among these."""
        statement = (
            select(Staff.id, Staff.email, Staff.mobile, Staff.locale, Dealership.locale, Staff.dealership_id)
            .outerjoin(Dealership, Dealership.id == Staff.dealership_id)
            .where(Staff.id.in_(list(ids)), Staff.active.is_(True))
        )
        rows = await self._db.rows(trusted(statement))
        return [
            Recipient(person, email, mobile, own or shop or "", dealership)
            for person, email, mobile, own, shop, dealership in rows
        ]

    async def wishes(
        self, staff: Collection[UUID], type: str | None = None
    ) -> dict[tuple[UUID, str, str], bool]:
        """Choices by person, type and channel."""
        preference = NotificationPreference
        statement = select(preference).where(preference.staff_id.in_(list(staff)))
        if type is not None:
            statement = statement.where(preference.type == type)
        rows = await self._db.rows(trusted(statement))
        return {(row.staff_id, row.type, row.channel): row.wanted for row in rows}

    async def add(
        self, work: UnitOfWork, rows: list[dict[str, Any]], deliveries: list[dict[str, Any]]
    ) -> None:
        """Put notifications into inboxes, and their deliveries beside."""
        await work.execute(insert(Notification), rows)
        if deliveries:
            await work.execute(insert(NotificationDelivery), deliveries)

    # Reading one's own

    async def inbox(
        self, staff_id: UUID, unread: bool, before: UUID | None, limit: int
    ) -> Sequence[Notification]:
        """A person's notifications, newest first."""
        statement = select(Notification).where(
            Notification.staff_id == staff_id, Notification.shown.is_(True)
        )
        if unread:
            statement = statement.where(Notification.read_at.is_(None))
        if before is not None:
            statement = statement.where(Notification.id < before)
        return await self._db.rows(trusted(statement.order_by(Notification.id.desc()).limit(limit)))

    async def unread(self, staff_id: UUID, most: int) -> int:
        """How many a person has not read, counted up to `most`."""
        prepared = self._db.prepared(("unread notifications", most), lambda: _unread(most))
        rows = await self._db.fetch(prepared, {"staff": staff_id})
        return int(rows[0][0])

    async def path(self, staff_id: UUID, id: UUID) -> str | None:
        """Where one of a person's notifications leads; None if it is not his."""
        found: str | None = await self._db.first(
            trusted(select(Notification.path).where(Notification.staff_id == staff_id, Notification.id == id))
        )
        return found

    async def mark_read(
        self, work: UnitOfWork, staff_id: UUID, ids: Collection[UUID] | None, at: datetime
    ) -> int:
        """Mark some of a person's notifications (None: all) as read; returns how many were unread."""
        statement = update(Notification).where(
            Notification.staff_id == staff_id, Notification.read_at.is_(None)
        )
        if ids is not None:
            statement = statement.where(Notification.id.in_(list(ids)))
        return int((await work.execute(statement.values(read_at=at))).rowcount)

    async def prefer(self, work: UnitOfWork, staff_id: UUID, type: str, channel: str, wanted: bool) -> None:
        """Keep a choice."""
        row = await work.session.get(NotificationPreference, (staff_id, type, channel))
        if row is None:
            row = NotificationPreference(staff_id=staff_id, type=type, channel=channel)
            work.session.add(row)
        row.wanted = wanted

    # Delivering

    async def delivery(
        self, work: UnitOfWork, delivery_id: UUID
    ) -> tuple[NotificationDelivery, Notification] | None:
        """A delivery with its notification, locked."""
        statement = (
            select(NotificationDelivery, Notification)
            .join(Notification, Notification.id == NotificationDelivery.notification_id)
            .where(NotificationDelivery.id == delivery_id)
            .with_for_update()
        )
        found = await work.first(trusted(statement))
        return (found[0], found[1]) if found is not None else None

    async def set_state(
        self, work: UnitOfWork, delivery_id: UUID, old: Iterable[str], new: str, at: datetime
    ) -> bool:
        """Move a delivery on; False if it was in none of the old states."""
        delivery = NotificationDelivery
        done = await work.execute(
            update(delivery)
            .where(delivery.id == delivery_id, delivery.state.in_(list(old)))
            .values(state=new, changed_at=at)
        )
        return bool(done.rowcount)

    async def states(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        statement = select(NotificationDelivery.state, func.count()).group_by(NotificationDelivery.state)
        return {state: int(count) for state, count in await self._db.rows(trusted(statement))}

    async def remove_old(self, work: UnitOfWork, before: datetime) -> int:
        """Forget what was told before a moment."""
        old = select(Notification.id).where(Notification.created_at < before)
        gone = NotificationDelivery.notification_id.in_(old)
        await work.execute(
            delete(NotificationDelivery).where(gone).execution_options(synchronize_session=False)
        )
        done = await work.execute(delete(Notification).where(Notification.created_at < before))
        return int(done.rowcount)


def _unread(most: int) -> Scoped:
    some = (
        select(Notification.id)
        .where(
            Notification.staff_id == bindparam("staff", type_=Id),
            Notification.shown.is_(True),
            Notification.read_at.is_(None),
        )
        .limit(most)
        .subquery()
    )
    return trusted(select(func.count()).select_from(some))
