"""Statements over the tables of this room, and look-ups of people that records point at."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, false, insert, or_, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite

from crm_kernel.access.organisation import Dealership, Staff
from crm_kernel.actor import Access
from crm_kernel.contributions import Entity
from crm_kernel.dal.database import Database
from crm_kernel.dal.filters import ESCAPE, escape_like, filled_up
from crm_kernel.dal.scoped import Scoped, scoped, trusted
from crm_kernel.dal.types import Id
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.models import (
    CustomField,
    CustomValue,
    DictionaryValue,
    NumberSeries,
    RecordTag,
    Tag,
)


async def all_dealerships(database: Database) -> Sequence[Sequence[Any]]:
    """(id, number, currency, timezone, group id, region id) of every dealership."""
    columns = (
        Dealership.id,
        Dealership.number,
        Dealership.currency,
        Dealership.timezone,
        Dealership.group_id,
        Dealership.region_id,
    )
    prepared = database.prepared("dealerships", lambda: trusted(select(*columns).order_by(Dealership.number)))
    return await database.fetch(prepared, {}, typed=True)


async def staff_exist(work: UnitOfWork, dealership_id: UUID, ids: Sequence[UUID]) -> bool:
    """Whether all these people work (or have a role) in the dealership and are active."""
    statement = select(Staff.id).where(
        Staff.id.in_(list(ids)),
        Staff.active.is_(True),
        or_(Staff.dealership_id == dealership_id, Staff.dealership_id.is_(None)),
    )
    found = await work.rows(trusted(statement))
    return len(set(found)) == len(set(ids))


def targets(access: Access, entity: Entity, dealership_id: UUID, ids: Sequence[UUID]) -> Scoped:
    """Ids of living records of an entity in one dealership that the access reaches."""
    model = entity.model
    return scoped(access, model, model.id).where(
        model.id.in_(list(ids)), model.dealership_id == dealership_id
    )


def among(entity: Entity, ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Records with one of these ids, at most a few hundred; filled up so that few shapes of it exist."""
    if not ids:
        return false()
    found: ColumnElement[bool] = entity.model.id.in_(filled_up(list(ids)))
    return found


def referred(entity: Entity, referring: Sequence[tuple[Entity, str, Sequence[UUID]]]) -> ColumnElement[bool]:
    """Records that any of these others, given by entity, field and ids, refer to."""
    return or_(
        false(),
        *(
            entity.model.id.in_(select(getattr(other.model, reference)).where(among(other, ids)))
            for other, reference, ids in referring
            if ids
        ),
    )


def is_empty(entity: Entity, name: str, wanted: bool) -> ColumnElement[bool]:
    """Records whose own column holds nothing (or something), where a look-up stands before the column."""
    column = getattr(entity.model, name)
    found: ColumnElement[bool] = column.is_(None) if wanted else column.is_not(None)
    return found


async def same_key(
    work: UnitOfWork, entity: Entity, dealership_id: UUID, values: Mapping[str, Any]
) -> list[UUID]:
    """Ids of records, deleted ones included, that carry this natural key in the dealership."""
    model, names = entity.model, tuple(values)
    found = work.database.prepared(("same key", model, names), lambda: _same_key(model, names))
    asked = {"key_dealership": dealership_id} | {f"key_{name}": value for name, value in values.items()}
    return [row[0] for row in await work.database.fetch(found, asked, typed=True)]


def _same_key(model: type[Any], names: Sequence[str]) -> Scoped:
    conditions = [
        getattr(model, name) == bindparam(f"key_{name}", type_=getattr(model, name).type) for name in names
    ]
    here = model.dealership_id == bindparam("key_dealership", type_=Id())
    return trusted(select(model.id).where(here, *conditions))


# Tags


async def tags(database: Database, dealership_id: UUID) -> list[Tag]:
    """A dealership's tags."""
    return list(await database.rows(trusted(select(Tag).where(Tag.dealership_id == dealership_id))))


async def tag(work: UnitOfWork, dealership_id: UUID, name: str) -> Tag | None:
    """One tag, for change."""
    found: Tag | None = await work.first(
        trusted(select(Tag).where(Tag.dealership_id == dealership_id, Tag.name == name))
    )
    return found


