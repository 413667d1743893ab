"""Making entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from crm_kernel.dal.base import Record
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.timeline.models import TimelineEntry
from crm_kernel.text import Text, messages, pack

_ = messages("kernel")

CREATED = _("Record added")
CHANGED = _("Changed")
DELETED = _("Deleted")
RESTORED = _("Restored")


def packed(text: Text) -> str:
    """A text as it lies in the table."""
    return msgspec.json.encode(pack(text)).decode()


def entry(
    work: UnitOfWork,
    entity: str,
    record: Record,
    kind: str,
    text: Text,
    *,
    payload: Mapping[str, Any] | None = None,
) -> TimelineEntry:
    """An entry about a record at hand."""
    return entry_of(work, entity, record.id, record.dealership_id, kind, text, payload=payload)


def entry_of(
    work: UnitOfWork,
    entity: str,
    record_id: UUID,
    dealership_id: UUID,
    kind: str,
    text: Text,
    *,
    at: datetime | None = None,
    link: str = "",
    payload: Mapping[str, Any] | None = None,
    source_id: UUID | None = None,
) -> TimelineEntry:
    """An entry about a record of which the id is known."""
    return TimelineEntry(
        id=uuid7(),
        dealership_id=dealership_id,
        entity=entity,
        record_id=record_id,
        at=at or work.now,
        kind=kind,
        words=packed(text),
        actor_id=work.actor.id if work.actor else None,
        link=link,
        payload=dict(payload or {}),
        source_id=source_id,
    )


def changed_rows(
    work: UnitOfWork, entity: str, dealership_id: UUID, changed: Iterable[tuple[UUID, Iterable[str]]]
) -> list[dict[str, Any]]:
    """Rows of `changed` entries for bulk writers, that pass by the session: (record id, names of fields)."""
    words = packed(CHANGED)
    actor_id = work.actor.id if work.actor else None
    return [
        {
            "id": uuid7(),
            "dealership_id": dealership_id,
            "entity": entity,
            "record_id": record_id,
            "at": work.now,
            "kind": "changed",
            "words": words,
            "actor_id": actor_id,
            "link": "",
            "payload": {"fields": sorted(names)},
            "source_id": None,
        }
        for record_id, names in changed
    ]
