"""SQLite on the event loop: a short statement takes less time there than its way to a thread and back.

A statement that takes longer than the budget is cut and run again in a thread, so that the loop never stands
still; its shape is then sent to a thread at once for a while.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from crm_kernel.dal.prepared import Prepared
from crm_kernel.dal.sqlite.stopwatch import BUDGET, Stopwatch

if TYPE_CHECKING:
    from crm_kernel.dal.reader import RawRows

AVOID = 2.0
"""Seconds for which a shape that was cut goes straight to a thread."""
THREADS = 2
BUSY_MS = 5000

_PRAGMAS = ("PRAGMA query_only=ON", "PRAGMA temp_store=MEMORY", "PRAGMA cache_size=-32768")
_GO_ELSEWHERE = frozenset((sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))


class SqliteReader:
    """One connection for the loop, one for each of a few threads. All read only."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._inline: sqlite3.Connection | None = None
        self._stopwatch = Stopwatch()
        self._threads: ThreadPoolExecutor | None = None
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []

    async def fetch(self, prepared: Prepared, arguments: tuple[Any, ...]) -> RawRows:
        now = time.monotonic()
        if now < prepared.slow_until:
            return (await self._elsewhere(prepared.sql, arguments))[0]
        connection = self._inline or self._open_inline()
        self._stopwatch.start(now)
        try:
            return connection.execute(prepared.sql, arguments).fetchall()
        except sqlite3.OperationalError as fault:
            code = (getattr(fault, "sqlite_errorcode", None) or 0) & 0xFF
            if code not in _GO_ELSEWHERE:
                raise
        rows, taken = await self._elsewhere(prepared.sql, arguments)
        if taken > BUDGET:
            prepared.slow_until = now + AVOID
        return rows

    async def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=True)
            self._threads = None
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        self._inline = None
        self._local = threading.local()

    def _open(self, busy_ms: int) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        connection.execute(f"PRAGMA busy_timeout={busy_ms}")
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        self._opened.append(connection)
        return connection

    def _open_inline(self) -> sqlite3.Connection:
        self._inline = self._open(0)
        self._stopwatch.watch(self._inline)
        return self._inline

    async def _elsewhere(self, sql: str, arguments: tuple[Any, ...]) -> tuple[RawRows, float]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="crm-read")
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._fetch_in_thread, sql, arguments
        )

    def _fetch_in_thread(self, sql: str, arguments: tuple[Any, ...]) -> tuple[RawRows, float]:
        """The rows and the seconds of work they took: a statement may be cut only because others ran."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open(BUSY_MS)
        started = time.thread_time()
        rows = connection.execute(sql, arguments).fetchall()
        return rows, time.thread_time() - started
