"""What goes into the change log, before it is written: collected per transaction, one entry per record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.base import Record
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.logs import current_request

FACT = "audit"

HOUSEKEEPING = frozenset(
    {"id", "version", "created_at", "updated_at", "created_by", "deleted_at", "deleted_by", "delete_reason"}
)
"""Columns whose changes say nothing that an entry does not say itself."""

REASON = "~reason"
"""The name a sealed reason has among the fields."""

IMPORT = "import"
"""The verb of chunks whose reason is the name of a run, and no free text about people."""

FORGOTTEN = "audit.forgotten"
"""The fact of a transaction that names whose keys it has destroyed."""

OWN_COLUMNS = frozenset(Record.__annotations__) - HOUSEKEEPING


@dataclass(slots=True)
class Entry:
    """A change about to be logged. `before` and `after` hold changed fields only."""

    entity: str
    record_id: UUID | None
    verb: str
    before: dict[str, Any]
    after: dict[str, Any]
    dealership_id: UUID | None
    actor: Actor | None
    reason: str | None = None
    personal: frozenset[str] = frozenset()
    fresh: bool = False

    @property
    def sealed(self) -> bool:
        """Whether it holds values that need the person's key."""
        return bool(self.personal & (self.before.keys() | self.after.keys()))

    def sealing_its_reason(self) -> Entry:
        """Where a record is about a person, the reason is free text about him, and sealed like his values."""
        if not (self.reason and self.personal and self.record_id):
            return self
        told = {**self.after, REASON: self.reason}
        return replace(self, after=told, personal=self.personal | {REASON}, reason=None)

    def without_personal(self) -> Entry:
        """What is left of it when the person is erased in the same transaction."""
        before, after = (
            {name: value for name, value in values.items() if name not in self.personal}
            for values in (self.before, self.after)
        )
        return replace(self, before=before, after=after)

    def merge(self, later: Entry) -> None:
        """Take a later change of the same record in the same transaction."""
        for name, value in later.before.items():
            if name not in self.after and name not in self.before:
                self.before[name] = value
        self.after.update(later.after)
        if self.verb == "change":
            self.verb = later.verb
        for name in [n for n in self.after if n in self.before and self.before[n] == self.after[n]]:
            del self.before[name], self.after[name]


@dataclass(frozen=True, slots=True)
class BulkEntry:
    """One record's part in a bulk change: its changed fields only, by their names."""

    record_id: UUID
    verb: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def collected(work: UnitOfWork) -> dict[tuple[str, object], Entry]:
    """The entries of an open transaction."""
    found: dict[tuple[str, object], Entry] = work.facts.setdefault(FACT, {})
    return found


def collect(work: UnitOfWork, entry: Entry) -> None:
    """Add an entry to its transaction's, or merge it into the record's earlier one."""
    entries = collected(work)
    key = (entry.entity, entry.record_id or len(entries))
    if key in entries:
        entries[key].merge(entry)
    else:
        entries[key] = entry


def logged_fields(entity: Entity) -> frozenset[str]:
    """Fields of an entity that are logged: those it declares, and what every record has."""
    return (frozenset(f.name for f in entity.fields) | OWN_COLUMNS) - HOUSEKEEPING


def personal_fields(entity: Entity) -> frozenset[str]:
    """Fields sealed under the person's key; where a record is about a person, its custom fields are too."""
    marked = frozenset(f.name for f in entity.fields if f.personal or f.sensitive)
    return marked | {"custom"} if marked else marked


def origin(actor: Actor | None) -> dict[str, Any]:
    """Who did it, and in which request."""
    if actor is None:
        return {"actor_id": None, "via": "system", "request_id": current_request()}
    return {"actor_id": actor.id, "via": actor.via, "request_id": current_request()}
