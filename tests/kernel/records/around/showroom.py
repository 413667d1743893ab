"""A small module as a stranger would write it: clients of a showroom, and the cars they look at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel.contributions import Entity, Field, Manifest
from crm_kernel.dal.base import Record, metadata, record_indexes
from crm_kernel.dal.types import Amount, Encrypted, Id
from crm_kernel.hookspecs import hookimpl
from crm_kernel.records import kinds
from crm_kernel.text import messages

_ = messages("showroom")


class Base(DeclarativeBase):
    metadata = metadata


class Client(Record, Base):
    __tablename__ = "crm_showroom_client"
    __table_args__ = record_indexes(Index(None, "dealership_id", "code"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    mobile: Mapped[str | None] = mapped_column(Encrypted("crm_showroom_client.mobile"))
    level: Mapped[str | None] = mapped_column(String(10))
    born_on: Mapped[date | None] = mapped_column(Date)
    budget: Mapped[Decimal | None] = mapped_column(Amount)
    remark: Mapped[str | None] = mapped_column(Text)
    friend_id: Mapped[UUID | None] = mapped_column(Id)


CLIENT = Entity(
    name="client",
    plural="clients",
    model=Client,
    label=_("Client"),
    plural_label=_("Clients"),
    prefix="client",
    key=("code",),
    fields=(
        Field("code", _("Code"), required=True, sort=True, filter=True, listed=True),
        Field(
            "name", _("Name"), required=True, sort=True, filter=True, search=True, listed=True, personal=True
        ),
        Field("mobile", _("Mobile"), kinds.MOBILE, sensitive=True, personal=True, listed=True),
        Field("level", _("Level"), filter=True, options=(("a", _("Level A")), ("b", _("Level B")))),
        Field("born_on", _("Born"), filter=True),
        Field("budget", _("Budget"), filter=True),
        Field("remark", _("Remark")),
        Field("friend_id", _("Friend"), reference="client"),
    ),
)


@hookimpl
def manifest() -> Manifest:
    return Manifest("showroom", _("Showroom"), "1.0")


@hookimpl
def register_models() -> list[type[Any]]:
    return [Client]


@hookimpl
def register_entities() -> list[Entity]:
    return [CLIENT]
