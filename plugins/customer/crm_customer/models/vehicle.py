"""Vehicles, and what about them changes with time: plates, people, mileage."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_customer.models.base import Base
from crm_customer.models.customer import TABLE as CUSTOMER
from crm_kernel.dal.base import Record, Row, record_indexes
from crm_kernel.dal.types import Id, Json

TABLE = "crm_customer_vehicle"


class Vehicle(Record, Base):
    """A car, ours or sold elsewhere. The VIN is unique in a dealership, deleted cars included.

    `plates` and `people` hold the whole history as the record shows it; PlatePeriod and VehiclePerson
    repeat it as rows to find cars by. `plate`, `customer_id` and `mileage_km` repeat what holds now.
    """

    __tablename__ = TABLE
    __table_args__ = record_indexes(
        UniqueConstraint("dealership_id", "vin"),
        Index(None, "dealership_id", "vin_tail"),
        Index(None, "dealership_id", "plate"),
        Index(None, "dealership_id", "customer_id"),
    )
    vin: Mapped[str] = mapped_column(String(17))
    vin_tail: Mapped[str] = mapped_column(String(6))
    vin_check: Mapped[str] = mapped_column(String(16))
    vin_reason: Mapped[str | None] = mapped_column(String(200))
    plate: Mapped[str | None] = mapped_column(String(12))
    plates: Mapped[list[Any]] = mapped_column(Json, default=list)
    brand: Mapped[str | None] = mapped_column(String(60))
    series: Mapped[str | None] = mapped_column(String(60))
    model: Mapped[str | None] = mapped_column(String(120))
    model_year: Mapped[int | None] = mapped_column(Integer)
    color: Mapped[str | None] = mapped_column(String(40))
    purchased_on: Mapped[date | None] = mapped_column(Date)
    warranty_until: Mapped[date | None] = mapped_column(Date)
    compulsory_until: Mapped[date | None] = mapped_column(Date)
    commercial_until: Mapped[date | None] = mapped_column(Date)
    mileage_km: Mapped[int | None] = mapped_column(Integer)
    customer_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey(f"{CUSTOMER}.id", ondelete="SET NULL"))
    people: Mapped[list[Any]] = mapped_column(Json, default=list)
    remark: Mapped[str | None] = mapped_column(Text)


class PlatePeriod(Row, Base):
    """A plate was on a car from `since` until the day before `until`; None is open."""

    __tablename__ = "crm_customer_plate"
    __table_args__ = (Index(None, "dealership_id", "plate"), Index(None, "vehicle_id"))
    dealership_id: Mapped[UUID] = mapped_column(Id)
    vehicle_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{TABLE}.id", ondelete="CASCADE"))
    plate: Mapped[str] = mapped_column(String(12))
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class VehiclePerson(Row, Base):
    """A customer was owner, driver or otherwise of a car from `since` until the day before `until`."""

    __tablename__ = "crm_customer_vehicle_person"
    __table_args__ = (Index(None, "dealership_id", "customer_id"), Index(None, "vehicle_id"))
    dealership_id: Mapped[UUID] = mapped_column(Id)
    vehicle_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{TABLE}.id", ondelete="CASCADE"))
    customer_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{CUSTOMER}.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class Reading(Row, Base):
    """An odometer reading; `source` is `order`, `import` or `staff`."""

    __tablename__ = "crm_customer_reading"
    __table_args__ = (Index(None, "vehicle_id", "read_on"), Index(None, "order_id"))
    dealership_id: Mapped[UUID] = mapped_column(Id)
    vehicle_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{TABLE}.id", ondelete="CASCADE"))
    read_on: Mapped[date] = mapped_column(Date)
    mileage_km: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(10))
    order_id: Mapped[UUID | None] = mapped_column(Id)
