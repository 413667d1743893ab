"""A small module with one kind of record, as a stranger would write it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel.contributions import Entity, Field, Manifest
from crm_kernel.dal.base import Record, metadata
from crm_kernel.dal.types import Encrypted
from crm_kernel.hookspecs import hookimpl
from crm_kernel.records import kinds
from crm_kernel.text import messages

_ = messages("garage")


class GarageBase(DeclarativeBase):
    metadata = metadata


class Car(Record, GarageBase):
    __tablename__ = "crm_garage_car"
    name: Mapped[str] = mapped_column(String(60))
    bought_on: Mapped[date | None] = mapped_column(Date)
    mileage_km: Mapped[int | None] = mapped_column(Integer)
    mobile: Mapped[str | None] = mapped_column(Encrypted("crm_garage_car.mobile"))


CAR = Entity(
    name="garage_car",
    plural="garage-cars",
    model=Car,
    label=_("Car"),
    plural_label=_("Cars"),
    prefix="garage_car",
    fields=(
        Field("name", _("Name"), required=True, sort=True, filter=True, search=True, listed=True),
        Field("bought_on", _("Bought on"), kinds.DATE, sort=True, filter=True),
        Field("mileage_km", _("Mileage"), kinds.INTEGER, sort=True, filter=True),
        Field("mobile", _("Mobile"), kinds.MOBILE, sensitive=True, personal=True),
    ),
)


class Garage:
    """The plugin module."""

    __name__ = "garage"

    @hookimpl
    def manifest(self) -> Manifest:
        return Manifest("garage", _("Garage"), "1")

    @hookimpl
    def register_models(self) -> list[type[Any]]:
        return [Car]

    @hookimpl
    def register_entities(self) -> list[Entity]:
        return [CAR]
