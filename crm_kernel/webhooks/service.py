"""The service `webhooks`: endpoints with their events and secrets, and what reached them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access
from crm_kernel.contributions import EventType
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, Invalid, Malformed, NotFound
from crm_kernel.outbound.addresses import Refused
from crm_kernel.text import Text, messages
from crm_kernel.webhooks import store
from crm_kernel.webhooks.choice import unknown
from crm_kernel.webhooks.events import TESTED, WebhookTested
from crm_kernel.webhooks.models import WebhookDelivery, WebhookEndpoint
from crm_kernel.webhooks.permissions import MANAGE
from crm_kernel.webhooks.signing import new_secret

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

OVERLAP = timedelta(hours=24)
"""How long the former secret still signs after it was replaced."""
KEPT = timedelta(days=30)
MOST_ENDPOINTS = 20
STATES = (store.WAITING, store.DEAD, store.DELIVERED)


@dataclass(frozen=True, slots=True)
class EndpointView:
    """An endpoint, without its secrets; `counts` are its deliveries by state."""

    id: UUID
    url: str
    label: str
    events: Sequence[str]
    active: bool
    failing_since: datetime | None
    fault: str
    created_at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One event on its way to one endpoint; see WebhookDelivery."""

    id: UUID
    event_id: UUID
    event: str
    entity: str
    record_id: UUID | None
    at: datetime
    state: str
    attempts: int
    due_at: datetime | None
    status: int | None
    fault: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries, latest event first, and where the next page starts."""

    items: Sequence[DeliveryView]
    next: str | None


class WebhookService:
    """Everything is under one right, because who sees where events go may also change it."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted(MANAGE)
    async def list(self, access: Access) -> Sequence[EndpointView]:
        """The endpoints within reach."""
        rows = await store.endpoints(self._kernel.db, access)
        counts = await store.counts(self._kernel.db, [row.id for row in rows])
        return [_view(row, counts.get(row.id, {})) for row in rows]

    @permitted(MANAGE)
    async def get(self, access: Access, id: UUID) -> EndpointView:
        """One endpoint. Raises NotFound."""
        row = await self._one(access, id)
        counts = await store.counts(self._kernel.db, [row.id])
        return _view(row, counts.get(row.id, {}))

    @permitted(MANAGE)
    def events(self, access: Access) -> Sequence[tuple[str, Text | None]]:
        """Every event an endpoint may be told of, by name, with what it says."""
        found = {one.name: one.label for one in self._kernel.registry.of(EventType)}
        return [(name, found[name]) for name in sorted(found) if name != TESTED]

    @permitted(MANAGE)
    async def add(
        self, access: Access, url: str, events: Sequence[str], *, label: str = ""
    ) -> tuple[EndpointView, str]:
        """A new endpoint and its secret, which is shown this once. Told is what happens from now on.

        Raises Invalid for an address that may not be called and for events there are none of.
        """
        await self._check(url, events)
        if len(await store.endpoints(self._kernel.db, access)) >= MOST_ENDPOINTS:
            raise Conflict(_("There are {most} endpoints already.")(most=MOST_ENDPOINTS))
        secret = new_secret()
        await self._kernel.events.sequence()
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = work.add(
                WebhookEndpoint(
                    dealership_id=access.actor.dealership_id,
                    staff_id=access.actor.id,
                    url=url.strip(),
                    label=label.strip()[:120],
                    events=sorted(set(events)),
                    secrets=[{"secret": secret, "until": None}],
                    active=True,
                    position=await self._kernel.events.store.head(),
                    created_at=work.now,
                )
            )
            await work.flush()
            self._tell(work, "create", row)
        return _view(row, {}), secret

    @permitted(MANAGE)
    async def change(
        self,
        access: Access,
        id: UUID,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        label: str | None = None,
    ) -> None:
        """Other address, other events, other label. Raises NotFound, Invalid."""
        held = await self._one(access, id)
        await self._check(url or held.url, events if events is not None else held.events)
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await self._one(access, id, lock=True)
            row.url = url.strip() if url is not None else row.url
            row.events = sorted(set(events)) if events is not None else row.events
            row.label = label.strip()[:120] if label is not None else row.label
            self._tell(work, "change", row)

    @permitted(MANAGE)
    async def switch(self, access: Access, id: UUID, *, active: bool) -> None:
        """Stop telling an endpoint, or go on where it was stopped. Raises NotFound."""
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await self._one(access, id, lock=True)
            row.active = active
            if active:
                row.failing_since, row.fault = None, ""
                await store.wake(work, row.id, work.now, refused=True)
            self._tell(work, "switch_on" if active else "switch_off", row)
            self._hurry(work)

    @permitted(MANAGE)
    async def rotate(self, access: Access, id: UUID) -> str:
        """A new secret, shown this once; the former one signs too for another day. Raises NotFound."""
        secret = new_secret()
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await self._one(access, id, lock=True)
            former = {"secret": row.secrets[0]["secret"], "until": (work.now + OVERLAP).isoformat()}
            row.secrets = [{"secret": secret, "until": None}, former]
            self._tell(work, "rotate", row)
        return secret

    @permitted(MANAGE)
    async def remove(self, access: Access, id: UUID) -> None:
        """Forget an endpoint and what was sent there. Raises NotFound."""
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await self._one(access, id, lock=True)
            await store.forget(work, row.id)
            self._tell(work, "delete", row)
            await work.remove(row)

    @permitted(MANAGE)
    async def test(self, access: Access, id: UUID) -> None:
        """Send an endpoint a message to see whether it takes it. Raises NotFound, Conflict for a stopped
        one."""
        row = await self._one(access, id)
        if not row.active:
            raise Conflict(_("This endpoint is switched off."), code="off")
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            self._kernel.events.emit(work, TESTED, WebhookTested(row.id), dealership_id=row.dealership_id)

    @permitted(MANAGE)
    async def deliveries(
        self,
        access: Access,
        id: UUID,
        *,
        state: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> DeliveryPage:
        """What an endpoint was or is to be told, latest first. Raises NotFound, Malformed."""
        if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise Malformed(_("This page does not exist. Start from the first."))
        row = await self._one(access, id)
        before = int(cursor) if cursor else None
        found = await store.deliveries(self._kernel.db, row.id, state, before, limit + 1)
        following = str(found[limit - 1].position) if len(found) > limit else None
        return DeliveryPage([_delivery(one) for one in found[:limit]], following)

    @permitted(MANAGE)
    async def replay(self, access: Access, id: UUID, delivery_id: UUID | None = None) -> int:
        """Send once more what was laid aside, or one delivery whatever became of it; tells how many.

        Raises NotFound.
        """
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await self._one(access, id, lock=True)
            count = await store.revive(work, row.id, work.now, delivery_id)
            if delivery_id is not None and not count:
                raise NotFound()
            self._tell(work, "replay", row)
            self._hurry(work)
        return count

    @permitted(MANAGE)
    async def dead(self, access: Access) -> int:
        """How many deliveries were laid aside."""
        return await store.dead(self._kernel.db, access)

    @public
    async def tidy(self) -> None:
        """Forget what was delivered a month ago. For the nightly job: shows nobody anything."""
        async with self._kernel.db.work(None) as work:
            await store.forget_before(work, self._kernel.clock.now() - KEPT)

    async def _check(self, url: str, events: Sequence[str]) -> None:
        try:
            await self._kernel.service("outbound").check(url)
        except Refused as fault:
            raise Invalid.one("url", "refused", fault.message) from fault
        if len(url) > 500:
            raise Invalid.one("url", "too_long", _("This is too long."))
        if not events:
            raise Invalid.one("events", "required", _("Choose at least one event."))
        if strange := unknown(events, [one.name for one in self._kernel.registry.of(EventType)]):
            raise Invalid.one("events", "unknown", _("There is no event {name}.")(name=strange[0]))

    async def _one(self, access: Access, id: UUID, *, lock: bool = False) -> WebhookEndpoint:
        found = await store.endpoint(self._kernel.db, access, id, lock=lock)
        if found is None:
            raise NotFound()
        return found

    def _tell(self, work: UnitOfWork, verb: str, row: WebhookEndpoint) -> None:
        if self._kernel.offers("audit"):
            after = {"url": row.url, "events": ", ".join(row.events)}
            self._kernel.service("audit").noted(work, verb, "webhook", row.id, {}, after)

    def _hurry(self, work: UnitOfWork) -> None:
        work.after_commit(self._kernel.events.arrived.set)


def _view(row: WebhookEndpoint, counts: Mapping[str, int]) -> EndpointView:
    shown = dict(counts)
    sending = shown.pop(store.SENDING, 0)
    shown[store.WAITING] = shown.get(store.WAITING, 0) + sending
    return EndpointView(
        row.id,
        row.url,
        row.label,
        row.events,
        row.active,
        row.failing_since,
        row.fault,
        row.created_at,
        shown,
    )


def _delivery(row: WebhookDelivery) -> DeliveryView:
    values: dict[str, Any] = {name: getattr(row, name) for name in DeliveryView.__dataclass_fields__}
    if row.state == store.SENDING:
        values["state"] = store.WAITING
    return DeliveryView(**values)
