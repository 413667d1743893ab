"""What customers suggest."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_complaint.models.base import Base
from crm_kernel.dal.base import Record, record_indexes
from crm_kernel.dal.types import Id, UtcTime


class Suggestion(Record, Base):
    """A suggestion, what was answered, and whether it was taken up."""

    __tablename__ = "crm_complaint_suggestion"
    __table_args__ = record_indexes(
        UniqueConstraint("dealership_id", "number"), Index(None, "dealership_id", "customer_id")
    )
    number: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[UUID | None] = mapped_column(Id)
    subject: Mapped[str] = mapped_column(String(200))
    category: Mapped[str | None] = mapped_column(String(40))
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    text: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    adoption: Mapped[str] = mapped_column(String(20), default="open")