async def set_record_tags(
    work: UnitOfWork, entity: str, dealership_id: UUID, record_id: UUID, names: Sequence[str]
) -> None:
    """Make the index hold exactly these names for the record."""
    await work.execute(delete(RecordTag).where(RecordTag.record_id == record_id))
    if names:
        await work.execute(
            insert(RecordTag),
            [
                {"record_id": record_id, "tag": name, "entity": entity, "dealership_id": dealership_id}
                for name in dict.fromkeys(names)
            ],
        )


# Custom fields


async def custom_fields(database: Database, dealership_id: UUID) -> list[CustomField]:
    """Definitions that count in a dealership, its own and those for everybody."""
    statement = (
        select(CustomField)
        .where(or_(CustomField.dealership_id == dealership_id, CustomField.dealership_id.is_(None)))
        .order_by(CustomField.entity, CustomField.position, CustomField.created_at)
    )
    return list(await database.rows(trusted(statement)))


class Definition(NamedTuple):
    """What of a custom field in force its records need to know."""

    entity: str
    key: str
    label: str
    kind: str
    required: bool
    options: Sequence[Mapping[str, Any]] | None


async def custom_fields_in_force(database: Database, dealership_id: UUID) -> list[Definition]:
    """The active definitions of a dealership, in the order of `custom_fields`."""

    def build() -> Scoped:
        columns = [getattr(CustomField, name) for name in Definition._fields]
        here = CustomField.dealership_id == bindparam("dealership", type_=Id)
        return trusted(
            select(*columns)
            .where(CustomField.active.is_(True), or_(here, CustomField.dealership_id.is_(None)))
            .order_by(CustomField.entity, CustomField.position, CustomField.created_at)
        )

    prepared = database.prepared("custom fields", build)
    rows = await database.fetch(prepared, {"dealership": dealership_id}, typed=True)
    return [Definition(*row) for row in rows]


async def custom_field(work: UnitOfWork, id: UUID) -> CustomField | None:
    """One definition, for change."""
    found: CustomField | None = await work.first(trusted(select(CustomField).where(CustomField.id == id)))
    return found


async def set_custom_values(
    work: UnitOfWork, entity: str, dealership_id: UUID, record_id: UUID, values: Mapping[str, Any]
) -> None:
    """Make the index hold exactly these values for the record."""
    await work.execute(delete(CustomValue).where(CustomValue.record_id == record_id))
    await add_custom_values(work, entity, dealership_id, [(record_id, values)])


async def add_custom_values(
    work: UnitOfWork,
    entity: str,
    dealership_id: UUID,
    records: Iterable[tuple[UUID, Mapping[str, Any]]],
) -> None:
    """Enter the values of records the index knows nothing of."""
    rows = [
        {"record_id": record_id, "key": key, "entity": entity, "dealership_id": dealership_id}
        | custom_columns(value)
        for record_id, values in records
        for key, value in values.items()
        if value is not None
    ]
    await work.bulk_insert(CustomValue, rows)


def custom_columns(value: Any) -> dict[str, Any]:
    """Where a value lies in the index: (`text`, `number`)."""
    if isinstance(value, bool | int | float):
        return {"text": None, "number": float(value)}
    return {"text": str(value)[:200], "number": None}


async def forget_record(work: UnitOfWork, record_id: UUID) -> None:
    """Remove what this room keeps beside a record that is purged."""
    await work.execute(delete(RecordTag).where(RecordTag.record_id == record_id))
    await work.execute(delete(CustomValue).where(CustomValue.record_id == record_id))


# Dictionaries


async def dictionary_values(database: Database, dealership_id: UUID) -> list[DictionaryValue]:
    """A dealership's own entries of all dictionaries."""
    statement = select(DictionaryValue).where(DictionaryValue.dealership_id == dealership_id)
    return list(await database.rows(trusted(statement)))


async def dictionary_value(
    work: UnitOfWork, dealership_id: UUID, dictionary: str, code: str
) -> DictionaryValue | None:
    """One own entry, for change."""
    found: DictionaryValue | None = await work.first(
        trusted(
            select(DictionaryValue).where(
                DictionaryValue.dealership_id == dealership_id,
                DictionaryValue.dictionary == dictionary,
                DictionaryValue.code == code,
            )
        )
    )
    return found


