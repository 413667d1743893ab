"""A connection: what runs on the loop, what in its thread, and rows written behind."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy.engine.interfaces import AdaptedConnection
from sqlalchemy.util import await_

from crm_kernel.dal.reader.sqlite import BUSY_MS
from crm_kernel.dal.sqlite.cursor import SqliteCursor
from crm_kernel.dal.sqlite.statements import FEW, MOST_VALUES, TOGETHER, Values, insertion_of
from crm_kernel.dal.sqlite.stopwatch import Stopwatch

T = TypeVar("T")

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32768",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA busy_timeout=0",
)
_BUSY = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))


class _AtOnce:
    """Nothing to wait for: SQLAlchemy insists that every statement waits for something."""

    def __await__(self) -> Generator[None, None, None]:
        yield from ()


class SqliteConnection(AdaptedConnection):
    """A connection with a thread for what is long. One task uses it at a time."""

    __slots__ = ("_failure", "_latest", "_stopwatch", "_thread", "isolation_level")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options |= {"isolation_level": None, "check_same_thread": False, "cached_statements": 512}
        self._connection: Any = sqlite3.connect(*arguments, **options)
        for pragma in PRAGMAS:
            self._connection.execute(pragma)
        self._thread: ThreadPoolExecutor | None = None
        self._latest: Future[Any] | None = None
        self._failure: Exception | None = None
        """Of rows written behind, until somebody hears of it."""
        self._stopwatch = Stopwatch()

    def cursor(self, server_side: bool = False) -> SqliteCursor:
        """A cursor; all of them keep their rows in memory."""
        return SqliteCursor(self, self._connection.cursor())

    def here(self, call: Callable[[], T], *, cut: bool) -> T:
        """Run something short on the loop, or in the thread when it has to wait or turns out long."""
        if self._failure is not None or self._occupied():
            return self.elsewhere(call)
        await_(_AtOnce())
        try:
            return self._timed(call) if cut else call()
        except sqlite3.OperationalError as fault:
            code = (getattr(fault, "sqlite_errorcode", None) or 0) & 0xFF
            if code not in _BUSY and not (cut and code == sqlite3.SQLITE_INTERRUPT):
                raise
        return self.elsewhere(call)

    def elsewhere(self, call: Callable[[], T], *, takes_back: bool = False) -> T:
        """Run something in the thread, where it may wait for another process.

        Raises what went wrong with rows written behind, unless it takes them back anyway.
        """
        return await_(asyncio.wrap_future(self._submit(lambda: self._patiently(call, takes_back))))

    def insert(self, sql: str, rows: Sequence[Values]) -> None:
        """Insert rows at once, or behind what the thread has to do when they are many."""
        if self._failure is None and not self._occupied() and len(rows) * len(rows[0]) <= FEW:
            self._connection.executemany(sql, rows)
        else:
            self._submit(lambda: self._behind(sql, rows))

    async def settle(self) -> None:
        """Wait for rows written behind. Raises what went wrong with them."""
        if self._occupied() and self._latest is not None:
            await asyncio.wrap_future(self._latest)
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _occupied(self) -> bool:
        """Whether the thread works: on rows written behind, or for somebody who gave up waiting."""
        return self._latest is not None and not self._latest.done()

    def _submit(self, job: Callable[[], T]) -> Future[T]:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="crm-sqlite")
        submitted = self._latest = self._thread.submit(job)
        return submitted

    def _behind(self, sql: str, rows: Sequence[Values]) -> None:
        if self._failure is None:
            try:
                self._insert_many(sql, rows)
            except Exception as fault:
                self._failure = fault

    def _insert_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Many rows with few statements: sqlite3 asks for the interpreter's lock again after each of them."""
        begin, most = 0, min(TOGETHER, MOST_VALUES // len(rows[0]))
        while begin < len(rows):
            count = min(most, 1 << (len(rows) - begin).bit_length() - 1)
            values = list(chain.from_iterable(rows[begin : begin + count]))
            self._connection.execute(insertion_of(sql, count), values)
            begin += count

    def _timed(self, call: Callable[[], T]) -> T:
        self._stopwatch.start(time.monotonic())
        self._stopwatch.watch(self._connection)
        try:
            return call()
        finally:
            self._connection.set_progress_handler(None, 0)

    def _patiently(self, call: Callable[[], T], takes_back: bool) -> T:
        failure, self._failure = self._failure, None
        if failure is not None and not takes_back:
            raise failure
        self._connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        try:
            return call()
        finally:
            self._connection.execute("PRAGMA busy_timeout=0")

    def begin(self, *, writes: bool) -> None:
        """Begin a transaction; one that writes waits for every other writer first."""
        self.here(lambda: self._connection.execute(f"BEGIN{' IMMEDIATE' * writes}"), cut=False)

    def commit(self) -> None:
        """Commit in the thread: it writes to the disk."""
        self.elsewhere(self._connection.commit)

    def rollback(self) -> None:
        """Take back what was not committed."""
        if self._failure is not None or self._occupied():
            self.elsewhere(self._connection.rollback, takes_back=True)
        else:
            self.here(self._connection.rollback, cut=False)

    def create_function(self, *arguments: Any, **options: Any) -> None:
        """Offer a Python function to statements."""
        self._connection.create_function(*arguments, **options)

    def close(self) -> None:
        """Close once the thread is done."""
        if self._thread is not None:
            self._thread.shutdown(wait=True)
        self._connection.close()

    terminate = close
