"""The chain over the audit's entries: what is hashed, and how one entry is tied to the one before it.

An entry's hash is SHA-256 over a JSON array without blanks: the log's name, the entry's number, the hash of
the entry before it, then its columns in the order of `Log.columns`, as text that is the same on every
database. Ids are dashed lower-case text, times `2026-11-26T08:00:00.000000Z`; sealed and encrypted values go
in as they lie, so that destroying their key changes no hash. The first entry follows `START`. Anybody can
verify a chain without a key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Text, type_coerce

from crm_kernel.audit.models import AuditAccess, AuditChange, AuditHead
from crm_kernel.dal.crypto import KeyRing

START = "0" * 64
"""The hash before the first entry."""

_ENCODER = msgspec.json.Encoder()
_ORIGIN = ("seq", "at", "actor_id", "via", "request_id", "dealership_id")


@dataclass(frozen=True, slots=True)
class Log:
    """A log with a chain of its own; `columns` are those its hashes cover, in their order."""

    name: str
    model: type[AuditChange] | type[AuditAccess]
    columns: tuple[str, ...]

    def stored(self) -> list[ColumnElement[Any]]:
        """The columns as they lie, nothing decrypted."""
        columns = self.model.__table__.c
        kinds = {"seq": BigInteger()}
        return [
            type_coerce(columns[name], kinds.get(name, Text())).label(f"stored_{name}")
            for name in self.columns
        ]


CHANGES = Log("change", AuditChange, (*_ORIGIN, "entity", "record_id", "verb", "reason", "before", "after"))
ACCESSES = Log("access", AuditAccess, (*_ORIGIN, "verb", "entity", "record_id", "detail"))
LOGS = (CHANGES, ACCESSES)


def link(log: Log, number: int, previous: str, values: Sequence[Any]) -> str:
    """The hash of an entry; `values` are its `Log.stored` columns."""
    return hashlib.sha256(canonical(log, number, previous, values)).hexdigest()


def canonical(log: Log, number: int, previous: str, values: Sequence[Any]) -> bytes:
    """The bytes that are hashed."""
    return _ENCODER.encode([log.name, number, previous, *map(_as_text, values)])


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID) else value


def rows_digest(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """The digest a bulk entry holds over its rows (record id, verb, before, after), whatever their order."""
    digest = hashlib.sha256()
    for row in sorted(rows):
        digest.update(_ENCODER.encode(row))
    return digest.hexdigest()


def signature(keys: KeyRing, head: AuditHead) -> str:
    """What proves that a head was written by this installation: the chain alone could be made anew."""
    parts = [head.log, head.number, head.hash, head.sealed_at, head.cut_number, head.cut_hash]
    return keys.attest("audit.head", _ENCODER.encode([_as_text(part) for part in parts]))
