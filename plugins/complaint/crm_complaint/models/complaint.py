"""Complaints: what somebody is dissatisfied with, and where its handling stands."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_complaint.models.base import Base
from crm_complaint.models.problem import TABLE as PROBLEM
from crm_kernel.dal.base import Record, record_indexes
from crm_kernel.dal.types import Amount, Encrypted, Id, Json, UtcTime

TABLE = "crm_complaint_complaint"


class Complaint(Record, Base):
    """One case. The owner is its handler; customer and vehicle may be masters of the host.

    `outcome` is how a closed case ended: `satisfied`, `invalid`, or `forced`; empty while it is open. `model`
    is that of the vehicle, kept here so that figures need no other module.
    """

    __tablename__ = TABLE
    __table_args__ = record_indexes(
        UniqueConstraint("dealership_id", "number"),
        Index(None, "dealership_id", "status", "next_due_at", "id"),
        Index(None, "dealership_id", "next_due_at", "id"),
        Index(None, "dealership_id", "received_at", "id"),
        Index(None, "dealership_id", "closed_at", "id"),
        Index(None, "dealership_id", "customer_id", "received_at"),
        Index(None, "dealership_id", "vehicle_id", "received_at"),
        Index(None, "dealership_id", "problem_id"),
        Index(None, "dealership_id", "mobile_print"),
    )
    number: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[UUID | None] = mapped_column(Id)
    vehicle_id: Mapped[UUID | None] = mapped_column(Id)
    model: Mapped[str | None] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(200))
    receiver_id: Mapped[UUID | None] = mapped_column(Id)
    handler_id: Mapped[UUID | None] = mapped_column(Id)
    contact: Mapped[str | None] = mapped_column(String(60))
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    phone: Mapped[str | None] = mapped_column(Encrypted(f"{TABLE}.phone"))
    mobile: Mapped[str | None] = mapped_column(Encrypted(f"{TABLE}.mobile"))
    mobile_print: Mapped[str | None] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(40))
    complaint_type: Mapped[str | None] = mapped_column(String(40))
    problem_type: Mapped[str | None] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(20))
    attitude: Mapped[str | None] = mapped_column(String(20))
    description: Mapped[str | None] = mapped_column(Text)
    staff_concerned: Mapped[list[Any]] = mapped_column(Json, default=list)
    status: Mapped[str] = mapped_column(String(40), default="")
    next_due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    valid: Mapped[bool | None] = mapped_column(Boolean)
    outcome: Mapped[str | None] = mapped_column(String(20))
    rounds: Mapped[int] = mapped_column(Integer, default=0)
    score: Mapped[int | None] = mapped_column(Integer)
    cost: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    problem_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey(f"{PROBLEM}.id", ondelete="SET NULL"))
