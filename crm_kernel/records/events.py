"""What is told of every record: `<entity>.created`, `.changed`, `.deleted`, `.restored`, `.purged`, and of
many at once `.imported`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.contributions import Entity, EventType
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

HAPPENINGS = ("created", "changed", "deleted", "restored", "purged")
IMPORTED = "imported"


class RecordChanged(msgspec.Struct, frozen=True):
    """Which record, and the names of the fields that changed; values are read by whoever may see them."""

    entity: str
    id: UUID
    dealership_id: UUID
    version: int
    fields: list[str] = []


class RecordsImported(msgspec.Struct, frozen=True):
    """Which records came in together, new or changed; `origin` is `import`, or the system that pushed
    them."""

    entity: str
    dealership_id: UUID
    created: list[UUID]
    changed: list[UUID]
    origin: str = "import"


def record_events(kernel: Kernel) -> list[EventType]:
    """The events of all entities, except those their own module declares."""
    declared = {event.name for event in kernel.registry.of(EventType)}
    found = []
    for entity in kernel.registry.of(Entity):
        for happening in HAPPENINGS:
            name = f"{entity.name}.{happening}"
            if name not in declared:
                found.append(EventType(name, RecordChanged, _example(entity.name)))
        if f"{entity.name}.{IMPORTED}" not in declared:
            found.append(EventType(f"{entity.name}.{IMPORTED}", RecordsImported, _examples(entity.name)))
    return found


def _example(entity: str) -> Any:
    return lambda: RecordChanged(entity, uuid7(), uuid7(), 1, ["name"])


def _examples(entity: str) -> Any:
    return lambda: RecordsImported(entity, uuid7(), [uuid7()], [uuid7()], "erp")


def tell(
    kernel: Kernel, work: UnitOfWork, entity: Entity, happening: str, record: Any, fields: Any = ()
) -> None:
    """Emit the event, unless the module publishes one of that name with a payload of its own."""
    name = f"{entity.name}.{happening}"
    declared = kernel.registry.event(name)
    if declared is None or declared.struct is not RecordChanged:
        return
    payload = RecordChanged(entity.name, record.id, record.dealership_id, record.version or 1, sorted(fields))
    kernel.events.emit(
        work, name, payload, entity=entity.name, record_id=record.id, dealership_id=record.dealership_id
    )


def tell_many(
    kernel: Kernel,
    work: UnitOfWork,
    entity: Entity,
    created: Sequence[UUID],
    changed: Sequence[UUID],
    origin: str,
) -> None:
    """Emit one event for all records of a chunk in the actor's dealership."""
    name = f"{entity.name}.{IMPORTED}"
    declared = next((event for event in kernel.registry.of(EventType) if event.name == name), None)
    if declared is None or declared.struct is not RecordsImported or work.actor is None:
        return
    payload = RecordsImported(entity.name, work.actor.dealership_id, list(created), list(changed), origin)
    kernel.events.emit(work, name, payload, entity=entity.name, dealership_id=work.actor.dealership_id)
