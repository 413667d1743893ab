"""Tables of the notifications: each person's inbox, what goes out by mail and SMS, and what people want."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Encrypted, Id, UtcTime


class Notification(Row, Base):
    """Something one person is told. `text` is a message as JSON and lies encrypted: it may name customers.

    `shown` is off when the person wants this type by other channels only.
    """

    __tablename__ = "crm_notification"
    __table_args__ = (
        Index(None, "staff_id", "id"),
        Index(None, "staff_id", "read_at"),
        Index(None, "created_at"),
    )
    staff_id: Mapped[UUID] = mapped_column(Id)
    dealership_id: Mapped[UUID | None] = mapped_column(Id)
    type: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Encrypted("crm_notification.text"))
    path: Mapped[str] = mapped_column(String(400))
    shown: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcTime)


class NotificationDelivery(Row, Base):
    """A notification on its way by mail or SMS.

    `state`: `waiting`; `sending`; `sent`; `failed` (refused for good); `skipped` (unwanted meanwhile, or no
    address); `uncertain` (the process died or the answer was lost while sending: never sent again by itself).
    """

    __tablename__ = "crm_notification_delivery"
    __table_args__ = (UniqueConstraint("notification_id", "channel"), Index(None, "state"))
    notification_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_notification.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class NotificationPreference(Base):
    """A person's own choice for one type and channel; without one the type's default holds."""

    __tablename__ = "crm_notification_preference"
    staff_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    type: Mapped[str] = mapped_column(String(80), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    wanted: Mapped[bool] = mapped_column(Boolean)
