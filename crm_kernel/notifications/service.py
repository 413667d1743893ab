"""The service `notifications`: tell people something, in the product and by the channels they want."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import NotificationType
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import ConfigurationError, Invalid, Malformed, NotFound
from crm_kernel.i18n import translate
from crm_kernel.notifications.store import NotificationStore
from crm_kernel.text import Text, messages, pack, unpack

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

PRODUCT, MAIL, SMS = "product", "mail", "sms"
CHANNELS = (PRODUCT, MAIL, SMS)
PORTS = {MAIL: "mailer", SMS: "sms"}
DELIVER = "notifications.deliver"

MOST_COUNTED = 100
LONGEST_PATH = 400
KEPT_DAYS = 180


@dataclass(frozen=True, slots=True)
class NotificationView:
    """A notification in its reader's language; `path` is a page of ours, without the public prefix."""

    id: UUID
    type: str
    text: str
    path: str
    created_at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """Notifications, newest first, and where the next page starts."""

    items: Sequence[NotificationView]
    next: str | None


@dataclass(frozen=True, slots=True)
class Preference:
    """What a person gets for one type: channel to wanted. Channels nobody serves are missing."""

    type: str
    label: Text
    channels: dict[str, bool]


class NotificationService:
    """Everybody sees and changes only what is his own; so no method but `notify` needs a right."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = NotificationStore(kernel.db)

    @public
    async def notify(
        self, work: UnitOfWork, staff_ids: Collection[UUID], type: str, text: Text, path: str = ""
    ) -> int:
        """Tell members of staff something once this transaction commits; returns how many are told.

        `type` is one a module registered, `path` the page to open (`/customers/...`). For services inside
        a unit of work, whose own permission covers it. Raises ConfigurationError for an unknown type or a
        path that leads outside.
        """
        kind = self._type(type)
        if path and (not path.startswith("/") or path.startswith("//") or len(path) > LONGEST_PATH):
            raise ConfigurationError(_("A notification cannot lead to {path}.")(path=path[:80]))
        people = await self._store.recipients(set(staff_ids))
        wishes = await self._store.wishes([person.id for person in people], type)
        words = msgspec.json.encode(pack(text)).decode()
        rows: list[dict[str, Any]] = []
        deliveries: list[dict[str, Any]] = []
        now = self._kernel.clock.now()
        for person in people:
            channels = [c for c in self.served if wishes.get((person.id, type, c), c in kind.channels)]
            if not channels:
                continue
            row = {
                "id": uuid7(),
                "staff_id": person.id,
                "dealership_id": person.dealership_id,
                "type": type,
                "text": words,
                "path": path,
                "shown": PRODUCT in channels,
                "created_at": now,
                "read_at": None,
            }
            rows.append(row)
            deliveries += [
                {
                    "id": uuid7(),
                    "notification_id": row["id"],
                    "channel": channel,
                    "state": "waiting",
                    "changed_at": now,
                }
                for channel in channels
                if channel != PRODUCT
            ]
        if rows:
            await self._store.add(work, rows, deliveries)
        for delivery in deliveries:
            self._kernel.service("jobs").enqueue(work, DELIVER, delivery_id=str(delivery["id"]))
        return len(rows)

    @property
    def served(self) -> tuple[str, ...]:
        """Channels that reach anybody: the product, and those whose port is ready."""
        ready = [name for name, port in PORTS.items() if self._kernel.service(port).ready]
        return (PRODUCT, *ready)

    def _type(self, name: str) -> NotificationType:
        for kind in self._kernel.registry.of(NotificationType):
            if kind.name == name:
                return kind
        raise ConfigurationError(_("Nobody registered the notification {name}.")(name=name))

    @public
    async def inbox(
        self, actor: Actor, *, unread: bool = False, cursor: str | None = None, limit: int = 20
    ) -> Inbox:
        """The actor's own notifications in his language. Raises Malformed for a cursor that is not ours."""
        limit = min(max(limit, 1), 100)
        try:
            before = UUID(cursor) if cursor else None
        except ValueError as fault:
            raise Malformed(_("This page does not exist. Start from the first.")) from fault
        rows = await self._store.inbox(actor.id, unread, before, limit + 1)
        views = [
            NotificationView(
                id=row.id,
                type=row.type,
                text=translate(unpack(msgspec.json.decode(row.text)), actor.locale),
                path=row.path,
                created_at=row.created_at,
                read=row.read_at is not None,
            )
            for row in rows[:limit]
        ]
        return Inbox(views, str(views[-1].id) if len(rows) > limit else None)

    @public
    async def unread(self, actor: Actor) -> int:
        """How many of his own the actor has not read; a hundred means a hundred or more."""
        return await self._store.unread(actor.id, MOST_COUNTED)

    @public
    async def mark_read(self, actor: Actor, ids: Collection[UUID] | None = None) -> int:
        """Mark some of the actor's own (None: all) as read; ids of others' change nothing."""
        async with self._kernel.db.work(actor) as work:
            return await self._store.mark_read(work, actor.id, ids, self._kernel.clock.now())

    @public
    async def open(self, actor: Actor, id: UUID) -> str:
        """Mark one of the actor's own as read; gives the page it leads to. Raises NotFound for others'."""
        async with self._kernel.db.work(actor) as work:
            path = await self._store.path(actor.id, id)
            if path is None:
                raise NotFound()
            await self._store.mark_read(work, actor.id, [id], self._kernel.clock.now())
        return path

    @public
    async def preferences(self, actor: Actor) -> list[Preference]:
        """What the actor gets, for every type of the running modules."""
        wishes = await self._store.wishes([actor.id])
        return [
            Preference(
                kind.name,
                kind.label,
                {c: wishes.get((actor.id, kind.name, c), c in kind.channels) for c in self.served},
            )
            for kind in self._kernel.registry.of(NotificationType)
        ]

    @public
    async def prefer(self, actor: Actor, type: str, channel: str, wanted: bool) -> None:
        """Choose for oneself whether a type comes by a channel. Raises Invalid for unknown ones."""
        if channel not in CHANNELS:
            raise Invalid.one("channel", "unknown", _("There is no such channel."))
        if type not in {kind.name for kind in self._kernel.registry.of(NotificationType)}:
            raise Invalid.one("type", "unknown", _("There is no such kind of notification."))
        async with self._kernel.db.work(actor) as work:
            await self._store.prefer(work, actor.id, type, channel, wanted)

    @public
    async def tidy(self) -> int:
        """Forget what is half a year old. For the nightly job: shows nobody anything."""
        async with self._kernel.db.work(None) as work:
            return await self._store.remove_old(work, self._kernel.clock.now() - timedelta(days=KEPT_DAYS))
