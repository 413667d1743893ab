"""Notes as they come in and go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from crm_kernel.actor import Actor, Scope
from crm_kernel.records.notes.models import Note


class NoteDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note to be written: `kind` is note, call or visit; `happened_at` is now unless given."""

    body: str
    kind: str = "note"
    outcome: str | None = None
    happened_at: datetime | None = None
    minutes: int | None = None


class NoteChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different."""

    body: str | msgspec.UnsetType = msgspec.UNSET
    outcome: str | msgspec.UnsetType | None = msgspec.UNSET
    happened_at: datetime | msgspec.UnsetType = msgspec.UNSET
    minutes: int | msgspec.UnsetType | None = msgspec.UNSET


class NoteView(msgspec.Struct, frozen=True):
    """A note as somebody may read it. `mine` says whether he may still change it."""

    id: UUID
    version: int
    entity: str
    record_id: UUID
    kind: str
    body: str
    outcome: str | None
    happened_at: datetime
    minutes: int | None
    author_id: UUID | None
    author: str | None
    created_at: datetime
    updated_at: datetime
    mine: bool


class NotePage(msgspec.Struct, frozen=True):
    """A page of notes, newest first."""

    items: Sequence[NoteView]
    next: str | None = None


class RecentNote(msgspec.Struct, frozen=True):
    """A note and what its record is called."""

    note: NoteView
    record: str


def view_of(actor: Actor, note: Note, author: str | None) -> NoteView:
    """A note as this person sees it."""
    scope = actor.grants.permissions.get("notes.change")
    mine = scope is not None and (scope > Scope.OWN or note.owner_id == actor.id)
    return NoteView(
        note.id,
        note.version,
        note.entity,
        note.record_id,
        note.kind,
        note.body,
        note.outcome,
        note.happened_at,
        note.minutes,
        note.owner_id,
        author,
        note.created_at,
        note.updated_at,
        mine,
    )
