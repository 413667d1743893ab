"""Reading through SQLAlchemy's own connection: for every driver, and inside an open unit of work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_kernel.dal.prepared import Prepared

if TYPE_CHECKING:
    from crm_kernel.dal.reader import RawRows


async def fetch_on(connection: AsyncConnection, prepared: Prepared, arguments: tuple[Any, ...]) -> RawRows:
    """All rows, on a connection somebody else opened, in whatever transaction it is."""
    found = await connection.exec_driver_sql(prepared.sql, arguments)
    return found.all()


class PortableReader:
    """A connection of the pool for each statement."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def fetch(self, prepared: Prepared, arguments: tuple[Any, ...]) -> RawRows:
        async with self._engine.connect() as connection:
            return await fetch_on(connection, prepared, arguments)

    async def close(self) -> None:
        """Nothing is held."""
