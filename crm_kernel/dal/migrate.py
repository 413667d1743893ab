"""Migrations: every plugin's tables brought up to date in the order of `requires`, or taken away again."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_kernel.dal.base import metadata
from crm_kernel.dal.environments import KERNEL, Environment, environments, unfinished
from crm_kernel.dal.schema import ensure_schema
from crm_kernel.errors import Conflict, NotFound
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.dal.database import Database
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
log = logging.getLogger("crm.migrate")

ADVISORY_LOCK = 7_061_706
MARIADB_LOCK = "LEFT(CONCAT('crm_migrate_', DATABASE()), 64)"
"""Names are the server's, not the database's."""
LOCK_SECONDS = 60
SAMPLE = 2000
"""Index entries SQLite looks at per index for its statistics."""


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """Where a plugin's tables stand: `state` is `current`, `pending`, `upgraded`, `none` or `failed`."""

    plugin: str
    revision: str
    head: str
    state: str
    fault: str = ""


async def upgrade_all(kernel: Kernel) -> list[MigrationReport]:
    """Upgrade everything; a failing plugin is reported with its dependents' fate left to the kernel."""
    await ensure_schema(kernel.db.engine, kernel.settings.database_schema)
    reports: list[MigrationReport] = []
    found, bare = environments(kernel)
    failed: set[str] = set()
    for environment in found:
        if environment.plugin in kernel.plugins and failed & set(kernel.plugins[environment.plugin].requires):
            failed.add(environment.plugin)
            continue
        try:
            async with alone(kernel.db) as connection:
                report = await connection.run_sync(_upgrade, environment)
        except Exception as fault:
            if environment.plugin == KERNEL:
                raise
            log.exception("migration failed", extra={"plugin": environment.plugin})
            failed.add(environment.plugin)
            report = _failed(environment.plugin, fault)
        reports.append(report)
    for name, tables in bare:
        try:
            async with alone(kernel.db) as connection:
                await connection.run_sync(partial(metadata.create_all, tables=tables))
                lacking = await connection.run_sync(unfinished, [table.name for table in tables])
        except Exception as fault:
            log.exception("making tables failed", extra={"plugin": name})
            reports.append(_failed(name, fault))
            continue
        wrong = (
            f"{', '.join(lacking)} missing: tables that change need register_migrations" if lacking else ""
        )
        reports.append(MigrationReport(name, "", "", "failed" if wrong else "none", wrong))
    # SQLite gathers no statistics by itself, and tables have grown since the last start.
    if kernel.db.dialect == "sqlite" or any(report.state == "upgraded" for report in reports):
        await analyze(kernel)
    return reports


async def status_all(kernel: Kernel) -> list[MigrationReport]:
    """Where every environment stands, changing nothing; `failed` where its revisions cannot be read."""
    found, bare = environments(kernel)
    reports: list[MigrationReport] = []
    async with kernel.db.engine.connect() as connection:
        for environment in found:
            try:
                reports.append(await connection.run_sync(_status, environment))
            except SQLAlchemyError:
                raise
            except Exception as fault:
                reports.append(_failed(environment.plugin, fault))
    return reports + [MigrationReport(name, "", "", "none") for name, _tables in bare]


async def drop(kernel: Kernel, name: str) -> None:
    """Take away all tables of a plugin, running or in quarantine, and what is in them.

    Raises NotFound for a plugin without tables (and for the kernel), Conflict while the tables of plugins
    that require it stand.
    """
    found, bare = environments(kernel, resting=True)
    by_name = {environment.plugin: environment for environment in found if environment.plugin != KERNEL}
    tables = dict(bare)
    if name not in by_name and name not in tables:
        raise NotFound(_("There is no module {name} with tables.")(name=name))
    own = by_name[name].tables if name in by_name else {table.name for table in tables[name]}
    await check_not_needed(kernel, name)
    async with alone(kernel.db) as connection:
        if name in by_name:
            await connection.run_sync(by_name[name].downgrade)
        else:
            await connection.run_sync(partial(metadata.drop_all, tables=tables[name]))
        left = sorted(own & await standing_tables(connection))
        if left:
            raise StepUnfinished(left)


