"""The service behind every timeline."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.i18n import translate
from crm_kernel.records.marks import Mark
from crm_kernel.records.notes import store as notes_store
from crm_kernel.records.notes.kinds import NOTE_KINDS
from crm_kernel.records.notes.view import NoteView, view_of
from crm_kernel.records.reach import Place, reached
from crm_kernel.records.timeline import store
from crm_kernel.records.timeline.entries import CREATED, DELETED, changed_rows, entry_of, packed
from crm_kernel.records.timeline.observer import FACTS, TimelineObserver
from crm_kernel.text import Text, messages, unpack

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MAX_PAGE = 200
GUARDED = {**dict.fromkeys(NOTE_KINDS, "notes.view"), "task": "tasks.view"}
"""Kinds of entries that need a right of their own."""


class TimelineItem(msgspec.Struct, frozen=True):
    """One line of a timeline, in the reader's language. `link` is a path below the prefix, or empty."""

    id: UUID
    at: datetime
    kind: str
    text: str
    actor_id: UUID | None
    actor: str | None
    link: str
    payload: Mapping[str, Any]
    note: NoteView | None = None


class TimelinePage(msgspec.Struct, frozen=True):
    """A page of a timeline; `next` is the cursor of the older entries."""

    items: Sequence[TimelineItem]
    next: str | None = None


