"""What SQLAlchemy takes for the driver module, and the way from its connections to ours."""

from __future__ import annotations

import sqlite3
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_kernel.dal.sqlite.connection import SqliteConnection


class SqliteDriver(AsyncAdapt_aiosqlite_dbapi):
    """What SQLAlchemy takes for the driver module."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arguments: Any, **options: Any) -> SqliteConnection:  # type: ignore[override]
        """A connection of the application's own kind."""
        return SqliteConnection(*arguments, **options)


def driver_of(connection: AsyncConnection) -> SqliteConnection | None:
    """The connection below SQLAlchemy's; None where a host's own driver lies there."""
    inner = connection.sync_connection
    found: Any = inner.connection.dbapi_connection if inner is not None else None
    return found if isinstance(found, SqliteConnection) else None
