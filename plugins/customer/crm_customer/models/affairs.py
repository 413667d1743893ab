"""What customers bought, insured and had repaired, as mirrored from the dealer system or entered here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_customer.models.base import Base
from crm_customer.models.customer import TABLE as CUSTOMER
from crm_customer.models.vehicle import TABLE as VEHICLE
from crm_kernel.dal.base import Record, record_indexes
from crm_kernel.dal.types import Amount, Id


class RepairOrder(Record, Base):
    """One visit to the workshop."""

    __tablename__ = "crm_customer_repair_order"
    __table_args__ = record_indexes(
        UniqueConstraint("dealership_id", "number"),
        Index(None, "dealership_id", "arrived_on", "id"),
        Index(None, "dealership_id", "vehicle_id", "arrived_on"),
        Index(None, "dealership_id", "customer_id", "arrived_on"),
    )
    number: Mapped[str] = mapped_column(String(40))
    vehicle_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{VEHICLE}.id"))
    customer_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey(f"{CUSTOMER}.id", ondelete="SET NULL"))
    arrived_on: Mapped[date | None] = mapped_column(Date)
    settled_on: Mapped[date | None] = mapped_column(Date)
    mileage_km: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str | None] = mapped_column(String(40))
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    advisor: Mapped[str | None] = mapped_column(String(60))
    remark: Mapped[str | None] = mapped_column(Text)


class Purchase(Record, Base):
    """A car bought."""

    __tablename__ = "crm_customer_purchase"
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "customer_id"),
        Index(None, "dealership_id", "vehicle_id"),
        Index(None, "dealership_id", "bought_on", "id"),
    )
    customer_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{CUSTOMER}.id"))
    vehicle_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey(f"{VEHICLE}.id"))
    bought_on: Mapped[date] = mapped_column(Date)
    order_number: Mapped[str | None] = mapped_column(String(40))
    invoice_number: Mapped[str | None] = mapped_column(String(40))
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    payment: Mapped[str | None] = mapped_column(String(40))
    consultant: Mapped[str | None] = mapped_column(String(60))
    remark: Mapped[str | None] = mapped_column(Text)


class Policy(Record, Base):
    """An insurance policy of a car; compulsory (交强险) or commercial (商业险)."""

    __tablename__ = "crm_customer_policy"
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "vehicle_id", "ends_on"), Index(None, "dealership_id", "ends_on", "id")
    )
    vehicle_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{VEHICLE}.id"))
    kind: Mapped[str] = mapped_column(String(20))
    insurer: Mapped[str | None] = mapped_column(String(60))
    number: Mapped[str | None] = mapped_column(String(60))
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    remark: Mapped[str | None] = mapped_column(Text)