class Timeline:
    """Offered as `timeline`. Reading needs the record's own right to view, checked inside, hence @public."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        kernel.db.observe(TimelineObserver(kernel))

    @public
    def add(
        self,
        work: UnitOfWork,
        entity: str,
        record_id: UUID,
        kind: str,
        text: Text,
        *,
        dealership_id: UUID | None = None,
        at: datetime | None = None,
        link: str = "",
        payload: Mapping[str, Any] | None = None,
        source_id: UUID | None = None,
    ) -> None:
        """Write an entry in the publisher's transaction, whose own permission counts.

        `kind` is a word to filter by (`purchase`, `call`), `at` when it happened (default now),
        `dealership_id` the record's (default the actor's). Put ids, no personal values, into `payload`.
        """
        where = dealership_id or (work.actor.dealership_id if work.actor else None)
        if where is None:
            raise ValueError("an entry written by nobody must name its dealership")
        work.session.add(
            entry_of(
                work, entity, record_id, where, kind, text,
                at=at, link=link, payload=payload, source_id=source_id,
            )
        )  # fmt: skip

    @public
    def quiet(self, work: UnitOfWork, record_id: UUID) -> None:
        """Leave out the line "changed" in this transaction, whose publisher tells it in words of its own.

        Call it before the change is flushed.
        """
        work.facts.setdefault(FACTS, {}).setdefault(record_id, None)

    @public
    async def changed(
        self,
        work: UnitOfWork,
        entity: str,
        dealership_id: UUID,
        changed: Sequence[tuple[UUID, Iterable[str]]],
    ) -> None:
        """Tell of changes that a bulk writer made past the session: (record id, names of changed fields).

        The bulk writer's permission counts.
        """
        if changed:
            await store.insert_many(work, changed_rows(work, entity, dealership_id, changed))

    @public
    async def forget(self, work: UnitOfWork, dealership_id: UUID, source_id: UUID) -> None:
        """Take back what was told about a thing that is gone; the publisher's permission counts."""
        for held in await store.of_source(work, dealership_id, source_id):
            await work.remove(held)

    @public
    async def forget_reasons(self, work: UnitOfWork, entity: str, record_ids: Collection[UUID]) -> None:
        """Take the reasons out of the lines that tell of deletions; the publisher's permission counts."""
        for held in await store.deletions(work, entity, record_ids):
            held.words = packed(DELETED)

    @public
    async def move(self, work: UnitOfWork, dealership_id: UUID, source_id: UUID, at: datetime) -> None:
        """Put what was told about a thing at another time; the publisher's permission counts."""
        for held in await store.of_source(work, dealership_id, source_id):
            held.at = at

    @public
    async def read(
        self,
        actor: Actor,
        entity: Entity | str,
        record_id: UUID,
        *,
        kinds: Collection[str] = (),
        cursor: str | None = None,
        limit: int = 50,
    ) -> TimelinePage:
        """What happened to a record, newest first. Notes are left out for those who may not read them.

        Raises NotFound for a record outside the actor's reach, Malformed for a made-up cursor.
        """
        place = await reached(self._kernel, actor, entity, record_id, deleted=None)
        mark = Mark.decode(cursor)
        size = min(max(limit, 1), MAX_PAGE)
        without = [kind for kind, right in GUARDED.items() if not actor.may(right)]
        rows = await store.page(
            self._kernel.db, place, kinds=kinds, without=without, mark=mark, limit=size + 1
        )
        more = len(rows) > size
        rows = rows[:size]
        notes = await self._notes(actor, rows)
        labels = await self._labels(actor, place)
        items = [
            self._item(actor, row, labels, notes)
            for row in rows
            if (row.kind not in NOTE_KINDS or row.source_id in notes)
            and self._open(actor, row)
            and not _switched_off(actor, row)
        ]
        if not kinds or "created" in kinds:
            await self._insert_origin(
                actor, place, items, mark, Mark(rows[-1].at, rows[-1].id) if more else None
            )
        following = Mark(rows[-1].at, rows[-1].id).encode() if more else None
        return TimelinePage(items, following)

    def _open(self, actor: Actor, row: store.Line) -> bool:
        """Whether the reader may view the kind of record that an entry leads to; it says something of it."""
        entity = self._kernel.registry.entity(row.link.strip("/").partition("/")[0]) if row.link else None
        return entity is None or actor.may(entity.permission("view"))

    async def _notes(self, actor: Actor, rows: Sequence[store.Line]) -> Mapping[UUID, NoteView]:
        ids = [row.source_id for row in rows if row.kind in NOTE_KINDS and row.source_id]
        if not ids:
            return {}
        found = await notes_store.by_ids(self._kernel.db, actor.access("notes.view"), ids)
        return {note.id: view_of(actor, note, author) for note, author in found}

    async def _labels(self, actor: Actor, place: Place) -> Mapping[str, Text | str]:
        specs = await self._kernel.service("records").fields(actor, place.entity)
        return {spec.name: spec.label for spec in specs}

    def _item(
        self,
        actor: Actor,
        row: store.Line,
        labels: Mapping[str, Text | str],
        notes: Mapping[UUID, NoteView],
    ) -> TimelineItem:
        text = unpack(msgspec.json.decode(row.words))
        payload = row.payload
        if row.kind == "changed" and "fields" in payload:
            shown = [field for field in payload["fields"] if field in labels]
            payload = {**payload, "fields": shown}
            if shown:
                separator = "、" if actor.locale.startswith("zh") else ", "
                names = separator.join(translate(labels[field], actor.locale) for field in shown)
                text = _("Changed: {fields}")(fields=names)
        note = notes.get(row.source_id) if row.source_id else None
        return TimelineItem(
            row.id,
            row.at,
            row.kind,
            translate(text, actor.locale),
            row.actor_id,
            row.actor,
            row.link,
            payload,
            note,
        )

    async def _insert_origin(
        self, actor: Actor, place: Place, items: list[TimelineItem], mark: Mark | None, end: Mark | None
    ) -> None:
        """Put the line "added" where it belongs: the record itself knows when it came and who entered it."""
        at, author_id, author = await store.origin(self._kernel.db, place.entity, place.id)
        here = Mark(at, place.id)
        if (mark is not None and here >= mark) or (end is not None and here < end):
            return
        text = translate(CREATED, actor.locale)
        items.append(TimelineItem(place.id, at, "created", text, author_id, author, "", {}))
        items.sort(key=lambda item: (item.at, item.id), reverse=True)


def _switched_off(actor: Actor, row: store.Line) -> bool:
    """Whether a module wrote it that is switched off where the reader works; its words name the module."""
    off = actor.grants.modules_off
    return bool(off) and unpack(msgspec.json.decode(row.words)).domain in off
