"""The service `audit`: what was changed, who saw what, and for how long it is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.audit.accesses import VERBS, AccessWriter
from crm_kernel.audit.entries import BulkEntry, Entry, collect, origin, personal_fields
from crm_kernel.audit.models import AuditAccess, AuditChange
from crm_kernel.audit.observer import ChangeObserver
from crm_kernel.audit.sealing import opened
from crm_kernel.audit.store import AuditStore, concerns
from crm_kernel.audit.views import AccessPage, AccessView, ChangePage, ChangeView, change_view
from crm_kernel.contributions import Entity
from crm_kernel.dal.base import Record
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import ConfigurationError, Malformed, NotFound
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

KEEP_DAYS = "CRM_AUDIT_ACCESS_DAYS"
SHORTEST_DAYS = 184
"""Six months, the least the Cybersecurity Law of China (article 21) asks of network logs."""

DEFAULT_DAYS = 400


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; empty fields do not narrow. `since` is inclusive, `until` is not."""

    entity: str | None = None
    record_id: UUID | None = None
    actor_id: UUID | None = None
    verb: str | None = None
    via: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditService:
    """Writes and reads both logs. Changes of records are noted by themselves, through an observer."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = AuditStore(kernel.db)
        self._accesses = AccessWriter(kernel, self._store)
        kernel.db.observe(ChangeObserver(kernel, self._store))

    # Writing: for services, inside their own guarded methods

    @public
    def noted(
        self,
        work: UnitOfWork,
        verb: str,
        entity: str,
        record_id: UUID | None,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        personal: Collection[str] = (),
    ) -> None:
        """Log something that is no change of a record's columns: a granted role, a skipped event.

        For services inside a unit of work, whose own permission covers it.
        """
        actor = work.actor
        collect(
            work,
            Entry(
                entity=entity,
                record_id=record_id,
                verb=verb,
                before=dict(before),
                after=dict(after),
                dealership_id=actor.place.dealership_id if actor else None,
                actor=actor,
                reason=work.reason,
                personal=frozenset(personal),
            ),
        )

    @public
    async def bulk(
        self, work: UnitOfWork, entity: str | Entity, entries: Sequence[BulkEntry], *, verb: str = "import"
    ) -> None:
        """Log a chunk that was written past the session: one entry, and a compact row for each record.

        Leave out records that did not change. For services inside a unit of work, whose own permission
        covers it.
        """
        declared = entity if isinstance(entity, Entity) else self._kernel.registry.entity(entity)
        if declared is None:
            raise ConfigurationError(_("There is no entity {name}.")(name=entity))
        if entries:
            await self._store.append_bulk(work, declared.name, personal_fields(declared), entries, verb)

    @public
    async def accessed(
        self,
        actor: Actor | None,
        verb: str,
        entity: str = "",
        record_id: UUID | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Log that somebody opened, searched, printed, exported, revealed, or was denied.

        What leaves the house (printed, exported, revealed) is written before this returns, the rest within
        a second. `detail` lies encrypted. For services, whose own permission covers it. Raises
        ConfigurationError for an unknown verb.
        """
        if verb not in VERBS:
            raise ConfigurationError(_("The access log knows no {verb}.")(verb=verb))
        await self._accesses.write(
            {
                "at": self._kernel.clock.now(),
                **origin(actor),
                "dealership_id": actor.place.dealership_id if actor else None,
                "verb": verb,
                "entity": entity,
                "record_id": record_id,
                "detail": msgspec.json.encode(detail, enc_hook=str).decode() if detail else None,
            }
        )

    @public
    async def flush(self) -> None:
        """Write accesses that still wait. Shows nobody anything."""
        await self._accesses.flush()

    @public
    async def forget(self, work: UnitOfWork, entity: str, record_ids: Collection[UUID]) -> int:
        """Erase personal values of these records from the log by destroying their keys; entries remain.

        What was said when they were deleted goes too, from the records and from their timelines. For services
        inside a unit of work, whose own permission (purge) covers it.
        """
        await work.flush()
        gone = await self._store.destroy_keys(work, entity, record_ids)
        declared = self._kernel.registry.entity(entity)
        if declared is not None and issubclass(declared.model, Record):
            await self._store.forget_reasons(work, declared.model, record_ids)
        if self._kernel.offers("timeline"):
            await self._kernel.service("timeline").forget_reasons(work, entity, record_ids)
        for record_id in record_ids:
            self.noted(work, "erase", entity, record_id, {}, {})
        return gone

    # Reading

    @permitted("audit.view")
    async def changes(
        self, access: Access, wanted: AuditFilter | None = None, cursor: str | None = None, limit: int = 50
    ) -> ChangePage:
        """A page of the change log. Raises Malformed for a cursor that is not ours."""
        wanted = wanted or AuditFilter()
        conditions = _conditions(AuditChange, wanted)
        if wanted.record_id is not None:
            conditions.append(concerns(wanted.record_id))
        rows = await self._store.changes(access, conditions, _position(cursor), _capped(limit) + 1)
        views = await self._views(access.actor, [(change, name, None) for change, name in rows])
        items, after = _cut(views, _capped(limit))
        return ChangePage(items, after)

    @permitted("audit.view")
    async def accesses(
        self, access: Access, wanted: AuditFilter | None = None, cursor: str | None = None, limit: int = 50
    ) -> AccessPage:
        """A page of the access log. Raises Malformed for a cursor that is not ours."""
        wanted = wanted or AuditFilter()
        conditions = _conditions(AuditAccess, wanted)
        if wanted.record_id is not None:
            conditions.append(AuditAccess.record_id == wanted.record_id)
        rows = await self._store.accesses(access, conditions, _position(cursor), _capped(limit) + 1)
        views = [
            AccessView(
                row.seq,
                row.at,
                row.actor_id,
                name,
                row.via,
                row.request_id,
                row.dealership_id,
                row.verb,
                row.entity,
                row.record_id,
                msgspec.json.decode(row.detail) if row.detail else None,
            )
            for row, name in rows
        ]
        items, after = _cut(views, _capped(limit))
        return AccessPage(items, after)

    @public
    async def history(
        self,
        actor: Actor,
        entity: str | Entity,
        record_id: UUID,
        cursor: str | None = None,
        limit: int = 50,
    ) -> ChangePage:
        """What happened to one record, newest first.

        Checks `<prefix>.history` and its scope itself, because the permission is the entity's own. Raises
        Forbidden, and NotFound for absent and foreign records alike.
        """
        declared = entity if isinstance(entity, Entity) else self._kernel.registry.entity(entity)
        if declared is None:
            raise NotFound()
        access = actor.access(declared.permission("history"))
        if not await self._store.visible(access, declared.model, record_id):
            raise NotFound()
        rows = await self._store.of_record(declared.name, record_id, _position(cursor), _capped(limit) + 1)
        views = await self._views(actor, rows)
        items, after = _cut(views, _capped(limit))
        return ChangePage(items, after)

    async def _views(self, actor: Actor, rows: Sequence[Any]) -> list[ChangeView]:
        about: dict[str, set[UUID]] = defaultdict(set)
        for change, _name, row in rows:
            record_id = (row or change).record_id
            if record_id is not None:
                about[change.entity].add(record_id)
        keys: dict[tuple[str, UUID], Any] = {}
        withheld: set[tuple[str, UUID | None]] = set()
        for name, ids in about.items():
            keys |= {(name, one): key for one, key in (await self._store.keys(name, ids)).items()}
            entity = self._kernel.registry.entity(name)
            if entity is not None and entity.secret_from:
                withheld |= {(name, one) for one in await self._store.concerning(actor, entity, ids)}
        views = []
        for change, name, row in rows:
            source = row or change
            key = keys.get((change.entity, source.record_id))
            views.append(
                change_view(
                    actor,
                    change,
                    name,
                    row,
                    self._kernel.registry.entity(change.entity),
                    opened(source.before, key, source.record_id),
                    opened(source.after, key, source.record_id),
                    (change.entity, source.record_id) in withheld,
                )
            )
        return views

    # Keeping

    @property
    def kept_days(self) -> int:
        """How long accesses are kept; never less than six months, whatever the setting says."""
        raw = self._kernel.settings.extra.get(KEEP_DAYS, "")
        return max(int(raw) if raw.isdigit() else DEFAULT_DAYS, SHORTEST_DAYS)

    @public
    async def prune(self) -> int:
        """Remove accesses older than the setting allows. For the nightly job: shows nobody anything."""
        oldest = self._kernel.clock.now() - timedelta(days=self.kept_days)
        return int(await self._kernel.service("audit_chain").clear_accesses(oldest))


def _conditions(
    model: type[AuditChange] | type[AuditAccess], wanted: AuditFilter
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        getattr(model, name) == value
        for name in ("entity", "actor_id", "verb", "via")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.since is not None:
        conditions.append(model.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(model.at < wanted.until)
    return conditions


def _position(cursor: str | None) -> int | None:
    if not cursor:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise Malformed(_("This page does not exist. Start from the first."))
    return int(cursor)


def _capped(limit: int) -> int:
    return min(max(limit, 1), 200)


def _cut(views: Sequence[Any], limit: int) -> tuple[Sequence[Any], str | None]:
    if len(views) <= limit:
        return views, None
    return views[:limit], str(views[limit - 1].seq)
