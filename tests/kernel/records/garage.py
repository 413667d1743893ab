"""A module such as a stranger would write: guests of a garage, and the visits they pay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel.contributions import (
    Blocker,
    Dictionary,
    DictionaryEntry,
    Entity,
    Field,
    Manifest,
    Numbering,
    OpenBusiness,
)
from crm_kernel.dal.base import Record, metadata, record_indexes
from crm_kernel.dal.scoped import scoped
from crm_kernel.dal.types import Amount, Encrypted, Id
from crm_kernel.hookspecs import hookimpl
from crm_kernel.records import kinds
from crm_kernel.text import messages

_ = messages("garage")


class Base(DeclarativeBase):
    metadata = metadata


class Guest(Record, Base):
    __tablename__ = "crm_garage_guest"
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "code", unique=True), Index(None, "dealership_id", "mobile_bi")
    )
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    mobile: Mapped[str | None] = mapped_column(Encrypted("crm_garage_guest.mobile"))
    mobile_bi: Mapped[str | None] = mapped_column(String(16))
    email: Mapped[str | None] = mapped_column(Encrypted("crm_garage_guest.email"))
    plate: Mapped[str | None] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(20), default="C")
    sex: Mapped[str] = mapped_column(String(10), default="unknown")
    birthday: Mapped[date | None] = mapped_column(Date)
    debt: Mapped[Decimal | None] = mapped_column(Amount)
    mileage_km: Mapped[int | None] = mapped_column(Integer)
    member: Mapped[bool] = mapped_column(Boolean, default=False)
    remark: Mapped[str] = mapped_column(Text, default="")
    secret: Mapped[str | None] = mapped_column(String(40))


class Visit(Record, Base):
    __tablename__ = "crm_garage_visit"
    number: Mapped[str] = mapped_column(String(40))
    guest_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_garage_guest.id"), index=True)
    open: Mapped[bool] = mapped_column(Boolean, default=True)


SEXES = tuple((code, _(code)) for code in ("male", "female", "unknown"))

GUEST = Entity(
    name="guest",
    plural="guests",
    model=Guest,
    label=_("guest"),
    plural_label=_("guests"),
    prefix="guest",
    fields=(
        Field("code", _("Code"), filter=True, sort=True, search=True),
        Field("name", _("Name"), required=True, filter=True, sort=True, search=True),
        Field("mobile", _("Mobile"), kinds.MOBILE, filter=True, search=True, sensitive=True, personal=True),
        Field("email", _("E-mail"), kinds.EMAIL, search=True, sensitive=True, personal=True),
        Field("plate", _("Plate"), filter=True, search=True),
        Field("level", _("Level"), choices="guest_level", filter=True, sort=True, default="C"),
        Field("sex", _("Sex"), options=SEXES, default="unknown", filter=True),
        Field("birthday", _("Birthday"), filter=True, sort=True),
        Field("debt", _("Debt"), filter=True, sort=True),
        Field("mileage_km", _("Mileage"), kinds.MILEAGE, filter=True, sort=True),
        Field("member", _("Member"), filter=True, default=False),
        Field("remark", _("Remark")),
        Field("secret", _("Secret"), filter=True, sort=True, search=True, permission="guest.secret"),
        Field("age", _("Age")),
    ),
    numbering=Numbering("code", "KH-{year}-{seq:04d}", "yearly"),
    key=("code",),
    derived={"age": lambda row: 2026 - row["birthday"].year if row["birthday"] else None},
)  # fmt: skip

VISIT = Entity(
    name="visit",
    plural="visits",
    model=Visit,
    label=_("visit"),
    plural_label=_("visits"),
    prefix="visit",
    title="number",
    fields=(
        Field("number", _("Number"), filter=True, sort=True, search=True),
        Field("guest_id", _("Guest"), reference="guest", required=True, filter=True),
        Field("open", _("Open"), default=True, filter=True),
    ),
    numbering=Numbering("number", "V{date}-{seq:03d}", "daily"),
)


async def _open_visits(kernel: Any, access: Any, id: UUID) -> list[OpenBusiness]:
    found = await kernel.db.rows(
        scoped(access, Visit, Visit.id).where(Visit.guest_id == id, Visit.open.is_(True))
    )
    return [OpenBusiness(_("open visits"), len(found), f"/visits?guest_id={id}")]


@hookimpl
def manifest() -> Manifest:
    return Manifest("garage", _("Garage"), "0.1.0")


@hookimpl
def register_models() -> list[type[Any]]:
    return [Guest, Visit]


@hookimpl
def register_permissions() -> list[Any]:
    from crm_kernel.contributions import Permission

    return [Permission("guest.secret", _("see secrets"))]


@hookimpl
def register_entities() -> list[Entity]:
    return [GUEST, VISIT]


@hookimpl
def register_blockers() -> list[Blocker]:
    return [Blocker("guest", _open_visits)]


@hookimpl
def register_dictionaries() -> list[Dictionary]:
    entries = tuple(DictionaryEntry(code, _(code), n) for n, code in enumerate(("A", "B", "C")))
    return [Dictionary("guest_level", _("Levels"), entries)]
