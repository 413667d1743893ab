"""Tables of loan cars."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel.dal.base import Record, metadata, record_indexes
from crm_kernel.dal.types import Id


class Base(DeclarativeBase):
    metadata = metadata


class LoanCar(Record, Base):
    """A car customers borrow while theirs is in the workshop."""

    __tablename__ = "crm_toy_loan_car"
    __table_args__ = record_indexes()
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(40), default="free")
    customer_id: Mapped[UUID | None] = mapped_column(Id)
