"""A cursor that keeps its rows, whichever side its statement ran on."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_cursor
from sqlalchemy.util import immutabledict

from crm_kernel.dal.sqlite.statements import FEW, Values, kind_of

if TYPE_CHECKING:
    from crm_kernel.dal.sqlite.connection import SqliteConnection


class SqliteCursor(AsyncAdapt_dbapi_cursor):
    """One statement and its rows. Reading them is SQLAlchemy's own."""

    __slots__ = ()

    def __init__(self, connection: SqliteConnection, cursor: sqlite3.Cursor) -> None:
        self._adapt_connection: Any = connection
        self._cursor: Any = cursor
        self._rows = deque()
        self._soft_closed_memoized = immutabledict()

    def execute(self, operation: Any, parameters: Any = None) -> None:
        """Run a statement and take its rows."""
        connection, values = self._adapt_connection, parameters or ()

        def call() -> list[Any]:
            cursor = self._cursor.execute(operation, values)
            return cursor.fetchall() if cursor.description is not None else []

        kind = kind_of(operation)
        if kind == "query" or (kind == "short" and len(values) <= FEW):
            self._rows = deque(connection.here(call, cut=kind == "query"))
        else:
            self._rows = deque(connection.elsewhere(call, takes_back=kind == "undoing"))

    def executemany(self, operation: Any, seq_of_parameters: Sequence[Values]) -> None:  # type: ignore[override]
        """Run a statement once for each set of values."""

        def call() -> None:
            self._cursor.executemany(operation, seq_of_parameters)

        if kind_of(operation) == "short" and sum(map(len, seq_of_parameters)) <= FEW:
            self._adapt_connection.here(call, cut=False)
        else:
            self._adapt_connection.elsewhere(call)

    def close(self) -> None:
        """The statement is over; its rows were read."""
        self._rows.clear()
        self._cursor.close()

    async def _async_soft_close(self) -> None:
        """Rows outlast it: they were all taken."""
