"""Tables of modules: made, changed, dropped, and what happens when a step fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import BigInteger, ForeignKey, Integer, String, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel import Kernel, Settings, hookimpl, messages
from crm_kernel.contributions import Manifest, Migrations
from crm_kernel.dal.base import Record, Row, metadata, record_indexes
from crm_kernel.dal.environments import environments
from crm_kernel.dal.migrate import analyze, drop, status_all, upgrade_all
from crm_kernel.dal.types import Amount, Encrypted, Id
from crm_kernel.errors import Conflict, NotFound
from crm_kernel.scaffold.revisions import make_revision
from crm_kernel.testing.databases import TestDatabase, database_for
from crm_kernel.testing.plugin import BACKENDS

_ = messages("toy")


class WorkshopBase(DeclarativeBase):
    metadata = metadata


class Bay(Record, WorkshopBase):
    __tablename__ = "crm_workshop_bay"
    __table_args__ = record_indexes()
    name: Mapped[str] = mapped_column(String(40))
    counter: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    rate: Mapped[Decimal | None] = mapped_column(Amount)
    code: Mapped[str | None] = mapped_column(Encrypted("crm_workshop_bay.code"))


class PartsBase(DeclarativeBase):
    metadata = metadata


class Shelf(Row, PartsBase):
    __tablename__ = "crm_parts_shelf"
    bay_id = mapped_column(Id, ForeignKey("crm_workshop_bay.id"))


class LooseBase(DeclarativeBase):
    metadata = metadata


class Poster(Row, LooseBase):
    __tablename__ = "crm_poster"
    title: Mapped[str] = mapped_column(String(40))


def module(name: str, model: type, *, package: str = "", requires: tuple[str, ...] = ()) -> ModuleType:
    made = ModuleType(name)
    made.manifest = hookimpl(lambda: Manifest(name, _(name), "1.0", requires=requires))
    made.register_models = hookimpl(lambda: [model])
    if package:
        made.register_migrations = hookimpl(lambda: Migrations(package))
    return made


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("crm_toy_workshop", "crm_toy_parts"):
        folder = tmp_path / "site" / name / "migrations"
        (folder / "versions").mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        (folder.parent / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path / "site")
    yield tmp_path / "site"
    for name in [name for name in sys.modules if name.startswith("crm_toy_")]:
        del sys.modules[name]


@pytest.fixture(params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> TestDatabase:
    """A database of its own, without any table."""
    given = await database_for(request.param, tmp_path, "migrations")
    engine = create_async_engine(given.url)
    async with engine.begin() as connection:
        if given.backend == "postgresql":
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
        elif given.backend == "mariadb":
            await connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
            for (name,) in (await connection.execute(text("SHOW TABLES"))).all():
                await connection.exec_driver_sql(f"DROP TABLE `{name}`")
            await connection.execute(text("SET FOREIGN_KEY_CHECKS = 1"))
    await engine.dispose()
    return given


@pytest.fixture
async def kernel(packages: Path, tmp_path: Path, database: TestDatabase):
    settings = Settings.load({}, home=tmp_path / "home", database_url=database.url)
    kernel = Kernel.boot(
        settings,
        modules=[
            module("poster", Poster),
            module("parts", Shelf, package="crm_toy_parts.migrations", requires=("workshop",)),
            module("workshop", Bay, package="crm_toy_workshop.migrations"),
        ],
        discover=False,
    )
    yield kernel
    await kernel.db.close()


async def tables(kernel: Kernel) -> set[str]:
    async with kernel.db.engine.connect() as connection:
        names = await connection.run_sync(lambda c: inspect(c).get_table_names())
    return {name for name in names if name.startswith(("crm_workshop", "crm_parts", "crm_poster"))}


async def states(kernel: Kernel, ask: Callable = status_all) -> dict[str, tuple[str, str]]:
    return {r.plugin: (r.revision, r.state) for r in await ask(kernel) if r.plugin != "kernel"}


async def first_revisions(kernel: Kernel) -> None:
    assert await make_revision(kernel, "workshop", "Bays & more") is not None
    await upgrade_all(kernel)
    assert await make_revision(kernel, "parts", "shelves") is not None
    await upgrade_all(kernel)


async def test_a_developer_gets_the_first_revision_written_and_nothing_when_nothing_differs(
    kernel: Kernel,
) -> None:
    written = await make_revision(kernel, "workshop", "Bays & more")
    assert written is not None
    assert written.name == "workshop_0001_bays_more.py"
    source = written.read_text("utf-8")
    assert "crm_kernel.dal.types.Encrypted('crm_workshop_bay.code')" in source
    assert "crm_parts_shelf" not in source
    with pytest.raises(Conflict):
        await make_revision(kernel, "workshop", "again")
    assert await states(kernel, upgrade_all) == {
        "workshop": ("workshop_0001", "upgraded"),
        "parts": ("", "current"),
        "poster": ("", "none"),
    }
    assert await make_revision(kernel, "workshop", "again") is None
    with pytest.raises(NotFound):
        await make_revision(kernel, "poster", "x")


async def test_each_module_is_upgraded_after_what_it_requires(kernel: Kernel) -> None:
    await first_revisions(kernel)
    assert await tables(kernel) == {"crm_workshop_bay", "crm_parts_shelf", "crm_poster"}
    assert await states(kernel, upgrade_all) == {
        "workshop": ("workshop_0001", "current"),
        "parts": ("parts_0001", "current"),
        "poster": ("", "none"),
    }
    assert [e.plugin for e in environments(kernel)[0]] == ["kernel", "workshop", "parts"]
    await analyze(kernel, ["crm_workshop_bay"])


async def test_a_module_others_need_is_not_dropped(kernel: Kernel) -> None:
    await first_revisions(kernel)
    with pytest.raises(Conflict, match="parts"):
        await drop(kernel, "workshop")
    assert len(await tables(kernel)) == 3
    await drop(kernel, "parts")
    await drop(kernel, "workshop")
    await drop(kernel, "poster")
    assert await tables(kernel) == set()
    assert await states(kernel) == {
        "workshop": ("", "pending"),
        "parts": ("", "pending"),
        "poster": ("", "none"),
    }
    for name in ("kernel", "nobody"):
        with pytest.raises(NotFound):
            await drop(kernel, name)


SECOND = """
from alembic import op
import sqlalchemy as sa

