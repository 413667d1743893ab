"""A record type of a dealer: people who want a test drive, with a mobile that lies encrypted."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel.contributions import Entity, Field, Kind, Manifest
from crm_kernel.dal.base import Record, metadata
from crm_kernel.dal.types import Amount, Encrypted
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

_ = messages("drives")


class Base(DeclarativeBase):
    metadata = metadata


class Visitor(Record, Base):
    __tablename__ = "crm_drives_visitor"
    name: Mapped[str] = mapped_column(String(60))
    mobile: Mapped[str | None] = mapped_column(Encrypted("crm_drives_visitor.mobile"))
    mobile_mark: Mapped[str | None] = mapped_column(String(16))
    level: Mapped[str | None] = mapped_column(String(4))
    budget: Mapped[Decimal | None] = mapped_column(Amount)


class Bay(Record, Base):
    """A record type nobody declared an entity for."""

    __tablename__ = "crm_drives_bay"
    label: Mapped[str] = mapped_column(String(60))


MOBILE = Kind("mobile", str, lambda value, _locale: value, mask=lambda value: f"{value[:3]}****{value[-4:]}")

ENTITY = Entity(
    name="visitor",
    plural="visitors",
    model=Visitor,
    label=_("Visitor"),
    plural_label=_("Visitors"),
    prefix="visitor",
    fields=(
        Field("name", _("Name"), personal=True),
        Field("mobile", _("Mobile"), MOBILE, personal=True, sensitive=True),
        Field("level", _("Level")),
        Field("budget", _("Budget")),
    ),
)


@hookimpl
def manifest() -> Manifest:
    return Manifest("drives", _("Test drives"), "1")


@hookimpl
def register_models() -> list[type[Any]]:
    return [Visitor, Bay]


@hookimpl
def register_entities() -> list[Entity]:
    return [ENTITY]


drives = SimpleNamespace(
    __name__="drives",
    manifest=manifest,
    register_models=register_models,
    register_entities=register_entities,
)
