"""The access log's writer: what may wait a second is written together, what must be certain at once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from crm_kernel.audit.store import AuditStore
from crm_kernel.errors import Unavailable
from crm_kernel.logs import describe
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
log = logging.getLogger("crm.audit")

VERBS = frozenset({"opened", "searched", "printed", "exported", "revealed", "called", "denied"})
AT_ONCE = frozenset({"printed", "exported", "revealed", "called"})
"""Written before the caller goes on, so that nothing leaves the house unrecorded."""

DELAY = 1.0
TOGETHER = 200
MOST = 20_000


class AccessWriter:
    """Collects accesses and writes them once a second, or when two hundred have come together.

    When the database stays away and twenty thousand wait, further accesses are refused: nobody reads
    records without leaving a trace.
    """

    def __init__(self, kernel: Kernel, store: AuditStore) -> None:
        self._kernel = kernel
        self._store = store
        self._waiting: list[dict[str, Any]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._flushes: set[asyncio.Task[None]] = set()

    async def write(self, row: dict[str, Any]) -> None:
        """Take an access. Raises Unavailable when too many could not be written."""
        if row["verb"] in AT_ONCE:
            async with self._kernel.db.work(None) as work:
                await self._store.append_accesses(work, [row])
            return
        if len(self._waiting) >= MOST:
            raise Unavailable(_("The access log cannot be written. Try again in a moment."))
        self._waiting.append(row)
        if len(self._waiting) == TOGETHER:
            self._start()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(DELAY, self._start)

    def _start(self) -> None:
        self._cancel_timer()
        task = asyncio.create_task(self._flush_or_wait())
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)

    async def _flush_or_wait(self) -> None:
        try:
            await self.flush()
        except Exception as fault:
            log.error("access log waits", extra={"waiting": len(self._waiting), **describe(fault)})
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(DELAY, self._start)

    async def flush(self) -> None:
        """Write what waits, in a transaction of its own."""
        self._cancel_timer()
        taken, self._waiting = self._waiting, []
        if not taken:
            return
        try:
            async with self._kernel.db.work(None) as work:
                await self._store.append_accesses(work, taken)
        except BaseException:
            self._waiting = taken + self._waiting
            raise

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