revision = "workshop_0002"
down_revision = "workshop_0001"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("crm_workshop_bay") as batch:
        batch.add_column(sa.Column("lift", sa.String(20)))
        batch.create_index("ix_lift", ["dealership_id", "lift"])
    op.create_table("crm_workshop_tool", sa.Column("id", sa.Integer, primary_key=True))
    {then}


def downgrade():
    op.drop_table("crm_workshop_tool")
    with op.batch_alter_table("crm_workshop_bay") as batch:
        batch.drop_index("ix_lift")
        batch.drop_column("lift")
"""


async def test_a_step_that_fails_can_be_taken_again_and_disturbs_no_other_module(
    kernel: Kernel, packages: Path
) -> None:
    await first_revisions(kernel)
    second = packages / "crm_toy_workshop" / "migrations" / "versions" / "workshop_0002_lifts.py"
    second.write_text(SECOND.format(then="raise RuntimeError('power cut')"))
    reports = {report.plugin: report for report in await upgrade_all(kernel)}
    assert reports["workshop"].state == "failed"
    assert "power cut" in reports["workshop"].fault
    assert "parts" not in reports
    assert reports["poster"].state == "none"
    if kernel.db.dialect != "mariadb":
        assert "crm_workshop_tool" not in await tables(kernel)
    second.write_text(SECOND.format(then="pass"))
    assert (await states(kernel, upgrade_all))["workshop"] == ("workshop_0002", "upgraded")
    assert "crm_workshop_tool" in await tables(kernel)
    await drop(kernel, "parts")
    await drop(kernel, "workshop")
    assert await tables(kernel) == {"crm_poster"}


FORGETFUL = """
from alembic import op

revision = "workshop_0002"
down_revision = "workshop_0001"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("crm_workshop_bay") as batch:
        batch.drop_column("rate")


def downgrade():
    pass
"""


async def test_a_step_counts_as_done_only_when_the_declared_tables_stand(
    kernel: Kernel, packages: Path
) -> None:
    await first_revisions(kernel)
    second = packages / "crm_toy_workshop" / "migrations" / "versions" / "workshop_0002_no_rate.py"
    second.write_text(FORGETFUL)
    reports = {report.plugin: report for report in await upgrade_all(kernel)}
    assert (reports["workshop"].state, reports["poster"].state) == ("failed", "none")
    assert "crm_workshop_bay.rate" in reports["workshop"].fault
    assert (await states(kernel))["workshop"] == ("workshop_0001", "pending")


async def test_a_table_that_has_changed_needs_migrations_and_says_so(kernel: Kernel) -> None:
    async with kernel.db.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE crm_poster (id CHAR(36) PRIMARY KEY)"))
    reports = {report.plugin: report for report in await upgrade_all(kernel)}
    assert reports["poster"].state == "failed"
    assert "crm_poster.title missing" in reports["poster"].fault
