"""One listener at work: each event once, in order, in a transaction that also moves its cursor."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from crm_kernel.contributions import Subscription
from crm_kernel.events.models import Cursor
from crm_kernel.events.store import StoredEvent
from crm_kernel.logs import describe, outline

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.events")

MAX_ATTEMPTS = 8
FIRST_RETRY = 2.0
LONGEST_RETRY = 300.0
DEADLINE = 10.0
BATCH = 50
BATCH_SECONDS = 0.1


class HandlerFailed(Exception):
    """A handler raised; `before` events of its batch had gone well and were rolled back with it."""

    def __init__(self, event: StoredEvent, before: int) -> None:
        super().__init__(event.name)
        self.event = event
        self.before = before


class Subscriber:
    """A subscription with its cursor.

    Because the cursor moves in the handler's own transaction, what the handler writes to the database takes
    effect exactly once; what it does elsewhere may happen twice and has to be idempotent. A few events share
    a transaction while all goes well. A handler gets ten seconds: whatever takes longer belongs into a job.
    """

    def __init__(self, kernel: Kernel, subscription: Subscription) -> None:
        self._kernel = kernel
        self.subscription = subscription
        self._store = kernel.events.store

    @property
    def name(self) -> str:
        """The subscription's name, which is also the cursor's."""
        return self.subscription.name

    async def catch_up(self) -> int:
        """Handle what waits, until nothing does or an event fails; returns how many were handled."""
        handled = 0
        limit = BATCH
        while True:
            try:
                done, more = await self._batch(limit)
            except HandlerFailed as failed:
                if failed.before:
                    limit = failed.before
                    continue
                await self._note(failed)
                return handled
            handled += done
            if not more:
                return handled
            limit = BATCH

    async def _batch(self, limit: int) -> tuple[int, bool]:
        """How many events were handled in one transaction, and whether more may wait."""
        now = self._kernel.clock.now()
        started = time.monotonic()
        async with self._kernel.db.work(None, now=now) as work:
            cursor = await self._store.lock(work, self.name)
            if cursor is None or cursor.stopped or (cursor.retry_at is not None and cursor.retry_at > now):
                return 0, False
            done, more = 0, False
            for event in await self._store.read(cursor.position, limit, self.subscription.event):
                try:
                    async with asyncio.timeout(DEADLINE):
                        await self.subscription.handler(self._kernel, self._decode(event), event)
                        await work.flush()
                except Exception as fault:
                    raise HandlerFailed(event, done) from fault
                done, last = done + 1, event.position
                more = done == limit or time.monotonic() - started > BATCH_SECONDS
                if more:
                    break
            if done:
                _move(cursor, last)
            return done, more

    def _decode(self, event: StoredEvent) -> Any:
        return msgspec.convert(event.payload, self.subscription.struct)

    async def _note(self, failed: HandlerFailed) -> None:
        """Remember the fault and when to try again; stop after the last attempt."""
        fault = failed.__cause__ or failed
        now = self._kernel.clock.now()
        async with self._kernel.db.work(None, now=now) as work:
            cursor = await self._store.lock(work, self.name, wait=True)
            if cursor is None or cursor.position >= failed.event.position:
                return
            cursor.attempts += 1
            cursor.failing = failed.event.position
            cursor.stopped = cursor.attempts >= MAX_ATTEMPTS
            pause = min(FIRST_RETRY * 2 ** (cursor.attempts - 1), LONGEST_RETRY)
            cursor.retry_at = None if cursor.stopped else now + timedelta(seconds=pause)
            cursor.fault = outline(fault)
            attempts, stopped = cursor.attempts, cursor.stopped
        log.error(
            "subscriber stopped" if stopped else "subscriber failed",
            extra={
                "subscriber": self.name,
                "event_id": str(failed.event.id),
                "attempts": attempts,
                **describe(fault),
            },
        )


def _move(cursor: Cursor, position: int) -> None:
    cursor.position = position
    if cursor.attempts:
        release(cursor)


def release(cursor: Cursor) -> None:
    """Forget a fault, so that the subscriber goes on at once."""
    cursor.failing, cursor.attempts, cursor.retry_at, cursor.stopped, cursor.fault = None, 0, None, False, ""
