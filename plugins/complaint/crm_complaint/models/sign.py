"""Early signs that were told: what rose against its own past, so that nobody hears of it twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_complaint.models.base import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Id, UtcTime


class Sign(Row, Base):
    """When people were last told that a problem (`problem_type`) or a model rises in a dealership."""

    __tablename__ = "crm_complaint_sign"
    __table_args__ = (UniqueConstraint("dealership_id", "field", "value"),)
    dealership_id: Mapped[UUID] = mapped_column(Id)
    field: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(120))
    told_at: Mapped[datetime] = mapped_column(UtcTime)
