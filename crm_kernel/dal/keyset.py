"""Keyset order: rows sorted on several columns, and the condition that resumes after a given row.

Null values stand where the database puts them (first in ascending order on SQLite and MariaDB, last on
PostgreSQL), so that an index can serve the order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, false, or_, tuple_
from sqlalchemy.types import TypeEngine


class Key(NamedTuple):
    """One column of the order."""

    name: str
    column: Any
    type: TypeEngine[Any]
    descending: bool
    nullable: bool

    def ordering(self, wrapped: Callable[[Any], Any] | None = None) -> ColumnElement[Any]:
        """Its part of ORDER BY, the column wrapped if need be."""
        column = self.column if wrapped is None else wrapped(self.column)
        found: ColumnElement[Any] = column.desc() if self.descending else column.asc()
        return found


def after(
    keys: Sequence[Key], nulls: Sequence[bool], names: Sequence[str], dialect: str
) -> ColumnElement[bool]:
    """The rows behind the one whose key values are bound under `names`; `nulls` marks its null values."""
    binds = [bindparam(name, type_=key.type) for key, name in zip(keys, names, strict=True)]
    one_way = len({key.descending for key in keys}) == 1
    if one_way and not any(key.nullable for key in keys) and dialect in ("sqlite", "postgresql"):
        # A row comparison is one range of the index, however many rows share the first value.
        row, bound = tuple_(*(key.column for key in keys)), tuple_(*binds)
        found: ColumnElement[bool] = row < bound if keys[0].descending else row > bound
        return found
    branches: list[ColumnElement[bool]] = []
    for place, key in enumerate(keys):
        same = [_same(keys[i], nulls[i], binds[i]) for i in range(place)]
        branches.append(and_(*same, _beyond(key, nulls[place], binds[place], dialect)))
    whole = or_(*branches)
    start = _start(keys[0], nulls[0], binds[0], dialect)
    return whole if start is None else and_(start, whole)


def _same(key: Key, null: bool, bind: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = key.column.is_(None) if null else key.column == bind
    return found


def _beyond(key: Key, null: bool, bind: Any, dialect: str) -> ColumnElement[bool]:
    first = _nulls_first(key, dialect)
    if null:
        return key.column.is_not(None) if first else false()
    further = key.column < bind if key.descending else key.column > bind
    found: ColumnElement[bool] = or_(further, key.column.is_(None)) if key.nullable and not first else further
    return found


def _start(key: Key, null: bool, bind: Any, dialect: str) -> ColumnElement[bool] | None:
    """A plain range on the first column, which no planner finds inside an OR by itself."""
    if null or (key.nullable and not _nulls_first(key, dialect)):
        return None
    found: ColumnElement[bool] = key.column <= bind if key.descending else key.column >= bind
    return found


def _nulls_first(key: Key, dialect: str) -> bool:
    return key.descending if dialect == "postgresql" else not key.descending
