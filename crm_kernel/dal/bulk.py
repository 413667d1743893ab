"""Writing rows past the session, one or many at once: one statement, or COPY, in the open transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Date, Dialect, Table, bindparam, insert, update
from sqlalchemy.dialects.postgresql import TSVECTOR

from crm_kernel.dal.base import Record
from crm_kernel.dal.faults import constrained
from crm_kernel.dal.sqlite.driver import driver_of
from crm_kernel.dal.types import Encrypted, Id, uuid7_many

if TYPE_CHECKING:
    from crm_kernel.dal.unit_of_work import UnitOfWork

COPY_FROM = 20
"""Rows from which COPY is worth its set-up."""

Values = list[Any]

_UNSET = object()


class Insertion:
    """How rows that give the same columns get into a table; made once, as SQL text and functions."""

    def __init__(self, model: type[Any], given: Sequence[str], dialect: Dialect) -> None:
        table: Table = model.__table__
        signed = [name for name in _SIGNED if issubclass(model, Record) and name not in given]
        defaults = [c for c in table.columns if c.default is not None and c.name not in (*given, *signed)]
        keys = [*given, *signed, *(column.name for column in defaults)]
        compiled = insert(table).inline().compile(dialect=dialect, column_keys=keys)
        self.table = table
        self.sql = str(compiled)
        self.names: Sequence[str] = tuple(compiled.positiontup or ())
        self._signed = frozenset(signed)
        self._makers = {column.name: _maker(column) for column in defaults}
        self._binders = {name: _binder(table.c[name], dialect) for name in self.names}

    def columns(self, work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> dict[str, Values]:
        """The values of every column as the driver takes them, in the order of the statement."""
        count, signature = len(rows), _signature(work) if self._signed else {}
        found: dict[str, Values] = {}
        for name in self.names:
            bind = self._binders[name]
            if name in self._signed:
                values = [signature[name]]
                found[name] = (bind(values) if bind else values) * count
                continue
            make = self._makers.get(name)
            values = make(count) if make else [row[name] for row in rows]
            found[name] = bind(values) if bind else values
        return found


async def insert_rows(work: UnitOfWork, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of column values, all with the same keys."""
    if not rows:
        return
    database = work.database
    key = ("insert", model, tuple(rows[0]))
    plan: Insertion | None = database.plans.get(key)
    if plan is None:
        plan = Insertion(model, key[2], database.engine.dialect)
        database.plans.keep(key, plan)
    with constrained():
        await _send(work, plan, plan.columns(work, rows))


async def settle(work: UnitOfWork) -> None:
    """Wait for rows the database may still be writing. Raises IntegrityError and the like for them."""
    driver = driver_of(work.connection)
    if driver is not None:
        with constrained():
            await driver.settle()


async def _send(work: UnitOfWork, plan: Insertion, columns: Mapping[str, Values]) -> None:
    dialect, table = work.database.engine.dialect, plan.table
    records = list(zip(*columns.values(), strict=True))
    driver = driver_of(work.connection)
    if driver is not None:
        driver.insert(plan.sql, records)
    elif dialect.name != "postgresql" or len(records) < COPY_FROM:
        await work.connection.exec_driver_sql(plan.sql, records[0] if len(records) == 1 else records)
    elif any(isinstance(_stored(table.c[name], dialect), TSVECTOR) for name in columns):
        await _unnest(work, table, columns)
    else:
        await _copy(work, table, plan.names, records)


async def update_rows(work: UnitOfWork, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Set columns of rows by their `id`, all with the same keys."""
    if not rows:
        return
    table: Table = model.__table__
    names = [name for name in rows[0] if name != "id"]
    values: dict[str, Any] = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    if issubclass(model, Record):
        values = {"version": table.c.version + 1, "updated_at": work.now} | values
    statement = update(table).where(table.c.id == bindparam("row_id", type_=table.c.id.type)).values(values)
    given = [{"row_id": row["id"]} | {f"new_{name}": row[name] for name in names} for row in rows]
    await work.connection.execute(statement, given)


_SIGNED = ("dealership_id", "owner_id", "created_by", "created_at", "updated_at", "version")


def _signature(work: UnitOfWork) -> dict[str, Any]:
    """What a record gets from the transaction: its dealership, author, times, first version."""
    actor = work.actor
    person = {"owner_id": actor.id, "created_by": actor.id} if actor is not None else {}
    place = {"dealership_id": actor.dealership_id} if actor is not None else {}
    times = {"created_at": work.now, "updated_at": work.now, "version": 1}
    return dict.fromkeys(_SIGNED) | person | place | times


def _maker(column: Column[Any]) -> Callable[[int], list[Any]]:
    """Gives as many values of a column's default as asked for."""
    default: Any = column.default
    if not default.is_callable:
        return lambda count: [default.arg] * count
    if isinstance(column.type, Id) and column.primary_key:
        return uuid7_many
    return lambda count: [default.arg(None) for _place in range(count)]


def _stored(column: Column[Any], dialect: Dialect) -> Any:
    """The database's own type of a column."""
    found = column.type.dialect_impl(dialect)
    return getattr(found, "impl_instance", found)


def _binder(column: Column[Any], dialect: Dialect) -> Callable[[Values], Values] | None:
    """Turns values into what the driver takes; None where they are the same."""
    kind = column.type
    if isinstance(kind, Encrypted):
        return lambda values: kind.encrypt_many(values, dialect)
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return None

    def bind(values: Values) -> Values:
        # A whole chunk often has one dealership, one owner, one moment, one empty list.
        latest, result, found = _UNSET, None, []
        for value in values:
            if value is not latest:
                latest, result = value, None if value is None else process(value)
            found.append(result)
        return found

    def bind_dates(values: Values) -> Values:
        known = {value: process(value) for value in set(values)}
        return [known[value] for value in values]

    return bind_dates if isinstance(kind, Date) else bind


async def _driver(work: UnitOfWork) -> Any:
    connection = work.connection
    # SQLAlchemy begins the transaction with the first statement it sends; COPY passes it by.
    await connection.exec_driver_sql("SELECT 1")
    return (await connection.get_raw_connection()).driver_connection


async def _copy(
    work: UnitOfWork, table: Table, names: Sequence[str], records: Sequence[tuple[Any, ...]]
) -> None:
    driver = await _driver(work)
    await driver.copy_records_to_table(
        table.name, records=records, columns=list(names), schema_name=table.schema
    )


async def _unnest(work: UnitOfWork, table: Table, columns: Mapping[str, list[Any]]) -> None:
    """For types that COPY cannot send in binary form: they travel as arrays of text."""
    dialect = work.database.engine.dialect
    preparer = dialect.identifier_preparer
    kinds = {name: _stored(table.c[name], dialect) for name in columns}
    sent = {
        name: "text" if isinstance(kind, TSVECTOR) else kind.compile(dialect) for name, kind in kinds.items()
    }
    names = [preparer.quote(name) for name in columns]
    arrays = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(sent.values(), start=1))
    casts = ", ".join(
        f"{name}::tsvector" if isinstance(kind, TSVECTOR) else name
        for name, kind in zip(names, kinds.values(), strict=True)
    )
    listed = ", ".join(names)
    driver = await _driver(work)
    await driver.execute(
        f"INSERT INTO {preparer.format_table(table)} ({listed})"  # noqa: S608
        f" SELECT {casts} FROM unnest({arrays}) AS given({listed})",
        *columns.values(),
    )
