"""Tables of what every record has: numbers, tags, custom values, dictionary entries, search documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Double, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Id, Json, UtcTime


class NumberSeries(Base):
    """The last number given in a dealership, a series (the entity) and a period (`2026`, `20261122`, ``)."""

    __tablename__ = "crm_number"
    dealership_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    series: Mapped[str] = mapped_column(String(60), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[int] = mapped_column(Integer)


class Tag(Row, Base):
    """A tag a dealership uses. Inactive ones stay on their records and are no longer offered."""

    __tablename__ = "crm_tag"
    __table_args__ = (UniqueConstraint("dealership_id", "name"),)
    dealership_id: Mapped[UUID] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(60))
    color: Mapped[str] = mapped_column(String(20), default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class RecordTag(Base):
    """A tag on a record, for filters; the record's own `tags` holds the same names."""

    __tablename__ = "crm_record_tag"
    __table_args__ = (Index(None, "dealership_id", "entity", "tag", "record_id"),)
    record_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    tag: Mapped[str] = mapped_column(String(60), primary_key=True)
    entity: Mapped[str] = mapped_column(String(60))
    dealership_id: Mapped[UUID] = mapped_column(Id)


class CustomField(Row, Base):
    """A field a dealership (None: everybody) added to an entity: a text, number, date, choice or switch."""

    __tablename__ = "crm_custom_field"
    __table_args__ = (Index(None, "dealership_id", "entity", "key"),)
    dealership_id: Mapped[UUID | None] = mapped_column(Id)
    entity: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    required: Mapped[bool] = mapped_column(Boolean, default=False)
    options: Mapped[list[Any]] = mapped_column(Json, default=list)
    position: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class CustomValue(Base):
    """A record's value of a custom field, for filters and sorting; the record's own `custom` holds it too.

    Numbers and switches (0 and 1) lie in `number`, everything else (dates as ISO text) in `text`.
    """

    __tablename__ = "crm_custom_value"
    __table_args__ = (
        Index(None, "dealership_id", "entity", "key", "text", "record_id"),
        Index(None, "dealership_id", "entity", "key", "number", "record_id"),
    )
    record_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    entity: Mapped[str] = mapped_column(String(60))
    dealership_id: Mapped[UUID] = mapped_column(Id)
    text: Mapped[str | None] = mapped_column(String(200))
    number: Mapped[float | None] = mapped_column(Double)


class DictionaryValue(Base):
    """A dealership's own entry of a dictionary, or its own wording of a preset one."""

    __tablename__ = "crm_dictionary_value"
    dealership_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    dictionary: Mapped[str] = mapped_column(String(60), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(Integer, default=0)
    color: Mapped[str] = mapped_column(String(20), default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
