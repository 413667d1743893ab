"""What tables are made of: one MetaData for all, one registry per plugin, and the columns of every record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, MetaData, inspect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from crm_kernel.dal.types import Encrypted, Id, Json, UtcTime, uuid7

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Shared by all plugins, so that foreign keys reach across.

Each plugin has a declarative base, and so a registry, of its own: a wrong mapping in one breaks no other.

    class Base(DeclarativeBase):
        metadata = metadata
"""


class Row:
    """A table row with a time-ordered id."""

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)


class Record(Row):
    """A record people work with: belongs to a dealership, has an owner, a version, and can be undone.

    `owner_id` and `created_by` are staff ids. `version` counts changes and is the optimistic lock.
    `custom` holds values of custom fields by key, `tags` the names of its tags.
    """

    dealership_id: Mapped[UUID] = mapped_column(Id)
    owner_id: Mapped[UUID | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    created_by: Mapped[UUID | None] = mapped_column(Id)
    version: Mapped[int] = mapped_column(Integer)
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    custom: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    deleted_by: Mapped[UUID | None] = mapped_column(Id)

    @declared_attr
    def delete_reason(cls) -> Mapped[str | None]:  # encrypted, since people are named in it
        return mapped_column(Encrypted(f"{cls.__tablename__}.delete_reason"))  # type: ignore[attr-defined]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version if hasattr(cls, "__table__") else cls.version}

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return record_indexes()


def values_of(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Column values of a mapped object by name; what was never set is None, without a question to anybody."""
    state = inspect(row)
    if state.expired_attributes:
        return {name: getattr(row, name) for name in names}
    loaded = state.dict
    return {name: loaded.get(name) for name in names}


def record_indexes(*more: Any) -> tuple[Any, ...]:
    """The indexes every record table has, and the table's own, which start with the dealership.

    Without the dealership there is only the plain order of time, for people who view several at once.
    """
    return (
        Index(None, "created_at", "id"),
        Index(None, "dealership_id", "created_at", "id"),
        Index(None, "dealership_id", "owner_id", "created_at", "id"),
        *more,
    )
