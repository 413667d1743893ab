"""Seeing and mending subscribers: what an administrator does when one has stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.contributions import Subscription
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, NotFound
from crm_kernel.events.models import Cursor
from crm_kernel.events.subscriber import release
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


@dataclass(frozen=True, slots=True)
class SubscriberState:
    """How a subscriber is: `state` is `running`, `retrying` or `stopped`; `waiting` counts unread events."""

    name: str
    plugin: str
    event: str
    state: str
    position: int
    waiting: int
    attempts: int
    retry_at: datetime | None
    fault: str


class SubscriptionService:
    """The service `subscriptions`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted("events.manage")
    async def list(self, access: Access) -> list[SubscriberState]:
        """Every subscriber of the running plugins."""
        store = self._kernel.events.store
        cursors, lags = await store.cursors(), await store.lags()
        states = []
        for plugin, subscription in self._kernel.registry.owned(Subscription):
            cursor = cursors.get(subscription.name)
            if cursor is None:
                continue
            state = "stopped" if cursor.stopped else "retrying" if cursor.attempts else "running"
            states.append(
                SubscriberState(
                    name=subscription.name,
                    plugin=plugin,
                    event=subscription.event,
                    state=state,
                    position=cursor.position,
                    waiting=lags.get(subscription.name, 0),
                    attempts=cursor.attempts,
                    retry_at=cursor.retry_at,
                    fault=cursor.fault,
                )
            )
        return states

    @permitted("events.manage")
    async def resume(self, access: Access, name: str) -> None:
        """Let a subscriber try its failing event again now. Raises NotFound."""
        async with self._kernel.db.work(access) as work:
            release(await self._cursor(work, name))
            self._tell(work, "resume", name, None)

    @permitted("events.manage")
    async def skip(self, access: Access, name: str, reason: str) -> None:
        """Pass over the event a subscriber fails at. Raises NotFound, or Conflict when none is failing."""
        async with self._kernel.db.work(access) as work:
            cursor = await self._cursor(work, name)
            if cursor.failing is None:
                raise Conflict(_("This subscriber is not failing."), code="not_failing")
            skipped = cursor.position = cursor.failing
            release(cursor)
            work.reason = reason
            self._tell(work, "skip", name, skipped)

    async def _cursor(self, work: UnitOfWork, name: str) -> Cursor:
        cursor = await self._kernel.events.store.lock(work, name, wait=True)
        if cursor is None:
            raise NotFound()
        return cursor

    def _tell(self, work: UnitOfWork, verb: str, name: str, position: int | None) -> None:
        """Into the change log, where there is one; and wake the dispatcher."""
        if self._kernel.offers("audit"):
            after = {"subscriber": name} | ({"position": position} if position is not None else {})
            self._kernel.service("audit").noted(work, verb, "subscriber", None, {}, after)
        work.after_commit(self._kernel.events.arrived.set)
