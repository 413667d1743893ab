"""The service behind notes, calls and visits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Invalid, NotFound
from crm_kernel.records.marks import Mark
from crm_kernel.records.notes import store
from crm_kernel.records.notes.checks import check
from crm_kernel.records.notes.events import NoteAdded
from crm_kernel.records.notes.kinds import NOTE_KINDS, NOTE_LABELS, OUTCOMES
from crm_kernel.records.notes.models import Note
from crm_kernel.records.notes.view import NoteChange, NoteDraft, NotePage, NoteView, RecentNote, view_of
from crm_kernel.records.reach import reached, titles
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MAX_PAGE = 200


class Notes:
    """Offered as `notes`. Whoever reads or writes a note must also be able to view its record."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted("notes.view")
    async def list(
        self,
        access: Access,
        entity: Entity | str,
        record_id: UUID,
        *,
        kinds: Collection[str] = (),
        cursor: str | None = None,
        limit: int = 50,
    ) -> NotePage:
        """Notes of a record, newest first. Raises NotFound for a record out of reach."""
        place = await reached(self._kernel, access.actor, entity, record_id, deleted=None)
        size = min(max(limit, 1), MAX_PAGE)
        rows = await store.page(self._kernel.db, access, place, kinds, Mark.decode(cursor), size + 1)
        items = [view_of(access.actor, note, author) for note, author in rows[:size]]
        last = rows[size - 1][0] if len(rows) > size else None
        return NotePage(items, Mark(last.happened_at, last.id).encode() if last else None)

    @permitted("notes.view")
    async def recent(self, access: Access, limit: int = 10) -> Sequence[RecentNote]:
        """What was written last, with the records it is about: those the actor may view."""
        found = await store.recent(self._kernel.db, access, min(max(limit, 1), MAX_PAGE))
        about = await titles(
            self._kernel, access.actor, [(note.entity, note.record_id) for note, _a in found]
        )
        return [
            RecentNote(view_of(access.actor, note, author), about[note.entity, note.record_id])
            for note, author in found
            if (note.entity, note.record_id) in about
        ]

    @permitted("notes.view")
    async def get(self, access: Access, note_id: UUID) -> NoteView:
        """One note. Raises NotFound."""
        found = await store.by_ids(self._kernel.db, access, [note_id])
        if not found:
            raise NotFound()
        note, author = found[0]
        await reached(self._kernel, access.actor, note.entity, note.record_id, deleted=None)
        return view_of(access.actor, note, author)

    @permitted("notes.create")
    async def add(self, access: Access, entity: Entity | str, record_id: UUID, draft: NoteDraft) -> NoteView:
        """Write a note about a record. Raises NotFound when it is out of reach, Invalid for wrong fields."""
        actor = access.actor
        place = await reached(self._kernel, actor, entity, record_id)
        now = self._kernel.clock.now()
        values: dict[str, Any] = msgspec.structs.asdict(draft)
        values["happened_at"] = draft.happened_at or now
        if draft.kind not in NOTE_KINDS:
            raise Invalid.one("kind", "choice", _("This is not one of the choices."))
        await self._check(actor, values, now)
        async with self._kernel.db.work(access, now=now) as work:
            note = work.add(
                Note(
                    id=uuid7(),
                    dealership_id=place.dealership_id,
                    entity=place.entity.name,
                    record_id=place.id,
                    **values,
                )
            )
            self._kernel.service("timeline").add(
                work,
                place.entity.name,
                place.id,
                draft.kind,
                NOTE_LABELS[draft.kind],
                dealership_id=place.dealership_id,
                at=note.happened_at,
                source_id=note.id,
            )
            self._kernel.events.emit(
                work,
                "notes.added",
                NoteAdded(str(note.id), place.entity.name, str(place.id), note.kind),
                entity=place.entity.name,
                record_id=place.id,
                dealership_id=place.dealership_id,
            )
            await work.flush()
        return view_of(actor, note, actor.name)

    @permitted("notes.change")
    async def change(
        self, access: Access, note_id: UUID, change: NoteChange, version: int | None = None
    ) -> NoteView:
        """Correct a note within the right's scope (usually one's own). Raises NotFound, Stale, Invalid."""
        now = self._kernel.clock.now()
        given = {
            name: value
            for name, value in msgspec.structs.asdict(change).items()
            if value is not msgspec.UNSET
        }
        await self._check(access.actor, given, now)
        async with self._kernel.db.work(access, now=now) as work:
            note = await work.get(access, Note, note_id, version=version)
            await reached(self._kernel, access.actor, note.entity, note.record_id)
            for name, value in given.items():
                setattr(note, name, value)
            note.updated_at = work.now
            timeline = self._kernel.service("timeline")
            if "happened_at" in given:
                await timeline.move(work, note.dealership_id, note.id, note.happened_at)
            await work.flush()
        found = await store.by_ids(self._kernel.db, access, [note_id])
        return view_of(access.actor, *found[0])

    @permitted("notes.delete")
    async def delete(
        self, access: Access, note_id: UUID, reason: str = "", version: int | None = None
    ) -> None:
        """Take a note away, from the timeline too. Raises NotFound, Stale."""
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            note = await work.get(access, Note, note_id, version=version)
            await reached(self._kernel, access.actor, note.entity, note.record_id)
            work.reason = reason or work.reason
            note.deleted_at, note.deleted_by = work.now, access.actor.id
            note.delete_reason = reason or None
            await self._kernel.service("timeline").forget(work, note.dealership_id, note.id)

    async def _check(self, actor: Actor, values: dict[str, Any], now: datetime) -> None:
        outcome = values.get("outcome")
        if outcome is not None:
            entries = await self._kernel.service("dictionaries").entries(actor, OUTCOMES.name)
            if outcome not in {entry.code for entry in entries}:
                raise Invalid.one("outcome", "choice", _("This is not one of the choices."))
        check(values, now)
