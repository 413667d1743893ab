"""What customers were billed and what they paid, as the finance system has it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm_customer.models.base import Base
from crm_customer.models.customer import TABLE as CUSTOMER
from crm_customer.models.vehicle import TABLE as VEHICLE
from crm_kernel.dal.base import Record, record_indexes
from crm_kernel.dal.types import Amount, Id

INVOICE = "crm_customer_invoice"


class Invoice(Record, Base):
    """A bill; `status` is `open`, `partly_paid`, `paid` or `void`."""

    __tablename__ = INVOICE
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "number"),
        Index(None, "dealership_id", "customer_id", "issued_on"),
        Index(None, "dealership_id", "issued_on", "id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{CUSTOMER}.id"))
    vehicle_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey(f"{VEHICLE}.id", ondelete="SET NULL"))
    kind: Mapped[str | None] = mapped_column(String(40))
    issued_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    status: Mapped[str] = mapped_column(String(20), default="open")
    remark: Mapped[str | None] = mapped_column(Text)


class Payment(Record, Base):
    """Money that came in, maybe for one bill; a negative amount was paid back."""

    __tablename__ = "crm_customer_payment"
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "number"),
        Index(None, "dealership_id", "customer_id", "paid_on"),
        Index(None, "dealership_id", "invoice_id"),
        Index(None, "dealership_id", "paid_on", "id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{CUSTOMER}.id"))
    invoice_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey(f"{INVOICE}.id", ondelete="SET NULL"))
    paid_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    method: Mapped[str | None] = mapped_column(String(40))
    remark: Mapped[str | None] = mapped_column(Text)
