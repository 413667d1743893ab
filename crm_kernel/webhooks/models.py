"""Tables of webhooks: who wants to hear what, and what was told to whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import EncryptedJson, Id, Json, UtcTime


class WebhookEndpoint(Row, Base):
    """An address that is told of events of its dealership.

    `events` are names or `<record>.*`. `secrets` are `{secret, until}`, the newest first: one whose time has
    not come signs too. `position` is how far the event log was turned into deliveries; `failing_since` is the
    first of its failures that no success has followed.
    """

    __tablename__ = "crm_webhook_endpoint"
    __table_args__ = (Index(None, "dealership_id", "id"),)
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    staff_id: Mapped[UUID] = mapped_column(Id)
    url: Mapped[str] = mapped_column(String(500))
    label: Mapped[str] = mapped_column(String(120))
    events: Mapped[list[str]] = mapped_column(Json)
    secrets: Mapped[list[Any]] = mapped_column(EncryptedJson("crm_webhook_endpoint.secrets"))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    position: Mapped[int] = mapped_column(BigInteger)
    failing_since: Mapped[datetime | None] = mapped_column(UtcTime)
    fault: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class WebhookDelivery(Row, Base):
    """One event for one endpoint. `state` is `waiting`, `delivered` or `dead`; a waiting one is due at
    `due_at`.

    `record_id` is None where the event is about many records of `entity`, or about none.
    """

    __tablename__ = "crm_webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "position"),
        Index(None, "state", "due_at"),
        Index(None, "endpoint_id", "state", "position"),
        Index(None, "endpoint_id", "entity", "record_id", "position"),
        Index(None, "done_at"),
    )
    endpoint_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_webhook_endpoint.id", ondelete="CASCADE"))
    event_id: Mapped[UUID] = mapped_column(Id)
    position: Mapped[int] = mapped_column(BigInteger)
    event: Mapped[str] = mapped_column(String(120))
    entity: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    status: Mapped[int | None] = mapped_column(Integer)
    fault: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
