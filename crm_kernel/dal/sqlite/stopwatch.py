"""How long a statement may run on the event loop before it is cut and run again in a thread."""

from __future__ import annotations

import sqlite3
import time

BUDGET = 0.004
"""Seconds of work a statement may do on the loop."""
PATIENCE = 0.1
"""Seconds it may take in all, waiting for the disk or the processor included."""
STEPS = 1000
"""Instructions of SQLite's machine between two looks at the clock."""


class Stopwatch:
    """Started before each statement, looked at by SQLite while it runs."""

    __slots__ = ("_patience_ends", "_work_ends")

    def __init__(self) -> None:
        self._work_ends: float | None = None
        self._patience_ends = 0.0

    def watch(self, connection: sqlite3.Connection) -> None:
        """Have statements of the connection interrupted that take too long."""
        connection.set_progress_handler(self._too_long, STEPS)

    def start(self, now: float) -> None:
        """A statement begins, at `now` seconds of monotonic time."""
        self._work_ends, self._patience_ends = None, now + PATIENCE

    def _too_long(self) -> bool:
        """Asked at every look; the first one starts the budget, as most statements are done before it."""
        used = time.thread_time()
        if self._work_ends is None:
            self._work_ends = used + BUDGET
        return used > self._work_ends or time.monotonic() > self._patience_ends
