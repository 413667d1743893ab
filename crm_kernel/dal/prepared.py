"""Statements compiled once per shape: SQL text, how values are bound, and how raw columns become values.

Two flavours of result exist. Sent: as JSON wants it, hardly touched (on SQLite ids and dates stay the text
they are, lists and objects stay JSON text). Typed: the Python values the columns declare.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from operator import methodcaller
from typing import Any

import msgspec
from sqlalchemy import Date, Dialect, Float, Numeric
from sqlalchemy.types import TypeEngine

from crm_kernel.dal.scoped import Scoped
from crm_kernel.dal.types import Encrypted, EncryptedJson, Id, Json, UtcTime, ring_of

CACHE_SIZE = 512

Converter = Callable[[Any], Any]
Converters = Sequence[tuple[int, Converter]]

_FLOAT_OID, _NUMERIC_OID = 701, 1700
_SENT_AS_GIVEN: Mapping[str, Any] = {"sqlite": (Id, Date), "postgresql": (Id, UtcTime)}
# As they are spelt by everything else that writes JSON.
_WHOLE_SECONDS = methodcaller("replace", ".000000Z", "Z")


class Prepared:
    """A compiled select. `slow_until` remembers (monotonic seconds) that it took too long for the loop."""

    __slots__ = ("_places", "scoped", "sent", "slow_until", "sql", "typed", "types")

    def __init__(self, scoped: Scoped, dialect: Dialect, extracted: Mapping[Any, str] | None = None) -> None:
        """`extracted` names the anonymous parameters whose values differ from call to call."""
        compiled = scoped.statement.compile(dialect=dialect)
        self.scoped = scoped
        self.sql = str(compiled)
        self.slow_until = 0.0
        self.types = [column.type for column in scoped.statement.selected_columns]
        self.sent = _converters(self.types, dialect, sent_converter)
        self.typed = _converters(self.types, dialect, typed_converter)
        renamed = {compiled.bind_names[bind]: name for bind, name in (extracted or {}).items()}
        self._places: list[tuple[str | None, Converter | None, Any]] = []
        for name in compiled.positiontup or ():
            bind = compiled.binds[name]
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if name in renamed or bind.required:
                self._places.append((renamed.get(name, name), process, None))
            else:
                value = bind.effective_value
                self._places.append((None, None, process(value) if process else value))

    @property
    def width(self) -> int:
        """How many columns a row has."""
        return len(self.types)

    def arguments(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The positional values for the driver."""
        return tuple(
            [
                constant if name is None else values[name] if process is None else process(values[name])
                for name, process, constant in self._places
            ]
        )


class PlanCache:
    """The most recently used plans, never more than its size."""

    def __init__(self, size: int = CACHE_SIZE) -> None:
        self._size = size
        self._held: OrderedDict[Hashable, Any] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable) -> Any:
        """The plan kept under the key, or None."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def keep(self, key: Hashable, plan: Any) -> None:
        """Keep a plan; the one unused for longest gives way."""
        self._held[key] = plan
        if len(self._held) > self._size:
            self._held.popitem(last=False)


def convert(
    rows: Sequence[Sequence[Any]], converters: Converters, width: int | None = None
) -> Sequence[Sequence[Any]]:
    """Raw rows, cut to their first `width` columns, with the named columns converted; null stays null."""
    if not converters:
        return rows if width is None else [row[:width] for row in rows]
    converted = []
    for row in rows:
        values = list(row[:width])
        for place, change in converters:
            if values[place] is not None:
                values[place] = change(values[place])
        converted.append(values)
    return converted


def combine(
    converters: Converters, names: Sequence[str], masks: Mapping[str, Converter]
) -> Sequence[tuple[int, Converter]]:
    """The converters of the first columns, called `names`, and after them the masks of these names."""
    wanted = [(place, change) for place, change in converters if place < len(names)]
    return wanted + [(place, masks[name]) for place, name in enumerate(names) if name in masks]


def _converters(
    types: Sequence[TypeEngine[Any]],
    dialect: Dialect,
    make: Callable[[TypeEngine[Any], Dialect], Converter | None],
) -> Converters:
    made = ((place, make(type_, dialect)) for place, type_ in enumerate(types))
    return [(place, change) for place, change in made if change is not None]


def typed_converter(type_: TypeEngine[Any], dialect: Dialect) -> Converter | None:
    """From what the driver gives to the column's Python value; None where they are the same."""
    # asyncpg's numeric processors want the OID of the column, which a plan does not know yet.
    oid = _FLOAT_OID if isinstance(type_, Float) else _NUMERIC_OID if _is_numeric(type_, dialect) else None
    return type_.dialect_impl(dialect).result_processor(dialect, oid)


def sent_converter(type_: TypeEngine[Any], dialect: Dialect) -> Converter | None:
    """From what the driver gives to what is sent as JSON; None where it can go as it is."""
    if isinstance(type_, Json):
        return msgspec.Raw
    if isinstance(type_, Encrypted) and not isinstance(type_, EncryptedJson):
        return partial(ring_of(dialect).decrypt, type_.context.encode())
    if isinstance(type_, _SENT_AS_GIVEN.get(dialect.name, Id)):
        return None
    if isinstance(type_, UtcTime) and dialect.name == "sqlite":
        return _WHOLE_SECONDS
    return typed_converter(type_, dialect)


def _is_numeric(type_: TypeEngine[Any], dialect: Dialect) -> bool:
    impl = type_.dialect_impl(dialect)
    return isinstance(getattr(impl, "impl_instance", impl), Numeric)
