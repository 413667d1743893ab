"""Brings events to their subscribers: in this process at once, from others within the polling time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from crm_kernel.contributions import Subscription
from crm_kernel.deadline import asked_to_stop
from crm_kernel.events.models import Cursor
from crm_kernel.events.subscriber import Subscriber
from crm_kernel.logs import describe

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.events")

POLL = 0.5
PAUSE = 0.02
CONCURRENT = 4


class Dispatcher:
    """Runs the subscriptions of the running plugins. Several processes may run one each."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._log = kernel.events
        self._room = asyncio.Semaphore(CONCURRENT)
        self._busy: dict[str, asyncio.Task[int]] = {}

    async def prepare(self) -> None:
        """Give each new subscription a cursor at the end of the log: it hears what happens from now on."""
        known = await self._log.store.cursors()
        missing = [s for s in self._subscriptions() if s.name not in known or known[s.name].event != s.event]
        if not missing:
            return
        end = await self._log.store.head()
        for subscription in missing:
            try:
                async with self._kernel.db.work(None) as work:
                    cursor = await self._log.store.lock(work, subscription.name, wait=True)
                    if cursor is None:
                        cursor = Cursor(subscriber=subscription.name, position=end, attempts=0)
                        work.session.add(cursor)
                    cursor.event = subscription.event
            except IntegrityError:
                log.info("another process made the cursor of %s", subscription.name)

    def _subscriptions(self) -> list[Subscription]:
        return self._kernel.registry.of(Subscription)

    async def drain(self) -> int:
        """Handle everything that waits now and what follows from it; returns how many events were handled.

        For hosts without a background task, and for tests. Failing subscribers are left for later.
        """
        await self.prepare()
        total = 0
        while True:
            await self._log.sequence()
            lagging = await self._log.store.lagging(self._kernel.clock.now())
            handled = 0
            for subscription in self._subscriptions():
                if subscription.name in lagging:
                    handled += await Subscriber(self._kernel, subscription).catch_up()
            for follower in self._log.followers.values():
                handled += await follower.catch_up()
            if not handled:
                return total
            total += handled

    async def run(self) -> None:
        """Go on until cancelled; a database that is away is waited for."""
        try:
            while not asked_to_stop():
                self._log.arrived.clear()
                try:
                    await self._tick()
                except Exception as fault:
                    log.error("events wait", extra=describe(fault))
                    await asyncio.sleep(POLL)
                await asyncio.sleep(PAUSE)
                try:
                    async with asyncio.timeout(POLL):
                        await self._log.arrived.wait()
                except TimeoutError:
                    continue
        finally:
            await self._end()

    async def _tick(self) -> None:
        await self._log.sequence()
        lagging = await self._log.store.lagging(self._kernel.clock.now())
        for subscription in self._subscriptions():
            if subscription.name in lagging:
                self._start(subscription.name, self._catch_up(subscription))
        for name, follower in self._log.followers.items():
            self._start(name, follower.catch_up())

    def _start(self, name: str, reading: Coroutine[Any, Any, int]) -> None:
        if name in self._busy:
            reading.close()
            return
        task = self._busy[name] = asyncio.create_task(reading)
        task.add_done_callback(partial(self._finished, name))

    async def _catch_up(self, subscription: Subscription) -> int:
        async with self._room:
            return await Subscriber(self._kernel, subscription).catch_up()

    def _finished(self, name: str, task: asyncio.Task[int]) -> None:
        self._busy.pop(name, None)
        fault = None if task.cancelled() else task.exception()
        if fault is not None:
            log.error("subscriber waits", extra={"subscriber": name, **describe(fault)})
        elif not task.cancelled() and task.result():
            self._log.arrived.set()

    async def _end(self) -> None:
        running = list(self._busy.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
