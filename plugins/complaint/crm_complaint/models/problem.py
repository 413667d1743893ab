"""Problems: what several complaints have in common, and what is done so that no further ones come."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_complaint.models.base import Base
from crm_kernel.dal.base import Record, record_indexes

TABLE = "crm_complaint_problem"


class Problem(Record, Base):
    """A recurring problem with its cause and measure. The owner sees to it; `due_on` is his promise."""

    __tablename__ = TABLE
    __table_args__ = record_indexes(
        UniqueConstraint("dealership_id", "number"), Index(None, "dealership_id", "state", "due_on")
    )
    number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    problem_type: Mapped[str | None] = mapped_column(String(60))
    model: Mapped[str | None] = mapped_column(String(120))
    part: Mapped[str | None] = mapped_column(String(120))
    cause: Mapped[str | None] = mapped_column(Text)
    measure: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(20), default="open")
    effect: Mapped[str | None] = mapped_column(Text)
    checked_on: Mapped[date | None] = mapped_column(Date)
