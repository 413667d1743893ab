"""Alembic environments: one per plugin, each with its own version table and its own tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, event, inspect

from crm_kernel.access.organisation import Base
from crm_kernel.contributions import Migrations
from crm_kernel.dal.base import metadata
from crm_kernel.dal.rerunnable import if_not_done

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

KERNEL = "kernel"
KERNEL_MIGRATIONS = "crm_kernel.migrations"


@dataclass(frozen=True, slots=True)
class Environment:
    """A plugin's revisions, where they are counted, and the tables they may touch."""

    plugin: str
    package: str
    tables: frozenset[str]

    @property
    def version_table(self) -> str:
        """The table that holds the plugin's revision."""
        return f"crm_alembic_{self.plugin}"

    @property
    def folder(self) -> Path:
        """Where its revisions lie."""
        return Path(str(files(self.package))) / "versions"

    def scripts(self) -> ScriptDirectory:
        """Its revisions."""
        config = Config()
        config.set_main_option("script_location", str(self.folder.parent))
        config.set_main_option("version_locations", str(self.folder))
        config.set_main_option("path_separator", "os")
        return ScriptDirectory.from_config(config)

    def owns(self, _object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        """Whether comparing tables may look at it."""
        return kind != "table" or name in self.tables

    def head(self) -> str:
        """The newest revision there is."""
        return self.scripts().get_current_head() or ""

    def revision(self, connection: Connection) -> str:
        """The revision the database has."""
        options = {"version_table": self.version_table}
        return MigrationContext.configure(connection, opts=options).get_current_revision() or ""

    def upgrade(self, connection: Connection) -> None:
        """Bring the tables to the newest revision."""
        scripts = self.scripts()
        self._run(connection, scripts, lambda revision: scripts._upgrade_revs("head", revision))

    def downgrade(self, connection: Connection) -> None:
        """Take every revision back, and the version table with it."""
        scripts = self.scripts()
        mariadb = connection.dialect.name in ("mariadb", "mysql")
        if mariadb:  # it holds on to an index that a foreign key leans on, although both are to go
            connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 0")
        try:
            self._run(connection, scripts, lambda revision: scripts._downgrade_revs("base", revision))
        finally:
            if mariadb:
                connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 1")
        quote = connection.dialect.identifier_preparer.quote
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quote(self.version_table)}")

    def _run(
        self, connection: Connection, scripts: ScriptDirectory, steps: Callable[[Any], Sequence[Any]]
    ) -> None:
        def work(revision: Any, _context: MigrationContext) -> Any:
            return steps(revision)

        once = connection.dialect.name in ("mariadb", "mysql")
        if once:
            event.listen(connection, "before_cursor_execute", if_not_done, retval=True)
        try:
            with EnvironmentContext(Config(), scripts, fn=work) as context:
                context.configure(
                    connection=connection,
                    target_metadata=metadata,
                    version_table=self.version_table,
                    include_object=self.owns,
                    render_as_batch=True,
                    transaction_per_migration=False,
                )
                context.run_migrations()
        finally:
            if once:
                event.remove(connection, "before_cursor_execute", if_not_done)


def unfinished(connection: Connection, tables: Iterable[str]) -> list[str]:
    """What is declared and not there: tables, and columns as `table.column`."""
    found = inspect(connection).get_multi_columns(filter_names=list(tables))
    standing = {key[1]: {column["name"] for column in columns} for key, columns in found.items()}
    return [
        missing
        for name in sorted(tables)
        if (table := metadata.tables.get(name)) is not None
        for missing in _missing(table, standing.get(name))
    ]


def _missing(table: Table, columns: set[str] | None) -> list[str]:
    if columns is None:
        return [table.name]
    return [f"{table.name}.{column.name}" for column in table.columns if column.name not in columns]


def environments(
    kernel: Kernel, *, resting: bool = False
) -> tuple[list[Environment], list[tuple[str, list[Table]]]]:
    """The kernel's and the running plugins' environments in boot order, and plugins that have only tables.

    `resting` adds plugins in quarantine, as far as they could be imported. A plugin that fails to say where
    its revisions lie is quarantined.
    """
    found = [Environment(KERNEL, KERNEL_MIGRATIONS, kernel_tables())]
    bare: list[tuple[str, list[Table]]] = []
    for plugin in kernel.plugins if resting else kernel.plugins.running:
        if plugin.builtin or plugin.module is None or not (resting or plugin.state == "on"):
            continue
        try:
            models = kernel.plugins.call(plugin, "register_models") or ()
            given = kernel.plugins.call(plugin, "register_migrations")
        except Exception as fault:
            kernel.quarantine(plugin.name, f"migrations: {type(fault).__name__}: {fault}")
            continue
        if isinstance(given, Migrations):
            names = frozenset(model.__tablename__ for model in models)
            found.append(Environment(plugin.name, given.package, names))
        elif models:
            bare.append((plugin.name, [model.__table__ for model in models]))
    return found, bare


def kernel_tables() -> frozenset[str]:
    """Names of the kernel's own tables, as far as their rooms are imported."""
    return frozenset(
        table.name for mapper in Base.registry.mappers for table in mapper.tables if isinstance(table, Table)
    )
