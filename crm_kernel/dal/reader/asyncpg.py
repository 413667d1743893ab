"""asyncpg without a transaction: one round trip per statement, on connections borrowed once from the pool.

The pool's own checks do not reach a borrowed connection, so a closed one is replaced here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_kernel.dal.prepared import Prepared

if TYPE_CHECKING:
    from crm_kernel.dal.reader import RawRows

SIZE = 4
"""Connections kept for reading; the engine's pool must be larger."""

GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,
)


class _Borrowed:
    """A connection of the pool and the driver's connection inside it."""

    __slots__ = ("connection", "driver")

    def __init__(self, connection: AsyncConnection, driver: Any) -> None:
        self.connection = connection
        self.driver = driver

    async def discard(self) -> None:
        """Close it for good; the pool makes another when it needs one."""
        await self.connection.invalidate()
        await self.connection.close()


class AsyncpgReader:
    """A few connections, each serving one statement at a time."""

    def __init__(self, engine: AsyncEngine, size: int = SIZE) -> None:
        self._engine = engine
        self._free = asyncio.Semaphore(size)
        self._idle: list[_Borrowed] = []

    async def fetch(self, prepared: Prepared, arguments: tuple[Any, ...]) -> RawRows:
        async with self._free:
            borrowed = await self._take()
            try:
                rows = await borrowed.driver.fetch(prepared.sql, *arguments)
            except GONE as fault:
                if isinstance(fault, asyncpg.InterfaceError) and not borrowed.driver.is_closed():
                    self._idle.append(borrowed)
                    raise
                # The server went away under us: what else lies idle is as dead. Reading twice harms nobody.
                await self._discard(borrowed, *self._idle)
                borrowed = await self._take()
                rows = await self._again(borrowed, prepared, arguments)
            except asyncpg.PostgresError:
                self._idle.append(borrowed)
                raise
            except BaseException:
                await asyncio.shield(self._discard(borrowed))
                raise
            self._idle.append(borrowed)
            found: RawRows = rows
            return found

    async def close(self) -> None:
        held, self._idle = self._idle, []
        for borrowed in held:
            await borrowed.connection.close()

    async def _again(self, borrowed: _Borrowed, prepared: Prepared, arguments: tuple[Any, ...]) -> Any:
        try:
            return await borrowed.driver.fetch(prepared.sql, *arguments)
        except BaseException:
            await asyncio.shield(self._discard(borrowed))
            raise

    async def _take(self) -> _Borrowed:
        while self._idle:
            borrowed = self._idle.pop()
            if not borrowed.driver.is_closed():
                return borrowed
            await self._discard(borrowed)
        connection = await self._engine.connect()
        raw = await connection.get_raw_connection()
        return _Borrowed(connection, raw.driver_connection)

    async def _discard(self, *dead: _Borrowed) -> None:
        for borrowed in dead:
            if borrowed in self._idle:
                self._idle.remove(borrowed)
            await borrowed.discard()
