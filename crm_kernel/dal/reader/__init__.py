"""The fast way to read: prepared statements straight on a driver connection, without a transaction.

One file per driver. Each sees committed data only, and every commit of this process at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from crm_kernel.dal.prepared import Prepared

RawRows = Sequence[Sequence[Any]]


class Reader(Protocol):
    """Runs a prepared statement and gives the rows as the driver does."""

    async def fetch(self, prepared: Prepared, arguments: tuple[Any, ...]) -> RawRows:
        """All rows. Raises what the driver raises."""

    async def close(self) -> None:
        """Give every connection back."""


def make_reader(engine: AsyncEngine) -> Reader:
    """The reader for the engine's driver; a database without one of its own gets the portable reader."""
    if engine.dialect.driver == "aiosqlite" and engine.url.database not in (None, "", ":memory:"):
        from crm_kernel.dal.reader.sqlite import SqliteReader

        return SqliteReader(str(engine.url.database))
    if engine.dialect.driver == "asyncpg":
        from crm_kernel.dal.reader.asyncpg import AsyncpgReader

        return AsyncpgReader(engine)
    from crm_kernel.dal.reader.portable import PortableReader

    return PortableReader(engine)
