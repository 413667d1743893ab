"""Carries events to the endpoints: each at least once, those of one record in their order."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.dal.types import uuid7
from crm_kernel.events.store import StoredEvent
from crm_kernel.i18n import translate
from crm_kernel.outbound.addresses import Refused
from crm_kernel.outbound.client import Answer, Interrupted, NotReached
from crm_kernel.webhooks import signing, store
from crm_kernel.webhooks.choice import wants
from crm_kernel.webhooks.events import TESTED
from crm_kernel.webhooks.models import WebhookDelivery, WebhookEndpoint

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.webhooks")

PAUSES = (5, 30, 120, 300, 600, 900, 1800, *[3600] * 48)
"""Seconds before each further attempt: two days of them, then the delivery is laid aside."""
LONGEST_ASKED = 3600
LEASE = timedelta(seconds=60)
SECONDS = 15.0
PLANNED, SENT, CONCURRENT = 200, 50, 10
GONE = 410


class Courier:
    """A follower of the event log. Several processes may run one each.

    An event becomes a row for each endpoint that wants it, in the transaction that moves the endpoint's
    position; sending takes rows by lease, so whatever a process that dies was sending is sent again, with the
    same id.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    async def catch_up(self) -> int:
        """Plan and send what is due now; returns how much was planned and tried."""
        done = 0
        head = await self._kernel.events.store.head()
        for endpoint_id in await store.behind(self._kernel.db, head):
            done += await self._plan(endpoint_id, head)
        return done + await self._send_due()

    async def _plan(self, endpoint_id: UUID, head: int) -> int:
        """Turn events up to `head` into deliveries of one endpoint."""
        planned = 0
        while True:
            now = self._kernel.clock.now()
            async with self._kernel.db.work(None, now=now) as work:
                endpoint = await store.taken(work, endpoint_id)
                if endpoint is None or not endpoint.active or endpoint.position >= head:
                    return planned
                events = await self._kernel.events.store.read(
                    endpoint.position, PLANNED, dealership=endpoint.dealership_id
                )
                chosen = [one for one in events if one.position <= head and _for(endpoint, one)]
                await work.bulk_insert(WebhookDelivery, [_row(endpoint, one, now) for one in chosen])
                full = len(events) == PLANNED
                endpoint.position = max(endpoint.position, events[-1].position if full else head)
                planned += len(chosen)

    async def _send_due(self) -> int:
        sent = 0
        while True:
            found = await self._claim()
            if not found:
                return sent
            sent += len(found)
            places = await store.by_id(self._kernel.db, {one.endpoint_id for one in found})
            events = await self._kernel.events.store.by_id({one.event_id for one in found})
            room = asyncio.Semaphore(CONCURRENT)

            async def carry(
                one: WebhookDelivery,
                room: asyncio.Semaphore = room,
                places: dict[UUID, WebhookEndpoint] = places,
                events: dict[UUID, StoredEvent] = events,
            ) -> None:
                async with room:
                    await self._carry(one, places[one.endpoint_id], events.get(one.event_id))

            async with asyncio.TaskGroup() as group:
                for one in found:
                    group.create_task(carry(one))

    async def _claim(self) -> Sequence[WebhookDelivery]:
        now = self._kernel.clock.now()
        if not await store.any_due(self._kernel.db, now):
            return ()
        candidates = await store.due(self._kernel.db, now, SENT)
        if not candidates:
            return ()
        async with self._kernel.db.work(None, now=now) as work:
            return [one for one in candidates if await store.claim(work, one, now + LEASE)]

    async def _carry(
        self, delivery: WebhookDelivery, endpoint: WebhookEndpoint, event: StoredEvent | None
    ) -> None:
        if event is None:
            await self._note(delivery, None, "the event is no longer there")
            return
        body = message(event)
        keys = valid_secrets(endpoint, self._kernel.clock.now())
        headers = signing.headers(keys, str(event.id), self._kernel.clock.now(), body)
        try:
            answer = await self._kernel.service("outbound").send(
                "POST", endpoint.url, headers=headers, body=body, seconds=SECONDS, limit=0
            )
        except Refused as fault:
            await self._note(delivery, None, translate(fault.message, self._kernel.settings.locale))
        except (NotReached, Interrupted) as fault:
            await self._note(delivery, None, f"{type(fault).__name__}: {fault}")
        else:
            await self._note(delivery, answer, "" if 200 <= answer.status < 300 else f"HTTP {answer.status}")

    async def _note(self, delivery: WebhookDelivery, answer: Answer | None, fault: str) -> None:
        """Remember how it went, and when to try again."""
        now = self._kernel.clock.now()
        async with self._kernel.db.work(None, now=now) as work:
            row = await work.session.get(WebhookDelivery, delivery.id)
            endpoint = await work.session.get(WebhookEndpoint, delivery.endpoint_id)
            if row is None or endpoint is None or row.state != store.SENDING:
                return
            row.status, row.fault = answer.status if answer else None, fault[:500]
            if not fault:
                row.state, row.done_at, row.due_at = store.DELIVERED, now, None
                if endpoint.failing_since is not None:
                    endpoint.failing_since, endpoint.fault = None, ""
                    await store.wake(work, endpoint.id, now)
                return
            endpoint.failing_since = endpoint.failing_since or now
            endpoint.fault = row.fault
            if answer is not None and answer.status == GONE:
                endpoint.active = False
            if row.attempts > len(PAUSES):
                row.state, row.due_at, row.done_at = store.DEAD, None, now
            else:
                row.state, row.due_at = store.WAITING, now + _pause(row.attempts, answer)
        log.warning(
            "webhook not delivered",
            extra={"delivery": str(delivery.id), "attempts": row.attempts, "state": row.state},
        )


def message(event: StoredEvent) -> bytes:
    """What is sent: the same bytes at every attempt."""
    document: dict[str, Any] = {"type": event.name, "timestamp": event.at, "data": event.payload}
    return msgspec.json.encode(document)


def valid_secrets(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first."""
    return [
        one["secret"]
        for one in endpoint.secrets
        if one["until"] is None or datetime.fromisoformat(one["until"]) > now
    ]


def _for(endpoint: WebhookEndpoint, event: StoredEvent) -> bool:
    if event.name == TESTED:
        return bool(event.payload["endpoint_id"] == str(endpoint.id))
    return wants(endpoint.events, event.name)


def _row(endpoint: WebhookEndpoint, event: StoredEvent, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "endpoint_id": endpoint.id,
        "event_id": event.id,
        "position": event.position,
        "event": event.name,
        "entity": event.entity,
        "record_id": event.record_id,
        "at": event.at,
        "state": store.WAITING,
        "due_at": now,
    }


def _pause(attempts: int, answer: Answer | None) -> timedelta:
    """Longer each time, a little apart so that not all come back at once, and not before the receiver
    asks."""
    seconds = PAUSES[attempts - 1] * (1 + random.random() / 10)
    asked = answer.headers.get("retry-after", "") if answer is not None else ""
    if asked.isascii() and asked.isdigit() and len(asked) < 6:
        seconds = max(seconds, min(int(asked), LONGEST_ASKED))
    return timedelta(seconds=seconds)
