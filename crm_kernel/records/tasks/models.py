"""The table of tasks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Record, record_indexes
from crm_kernel.dal.types import Id, UtcTime


class Task(Record, Base):
    """A task. The owner is who is to do it. `state` is open, done or cancelled.

    `sort_at` is what lists go by: of an open task when it is due (far away without a date), of a closed one
    when it was closed. `reminded_at` says that the reminder went out.
    """

    __tablename__ = "crm_task"
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "owner_id", "state", "sort_at", "id"),
        Index(None, "dealership_id", "state", "sort_at", "id"),
        Index(None, "dealership_id", "created_by", "state", "sort_at", "id"),
        Index(None, "dealership_id", "entity", "record_id", "state", "sort_at"),
        Index(None, "remind_at"),
    )
    title: Mapped[str] = mapped_column(String(200))
    remark: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="open")
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    remind_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcTime)
    sort_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_by: Mapped[UUID | None] = mapped_column(Id)
    entity: Mapped[str | None] = mapped_column(String(60))
    record_id: Mapped[UUID | None] = mapped_column(Id)
