"""Tables: named after the plugin, made and taken away on every database, nothing left behind."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, inspect, select

from crm_kernel.contributions import Entity
from crm_kernel.dal import migrate
from crm_kernel.dal.base import metadata
from crm_kernel.dal.scoped import trusted
from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.kernel import Kernel
from crm_kernel.removal import leaving
from crm_kernel.removal.belongings import belongings
from crm_kernel.removal.store import DATA, WORKINGS
from crm_kernel.scaffold.revisions import differences
from crm_kernel.testing.contract.check import Level, Unchecked, check
from crm_kernel.testing.contract.subject import Subject
from crm_kernel.testing.databases import answers, empty_database
from crm_kernel.text import messages

_ = messages("kernel")


@check(Level.SILVER, _("Tables are named after the plugin"))
async def tables_named(subject: Subject) -> Sequence[str]:
    """`crm_<plugin>` or `crm_<plugin>_*`: a host sees whose they are."""
    own = f"crm_{subject.name}"
    tables = [table.name for table in belongings(subject.kernel, subject.name).tables]
    return [
        f"{name} should be called {own}_*"
        for name in tables
        if name != own and not name.startswith(own + "_")
    ]


@check(Level.BRONZE, _("Tables come, go and come again on SQLite"))
async def migrations_sqlite(subject: Subject) -> Sequence[str]:
    """Up, as the models say; down, to nothing; up again."""
    return await _round_trip(subject, "sqlite")


@check(Level.SILVER, _("Tables come, go and come again on PostgreSQL"), "postgres")
async def migrations_postgresql(subject: Subject) -> Sequence[str]:
    """Up, as the models say; down, to nothing; up again."""
    return await _round_trip(subject, "postgresql")


@check(Level.SILVER, _("Tables come, go and come again on MariaDB"), "mariadb")
async def migrations_mariadb(subject: Subject) -> Sequence[str]:
    """Up, as the models say; down, to nothing; up again."""
    return await _round_trip(subject, "mariadb")


async def _round_trip(subject: Subject, backend: str) -> Sequence[str]:
    tables = {table.name for table in belongings(subject.kernel, subject.name).tables}
    if not tables:
        return []
    if not answers(backend):
        raise Unchecked(f"no {backend} server answers")
    (subject.home / backend).mkdir(exist_ok=True)
    async with subject.alone(await empty_database(backend, subject.home / backend, "contract")) as kernel:
        found = await _up(subject, kernel)
        if not found:
            found = await differences(kernel, subject.name)
        if not found:
            await migrate.drop(kernel, subject.name)
            found = [f"{name} is left after going down" for name in sorted(tables & await _standing(kernel))]
        if not found:
            found = await _up(subject, kernel)
            found += [f"{name} does not come again" for name in sorted(tables - await _standing(kernel))]
    return found


async def _up(subject: Subject, kernel: Kernel) -> list[str]:
    reports = [report for report in await migrate.upgrade_all(kernel) if report.fault]
    return [f"{report.plugin}: {report.fault}" for report in reports]


async def _standing(kernel: Kernel) -> set[str]:
    async with kernel.db.engine.connect() as connection:
        return set(await connection.run_sync(lambda c: inspect(c).get_table_names()))


@check(Level.SILVER, _("Once dropped, nothing speaks of it any more"))
async def leaves_nothing(subject: Subject) -> Sequence[str]:
    """No table, grant, field, cursor, schedule or search entry in its name."""
    async with subject.alone(await empty_database("sqlite", subject.home / "sqlite", "leaving")) as kernel:
        if found := await _up(subject, kernel):
            return found
        await Dispatcher(kernel).prepare()
        await leaving.drop(kernel, subject.name)
        own = belongings(kernel, subject.name)
        for trace in (*WORKINGS, *DATA):
            rows = select(func.count()).select_from(trace.table).where(trace.names(own))
            if await kernel.db.first(trusted(rows)):
                found.append(f"{trace.table.name} still speaks of it")
        left = {table.name for table in own.tables} & await _standing(kernel)
        return [*found, *(f"{name} is left" for name in sorted(left))]


def _leads_somewhere(subject: Subject, reference: str | None) -> bool:
    """Colleagues are no entity, and every record may name them."""
    return reference in (None, "staff") or subject.kernel.registry.entity(str(reference)) is not None


@check(Level.BRONZE, _("Every column an entity declares is there, and every reference leads somewhere"))
async def entities_sound(subject: Subject) -> Sequence[str]:
    """Fields name columns or derived values; references name entities; keys name fields."""
    found = []
    for entity in subject.of(Entity):
        columns = set(metadata.tables[entity.model.__tablename__].columns.keys())
        for one in entity.fields:
            if one.name not in columns and one.name not in entity.derived:
                found.append(f"{entity.name}.{one.name} is no column")
            if not _leads_somewhere(subject, one.reference):
                found.append(f"{entity.name}.{one.name} refers to {one.reference}, which is not there")
        found += [
            f"{entity.name}: the key {name} is no field" for name in entity.key if entity.field(name) is None
        ]
    return found
