"""Databases for tests: a file of its own on SQLite, a database per worker on the servers."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

SERVERS = {
    "postgresql": ("CRM_TEST_POSTGRES_URL", "postgresql+asyncpg://root@127.0.0.1:5432/postgres"),
    "mariadb": ("CRM_TEST_MARIADB_URL", "mariadb+asyncmy://root@127.0.0.1:3306/test"),
}


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """Where a test's tables lie."""

    __test__ = False

    backend: str
    url: str


def required() -> bool:
    """Whether an absent service or browser is a failure: `CRM_TEST_SERVICES=require`."""
    return os.environ.get("CRM_TEST_SERVICES") == "require"


def absent(what: str) -> None:
    """Skip, loudly; or fail where services are required."""
    import pytest

    if required():
        pytest.fail(f"{what} is required and does not answer", pytrace=False)
    pytest.skip(f"{what} does not answer")


@cache
def reachable(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((host, port), timeout=2):
            return True
    except OSError:
        return False


def answers(backend: str) -> bool:
    """Whether the tests' server of a backend can be reached."""
    if backend == "sqlite":
        return True
    url = make_url(_server_url(backend))
    return reachable(url.host or "127.0.0.1", url.port or 0)


def _server_url(backend: str) -> str:
    variable, default = SERVERS[backend]
    return os.environ.get(variable, default)


async def database_for(backend: str, folder: Path, purpose: str = "") -> TestDatabase:
    """A place for tables, of this process alone and per purpose: skips or fails when the server is away."""
    if backend == "sqlite":
        return TestDatabase(backend, f"sqlite+aiosqlite:///{folder / 'test.db'}")
    url = make_url(_server_url(backend))
    if not answers(backend):
        absent(backend)
    name = f"crm_test_{os.getpid()}{purpose and f'_{purpose}'}"
    await _ensure_database(backend, str(url.render_as_string(hide_password=False)), name)
    return TestDatabase(backend, url.set(database=name).render_as_string(hide_password=False))


async def empty_database(backend: str, folder: Path, purpose: str) -> TestDatabase:
    """A place for tables with no table in it, although this process had some there before."""
    if backend == "sqlite":
        return TestDatabase(backend, f"sqlite+aiosqlite:///{_new_file(folder, purpose)}")
    _ready.discard((backend, f"crm_test_{os.getpid()}_{purpose}"))
    return await database_for(backend, folder, purpose)


def _new_file(folder: Path, purpose: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{purpose}.db"
    file.unlink(missing_ok=True)
    return file


async def _ensure_database(backend: str, url: str, name: str) -> None:
    if (backend, name) in _ready:
        return
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"DROP DATABASE IF EXISTS {name}{_force(backend)}"))
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    _ready.add((backend, name))


_ready: set[tuple[str, str]] = set()


async def drop_databases() -> None:
    """Remove the databases this process made on the servers."""
    for backend, name in sorted(_ready):
        engine = create_async_engine(_server_url(backend), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f"DROP DATABASE IF EXISTS {name}{_force(backend)}"))
        await engine.dispose()
    _ready.clear()


def _force(backend: str) -> str:
    return " WITH (FORCE)" if backend == "postgresql" else ""


async def empty_all(connection: AsyncConnection) -> None:
    """Delete every row of every table that has one, whatever the foreign keys say; revisions stay noted."""
    backend = connection.dialect.name
    if backend == "postgresql":
        listing = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        await connection.execute(text("SET session_replication_role = replica"))
    else:
        listing = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        await connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
    tables = [
        row[0] for row in await connection.execute(text(listing)) if not row[0].startswith("crm_alembic_")
    ]
    if tables:
        probe = " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM {t})" for t in tables)
        for row in (await connection.execute(text(probe))).all():
            await connection.execute(text(f"DELETE FROM {row[0]}"))
    checked = {"postgresql": "SET session_replication_role = DEFAULT"}.get(
        backend, "SET FOREIGN_KEY_CHECKS = 1"
    )
    await connection.execute(text(checked))
    await connection.commit()