async def touch(work: UnitOfWork, model: Any, ids: Sequence[UUID], values: Mapping[str, Any]) -> None:
    """Set columns of kernel rows by id."""
    await work.execute(update(model).where(model.id.in_(list(ids))).values(**values))


# Numbers


async def advance_counter(work: UnitOfWork, dealership_id: UUID, series: str, period: str, count: int) -> int:
    """Raise a counter by `count` in one statement and return where it stands; made at need."""
    row = {"dealership_id": dealership_id, "series": series, "period": period, "value": count}
    done = await work.execute(_raised(work.database.dialect), row)
    if work.database.dialect in ("mysql", "mariadb"):
        done = await work.execute(_standing, {f"of_{name}": row[name] for name in _COUNTER})
    return int(done.scalar_one())


_COUNTER = ("dealership_id", "series", "period")
_numbers: Any = NumberSeries.__table__
_standing = select(_numbers.c.value).where(
    *(_numbers.c[name] == bindparam(f"of_{name}", type_=_numbers.c[name].type) for name in _COUNTER)
)


@cache
def _raised(dialect: str) -> Any:
    """Insert a counter, or add to the one that is there."""
    if dialect in ("mysql", "mariadb"):
        mine = mysql.insert(_numbers)
        return mine.on_duplicate_key_update(value=_numbers.c.value + mine.inserted.value)
    upsert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(_numbers)
    return upsert.on_conflict_do_update(
        index_elements=list(_COUNTER), set_={"value": _numbers.c.value + upsert.excluded.value}
    ).returning(_numbers.c.value)


# Filters over the indexes of tags and custom values


def tagged(entity: Entity, shops: Sequence[UUID], op: str, value: Any) -> ColumnElement[bool]:
    """Records with (any of) these tags; `empty` asks for those without or with any."""
    found = select(RecordTag.record_id).where(
        RecordTag.dealership_id.in_(list(shops)), RecordTag.entity == entity.name
    )
    model = entity.model
    if op == "empty":
        outside: ColumnElement[bool] = model.id.not_in(found) if value else model.id.in_(found)
        return outside
    names = list(value) if op == "in" else [value]
    inside: ColumnElement[bool] = model.id.in_(found.where(RecordTag.tag.in_(names)))
    return ~inside if op == "ne" else inside


def custom_is(
    entity: Entity, shops: Sequence[UUID], key: str, op: str, value: Any, *, number: bool
) -> ColumnElement[bool]:
    """Records whose custom value compares so; `ne` holds for those without a value, too."""
    column: Any = CustomValue.number if number else CustomValue.text
    found = select(CustomValue.record_id).where(
        CustomValue.dealership_id.in_(list(shops)), CustomValue.entity == entity.name, CustomValue.key == key
    )
    ids = entity.model.id
    if op == "empty":
        missing: ColumnElement[bool] = ids.not_in(found) if value else ids.in_(found)
        return missing
    if op == "in":
        kept = [_custom_operand(one, number) for one in value]
        inside: ColumnElement[bool] = ids.in_(found.where(column.in_(kept)))
        return inside
    operand = _custom_operand(value, number)
    if op == "contains":
        pattern = f"%{escape_like(str(operand))}%"
        like: ColumnElement[bool] = ids.in_(found.where(column.ilike(pattern, escape=ESCAPE)))
        return like
    compared = _COMPARE["eq" if op == "ne" else op](column, operand)
    matches: ColumnElement[bool] = ids.in_(found.where(compared))
    return ~matches if op == "ne" else matches


def _custom_operand(value: Any, number: bool) -> Any:
    return float(value) if number else value.isoformat() if isinstance(value, date) else str(value)[:200]


_COMPARE = {
    "eq": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def custom_sort(model: type[Any], key: str, number: bool) -> Any:
    """A record's custom value as something to sort by."""
    column: Any = CustomValue.number if number else CustomValue.text
    return (
        select(column)
        .where(CustomValue.record_id == model.id, CustomValue.key == key)
        .correlate(model)
        .scalar_subquery()
    )


# Names


async def names(database: Database, what: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of people (`staff`) or shops (`dealership`) by id."""
    columns = (Staff.id, Staff.name) if what == "staff" else (Dealership.id, Dealership.name)
    statement = select(*columns).where(columns[0].in_(list(ids)))
    return {row[0]: row[1] for row in await database.rows(trusted(statement))}