async def check_not_needed(kernel: Kernel, name: str) -> None:
    """Raise Conflict while the tables of plugins that require this one stand."""
    found, bare = environments(kernel, resting=True)
    tables = {environment.plugin: environment.tables for environment in found}
    tables |= {plugin: frozenset(table.name for table in own) for plugin, own in bare}
    async with kernel.db.engine.connect() as connection:
        standing = await standing_tables(connection)
    blockers = [other for other in _dependents(kernel, name) if tables.get(other, frozenset()) & standing]
    if blockers:
        raise Conflict(
            _("{names} need it. Drop them first.")(names=", ".join(blockers)), code="dependents_exist"
        )


async def standing_tables(connection: AsyncConnection) -> set[str]:
    """Names of the tables there are."""
    return set(await connection.run_sync(lambda c: inspect(c).get_table_names()))


class StepUnfinished(Exception):
    """A step ran through and what it promised does not hold; it is taken back and counts as not done."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))


def _dependents(kernel: Kernel, name: str) -> list[str]:
    """Plugins that require it, directly or through others."""
    found = [name]
    for plugin in kernel.plugins:
        if set(plugin.requires) & set(found):
            found.append(plugin.name)
    return found[1:]


async def analyze(kernel: Kernel, tables: Iterable[str] = ()) -> None:
    """Refresh the planner's statistics; without them SQLite picks the wrong index for every look-up.

    `tables` limits it to those that grew (default: all of ours).
    """
    wanted = set(tables) or {name for name in metadata.tables if name.startswith("crm_")}
    async with kernel.db.engine.execution_options(crm_write=True).connect() as connection:
        quote = connection.dialect.identifier_preparer.quote
        standing = await standing_tables(connection)
        word = "ANALYZE TABLE" if kernel.db.dialect in ("mariadb", "mysql") else "ANALYZE"
        if kernel.db.dialect == "sqlite":
            await connection.exec_driver_sql(f"PRAGMA analysis_limit={SAMPLE}")
        for name in sorted(wanted & standing):
            await connection.exec_driver_sql(f"{word} {quote(name)}")
        await connection.commit()


def _status(connection: Connection, environment: Environment) -> MigrationReport:
    head, revision = environment.head(), environment.revision(connection)
    return MigrationReport(environment.plugin, revision, head, "current" if revision == head else "pending")


def _failed(plugin: str, fault: Exception) -> MigrationReport:
    return MigrationReport(plugin, "", "", "failed", f"{type(fault).__name__}: {fault}")


def _upgrade(connection: Connection, environment: Environment) -> MigrationReport:
    before = _status(connection, environment)
    if before.state == "current":
        return before
    environment.upgrade(connection)
    lacking = unfinished(connection, environment.tables)
    if lacking:
        raise StepUnfinished(lacking)
    return MigrationReport(environment.plugin, before.head, before.head, "upgraded")


@asynccontextmanager
async def alone(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction in which nobody else migrates; committed at the end, rolled back on any exception."""
    async with database.engine.execution_options(crm_write=True).connect() as connection:
        mariadb = database.dialect in ("mariadb", "mysql")
        if database.dialect == "sqlite":
            await _foreign_keys(connection, on=False)
        elif mariadb:
            await connection.execute(text(f"SELECT GET_LOCK({MARIADB_LOCK}, :wait)"), {"wait": LOCK_SECONDS})
        else:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": ADVISORY_LOCK})
        try:
            yield connection
            await connection.commit()
        except BaseException:
            await connection.rollback()
            raise
        finally:
            if database.dialect == "sqlite":
                await _foreign_keys(connection, on=True)
            elif mariadb:
                await connection.execute(text(f"SELECT RELEASE_LOCK({MARIADB_LOCK})"))


async def _foreign_keys(connection: AsyncConnection, *, on: bool) -> None:
    """SQLite changes a table by making it anew, which would set off its foreign keys."""
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
