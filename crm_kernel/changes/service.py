"""The service `changes`: which records were created, changed, deleted, in the order in which it happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access, Actor, Scope
from crm_kernel.changes.cursor import FeedCursor
from crm_kernel.changes.permissions import READ
from crm_kernel.contributions import Entity
from crm_kernel.dal.scoped import scoped
from crm_kernel.errors import Invalid
from crm_kernel.events.store import StoredEvent
from crm_kernel.records.fields import declared_specs, hidden
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

SCAN = 500
"""Events looked at for one page."""


@dataclass(frozen=True, slots=True)
class RecordChange:
    """Something that happened to one record.

    `id` is the event's and the same however often it is told; `type` is `customer.changed` and the like;
    `fields` names what changed, as far as the reader may see it; `origin` is the system whose delivery it
    came with.
    """

    id: UUID
    type: str
    entity: str
    record_id: UUID
    at: datetime
    version: int | None = None
    fields: Sequence[str] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes in order, and where to go on; `more` says whether something waits there already."""

    items: Sequence[RecordChange]
    next: str
    more: bool


class ChangeFeed:
    """Reads the event log by positions, which are given after the commit: what commits late comes late, and
    is never passed over. A record is told of to those who may view it now; a purged one to those who see the
    whole dealership."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted(READ)
    async def read(
        self,
        access: Access,
        cursor: str | None = None,
        *,
        limit: int = 100,
        entities: Collection[str] = (),
    ) -> ChangePage:
        """At most `limit` changes beyond a cursor (None: from the beginning), of some entities or all.

        Raises Malformed for a broken cursor, Invalid for an unknown entity.
        """
        start = FeedCursor.read(cursor) if cursor else FeedCursor()
        wanted = self._entities(access.actor, entities)
        # Permissions name their own scope; the feed tells of the reader's dealership unless it is wider.
        wide = access.scope > Scope.DEALERSHIP
        dealership = None if wide else access.actor.dealership_id
        events = await self._kernel.events.read(start.position, SCAN, dealership=dealership)
        told = [self._told(event, wanted) for event in events]
        visible = await self._visible(access.actor, [one for some in told for one in some], wanted)
        items: list[RecordChange] = []
        place = start
        for event, changes in zip(events, told, strict=True):
            begin = place.told if place is start else 0
            for number, change in enumerate(changes[begin:], start=begin):
                if len(items) == limit:
                    return ChangePage(items, str(FeedCursor(place.position, number)), more=True)
                if (change.entity, change.record_id) in visible or self._gone(access.actor, event, wanted):
                    items.append(self._shown(access.actor, change, wanted[change.entity]))
            place = FeedCursor(event.position)
        return ChangePage(items, str(place), more=len(events) == SCAN)

    @permitted(READ)
    async def end(self, access: Access) -> str:
        """The cursor of this moment: a reader who begins there is told of what happens from now on."""
        await self._kernel.events.sequence()
        return str(FeedCursor(await self._kernel.events.store.head()))

    def _entities(self, actor: Actor, names: Collection[str]) -> dict[str, Entity]:
        known = {
            entity.name: entity
            for entity in self._kernel.registry.of(Entity)
            if actor.may(entity.permission("view"))
        }
        if not names:
            return known
        found = {}
        for name in names:
            entity = self._kernel.registry.entity(name)
            if entity is None or entity.name not in known:
                raise Invalid.one("entity", "unknown", _("There is no such record type."))
            found[entity.name] = entity
        return found

    def _told(self, event: StoredEvent, wanted: Collection[str]) -> list[RecordChange]:
        """What an event says about single records."""
        if event.entity not in wanted:
            return []
        payload = event.payload if isinstance(event.payload, dict) else {}
        if event.record_id is not None:
            return [
                RecordChange(
                    event.id,
                    event.name,
                    event.entity,
                    event.record_id,
                    event.at,
                    payload.get("version"),
                    payload.get("fields") or (),
                )
            ]
        return [
            RecordChange(
                event.id,
                f"{event.entity}.{happening}",
                event.entity,
                UUID(one),
                event.at,
                origin=payload.get("origin", ""),
            )
            for happening in ("created", "changed")
            for one in payload.get(happening) or ()
        ]

    async def _visible(
        self, actor: Actor, changes: Sequence[RecordChange], wanted: dict[str, Entity]
    ) -> set[tuple[str, UUID]]:
        ids: dict[str, set[UUID]] = defaultdict(set)
        for change in changes:
            ids[change.entity].add(change.record_id)
        found: set[tuple[str, UUID]] = set()
        for name, some in ids.items():
            model, every = wanted[name].model, list(some)
            reach = scoped(actor.access(wanted[name].permission("view")), model, model.id, deleted=None)
            for begin in range(0, len(every), SCAN):
                rows = await self._kernel.db.rows(reach.where(model.id.in_(every[begin : begin + SCAN])))
                found.update((name, one) for one in rows)
        return found

    def _gone(self, actor: Actor, event: StoredEvent, wanted: dict[str, Entity]) -> bool:
        """Whether it is about a purged record, which no statement finds, of a dealership he sees as a
        whole."""
        if not event.name.endswith(".purged"):
            return False
        scope = actor.access(wanted[event.entity].permission("view")).scope
        return scope >= Scope.DEALERSHIP and (
            scope > Scope.GROUP or event.dealership_id == actor.place.dealership_id
        )

    def _shown(self, actor: Actor, change: RecordChange, entity: Entity) -> RecordChange:
        closed = {spec.name for spec in declared_specs(entity) if hidden(actor, entity, spec.field)}
        if not closed.intersection(change.fields):
            return change
        fields = [name for name in change.fields if name not in closed]
        return replace(change, fields=fields)
