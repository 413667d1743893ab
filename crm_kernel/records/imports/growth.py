"""Tells the planner of tables that have grown: those it saw empty it takes for small ones."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING

from crm_kernel.dal.migrate import analyze
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.logs import describe

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.imports")

FIRST, FACTOR = 2_000, 5
"""Rows of a kind after which statistics are refreshed, and how many times as many until the next refresh."""


class Growth:
    """Counts what this process adds in bulk, however small the portions are in which it comes."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._added: Counter[str] = Counter()
        self._due: dict[str, int] = defaultdict(lambda: FIRST)

    def added(self, work: UnitOfWork, table: str, rows: int) -> None:
        """So many rows are part of a transaction; they count once it stands."""
        if rows:
            work.after_commit(partial(self._grown, table, rows))

    async def _grown(self, table: str, rows: int) -> None:
        self._added[table] += rows
        if self._added[table] < self._due[table]:
            return
        self._due[table] = self._added[table] * FACTOR
        await self._refresh()

    def ended(self, work: UnitOfWork, table: str) -> None:
        """All rows of a table are part of a transaction or stand already: it has its size."""
        work.after_commit(partial(self._refresh, table))

    async def _refresh(self, *tables: str) -> None:
        try:
            await analyze(self._kernel, tables)
        except Exception as fault:  # the rows stand, and whoever sent them must hear so
            log.warning("statistics not refreshed", extra=describe(fault))
