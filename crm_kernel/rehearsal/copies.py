"""Scratch copies of our tables: made from the original without changing it, gone at the end."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_kernel.dal.engine import make_engine
from crm_kernel.rehearsal.postgresql import copy_schema
from crm_kernel.settings import Settings

OURS = "crm_"


@dataclass(frozen=True, slots=True)
class Copy:
    """Settings that lead to a copy, and the parts a kernel needs to stay within it."""

    settings: Settings
    overrides: dict[str, Any] = field(default_factory=dict)


@asynccontextmanager
async def copied(settings: Settings, scratch: Path) -> AsyncIterator[Copy]:
    """A copy of the database of `settings`, with its home (keys, not files) under `scratch`.

    SQLite: a file. MariaDB: a database of its own. PostgreSQL: a schema of its own. Raises what the database
    says when the account may not make one.
    """
    _bring_keys(settings.home, scratch)
    backend = make_url(settings.database_url).get_backend_name()
    ways = {"sqlite": _sqlite, "postgresql": _postgresql, "mariadb": _mariadb, "mysql": _mariadb}
    async with ways[backend](replace(settings, home=scratch), settings) as copy:
        yield copy


def _bring_keys(home: Path, scratch: Path) -> None:
    scratch.mkdir(parents=True, exist_ok=True)
    keys = home / "keys.json"
    if keys.exists():
        (scratch / "keys.json").write_bytes(keys.read_bytes())


@asynccontextmanager
async def _sqlite(mine: Settings, original: Settings) -> AsyncIterator[Copy]:
    source, target = make_url(original.database_url).database or "", mine.home / "rehearsal.db"
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as read,
        closing(sqlite3.connect(target)) as write,
    ):
        read.backup(write)
    yield Copy(replace(mine, database_url=f"sqlite+aiosqlite:///{target}"))


@asynccontextmanager
async def _mariadb(mine: Settings, original: Settings) -> AsyncIterator[Copy]:
    name, url = _scratch_name(), make_url(original.database_url)
    engine = make_engine(original)
    try:
        async with engine.connect() as connection:
            await connection.exec_driver_sql(f"CREATE DATABASE `{name}`")
            for table in await connection.run_sync(own_tables):
                await connection.exec_driver_sql(f"CREATE TABLE `{name}`.`{table}` LIKE `{table}`")
                rows = f"INSERT INTO `{name}`.`{table}` SELECT * FROM `{table}`"  # noqa: S608 - tables of ours
                await connection.exec_driver_sql(rows)
            await connection.commit()
        copy = url.set(database=name).render_as_string(hide_password=False)
        yield Copy(replace(mine, database_url=copy))
    finally:
        async with engine.connect() as connection:
            await connection.exec_driver_sql(f"DROP DATABASE IF EXISTS `{name}`")
        await engine.dispose()


@asynccontextmanager
async def _postgresql(mine: Settings, original: Settings) -> AsyncIterator[Copy]:
    name, engine = _scratch_name(), make_engine(original)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(copy_schema, name, await connection.run_sync(own_tables))
        yield Copy(mine, {"engine": _within(make_engine(mine), name)})
    finally:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
        await engine.dispose()


def _within(engine: AsyncEngine, schema: str) -> AsyncEngine:
    """An engine that sees one schema only, from its very first look on."""

    def narrow(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f'SET search_path TO "{schema}"')
        cursor.close()
        connection.commit()

    event.listen(engine.sync_engine.pool, "connect", narrow, insert=True)
    return engine


def own_tables(connection: Connection) -> list[str]:
    """Our tables, whoever else has some in the same database."""
    return sorted(name for name in inspect(connection).get_table_names() if name.startswith(OURS))


async def row_counts(engine: AsyncEngine) -> dict[str, int]:
    """Rows of each of our tables."""
    async with engine.connect() as connection:
        quote = connection.dialect.identifier_preparer.quote
        counts = {}
        for name in await connection.run_sync(own_tables):
            found = await connection.exec_driver_sql(f"SELECT COUNT(*) FROM {quote(name)}")  # noqa: S608 - a table of ours
            counts[name] = int(found.scalar_one())
    return counts


def _scratch_name() -> str:
    return f"crm_rehearsal_{uuid4().hex[:12]}"
