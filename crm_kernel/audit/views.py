"""How the log is shown: entries with the reader's rights applied to every field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.audit.entries import REASON
from crm_kernel.audit.models import AuditChange, AuditRow
from crm_kernel.audit.sealing import Opened
from crm_kernel.contributions import Entity
from crm_kernel.records.withheld import WITHHELD
from crm_kernel.text import Text

MASK = "••••"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as JSON data, masked like on screen; `erased` when its key is gone."""

    field: str
    label: Text | None
    before: Any
    after: Any
    erased: bool = False
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class ChangeView:
    """An entry of the change log. `summary` holds a bulk change's counts."""

    seq: int
    at: datetime
    actor_id: UUID | None
    actor_name: str | None
    via: str
    request_id: str
    dealership_id: UUID | None
    entity: str
    record_id: UUID | None
    verb: str
    reason: str | None
    changes: tuple[FieldChange, ...]
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AccessView:
    """An entry of the access log; `detail` is JSON data given by whoever recorded it."""

    seq: int
    at: datetime
    actor_id: UUID | None
    actor_name: str | None
    via: str
    request_id: str
    dealership_id: UUID | None
    verb: str
    entity: str
    record_id: UUID | None
    detail: Any


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Entries, newest first, and where the next page starts."""

    items: Sequence[ChangeView]
    next: str | None


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Entries, newest first, and where the next page starts."""

    items: Sequence[AccessView]
    next: str | None


def change_view(
    actor: Actor,
    change: AuditChange,
    name: str | None,
    row: AuditRow | None,
    entity: Entity | None,
    before: Opened,
    after: Opened,
    withheld: bool,
) -> ChangeView:
    """An entry for this reader: fields he may not see are left out, sensitive ones masked.

    `withheld`: the record concerns the reader himself, who gets no part of a sensitive value.
    """
    erased, damaged = {*before.erased, *after.erased}, {*before.damaged, *after.damaged}
    names = sorted(({*before.values, *after.values} | erased | damaged) - {REASON})
    bulk = change.record_id is None and row is None
    changes = (
        ()
        if bulk
        else tuple(
            FieldChange(
                field=field,
                label=_label(entity, field),
                before=_shown(entity, field, before.values.get(field), withheld),
                after=_shown(entity, field, after.values.get(field), withheld),
                erased=field in erased,
                damaged=field in damaged,
            )
            for field in names
            if _may_see(actor, entity, field)
        )
    )
    return ChangeView(
        seq=change.seq,
        at=change.at,
        actor_id=change.actor_id,
        actor_name=name,
        via=change.via,
        request_id=change.request_id,
        dealership_id=change.dealership_id,
        entity=change.entity,
        record_id=row.record_id if row else change.record_id,
        verb=row.verb if row else change.verb,
        reason=change.reason or after.values.get(REASON),
        changes=changes,
        summary=after.values if bulk else {},
    )


def _may_see(actor: Actor, entity: Entity | None, name: str) -> bool:
    if entity is None:
        return True
    declared = entity.field(name)
    if f"{entity.name}.{name}" in actor.grants.hidden:
        return False
    return declared is None or declared.permission is None or actor.may(declared.permission)


def _label(entity: Entity | None, name: str) -> Text | None:
    declared = entity.field(name) if entity else None
    return declared.label if declared else None


def _shown(entity: Entity | None, name: str, value: Any, withheld: bool) -> Any:
    declared = entity.field(name) if entity else None
    if declared is None or not declared.sensitive or value is None:
        return value
    if withheld:
        return WITHHELD
    if declared.kind is None or declared.kind.mask is None:
        return MASK
    try:
        return declared.kind.mask(value)
    except (TypeError, ValueError, AttributeError, KeyError):
        return MASK
