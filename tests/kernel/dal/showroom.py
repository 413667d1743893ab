"""A small record of its own for the tests of data access: a car on the forecourt."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Boolean, Date, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel.dal.base import Record, Row, metadata, record_indexes
from crm_kernel.dal.listing import Listing
from crm_kernel.dal.query import Match
from crm_kernel.dal.types import Amount, Encrypted, Id


class Base(DeclarativeBase):
    metadata = metadata


class Car(Record, Base):
    __tablename__ = "crm_showroom_car"
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "vin", unique=True), Index(None, "dealership_id", "key_bi")
    )
    vin: Mapped[str] = mapped_column(String(17))
    name: Mapped[str] = mapped_column(String(60))
    color: Mapped[str | None] = mapped_column(String(20))
    price: Mapped[Decimal | None] = mapped_column(Amount)
    doors: Mapped[int | None] = mapped_column(Integer)
    sold: Mapped[bool] = mapped_column(Boolean, default=False)
    registered_on: Mapped[date | None] = mapped_column(Date)
    key_code: Mapped[str | None] = mapped_column(Encrypted("crm_showroom_car.key_code"))
    key_bi: Mapped[str | None] = mapped_column(String(16))


class Plate(Row, Base):
    __tablename__ = "crm_showroom_plate"
    __table_args__ = (Index(None, "dealership_id", "plate"),)
    dealership_id: Mapped[UUID] = mapped_column(Id)
    car_id: Mapped[UUID] = mapped_column(Id)
    plate: Mapped[str] = mapped_column(String(10))


NAMES = (
    "id",
    "dealership_id",
    "owner_id",
    "created_at",
    "version",
    "tags",
    "custom",
    "vin",
    "name",
    "color",
    "price",
    "doors",
    "sold",
    "registered_on",
    "key_code",
)

CARS = Listing(
    Car,
    {name: getattr(Car, name) for name in NAMES},
    {
        "key": Match(Car.key_bi, lambda _access, value: value[::-1]),
        "any_case": lambda access, op, value: Car.vin.in_([value, value.upper()]),
        "plate": Match(Plate.plate, lambda _access, value: (value, value.upper()), beside=Plate.car_id),
    },
)
