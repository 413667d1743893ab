"""The engine: connection settings that make the three databases behave alike."""

from __future__ import annotations

import logging
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from crm_kernel.dal.schema import checked
from crm_kernel.errors import ConfigurationError
from crm_kernel.settings import Settings
from crm_kernel.text import messages

_ = messages("kernel")
slow_log = logging.getLogger("crm.slow")

ANSWER_SECONDS = 5
"""How long a request waits for a connection before it is told that the database does not answer."""

DRIVERS = {"sqlite": "aiosqlite", "postgresql": "asyncpg", "mariadb": "asyncmy", "mysql": "asyncmy"}


def make_engine(settings: Settings) -> AsyncEngine:
    """An engine for `database_url`; opens no connection. Raises ConfigurationError for an unknown driver."""
    url = make_url(settings.database_url)
    backend, _plus, driver = url.drivername.partition("+")
    if DRIVERS.get(backend) is None or driver != DRIVERS[backend]:
        raise ConfigurationError(
            _("The database address must begin with {names}.")(
                names=", ".join(f"{name}+{driver}" for name, driver in DRIVERS.items())
            )
        )
    options: dict[str, Any] = {"hide_parameters": True}
    if backend == "sqlite":
        from crm_kernel.dal.sqlite.driver import SqliteDriver

        settings.home.mkdir(parents=True, exist_ok=True)
        options["module"] = SqliteDriver()
    else:
        options |= {"pool_pre_ping": True, "pool_recycle": 1800, "pool_size": 10, "max_overflow": 20}
        options["pool_timeout"] = ANSWER_SECONDS
        connect_timeout = "timeout" if backend == "postgresql" else "connect_timeout"
        options["connect_args"] = {connect_timeout: ANSWER_SECONDS}
    if settings.database_schema and backend == "postgresql":
        options["connect_args"]["server_settings"] = {"search_path": checked(settings.database_schema)}
    if backend in ("mariadb", "mysql"):
        options["isolation_level"] = "READ COMMITTED"
        url = url.update_query_dict({"charset": "utf8mb4"})
    engine = create_async_engine(url, **options)
    if backend == "sqlite":
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    _watch_slow(engine, settings.slow_query_ms / 1000)
    return engine


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("crm_write", False)
    connection.connection.dbapi_connection.begin(writes=writes)


def _watch_slow(engine: AsyncEngine, limit: float) -> None:
    """Log statements over the limit, without their values."""

    def before(_c: Any, _cursor: Any, _s: str, _p: Any, context: Any, _many: bool) -> None:
        context.crm_started = time.perf_counter()

    def after(_c: Any, _cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
        note_if_slow(time.perf_counter() - context.crm_started, limit, statement)

    event.listen(engine.sync_engine, "before_cursor_execute", before)
    event.listen(engine.sync_engine, "after_cursor_execute", after)


def note_if_slow(taken: float, limit: float, sql: str) -> None:
    """Log a statement that took as many seconds as the limit or more, without its values."""
    if taken >= limit:
        slow_log.warning("slow query", extra={"ms": round(taken * 1000), "sql": sql[:2000]})
