"""One change of the policy: counted, told and taken into effect together, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import EventType
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

CHANGED = "access.changed"


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """What was done (`role.granted`, `staff.moved`, ...), to which id, and with which values."""

    what: str
    subject: str
    detail: Mapping[str, str] = field(default_factory=dict)


EVENT = EventType(
    CHANGED,
    AccessChanged,
    lambda: AccessChanged("role.granted", str(uuid7()), {"role": "service_agent", "place": "*"}),
    _("Rights or organisation changed"),
)


@asynccontextmanager
async def changing(
    kernel: Kernel, by: Access | Actor | None, what: str, subject: object, **detail: object
) -> AsyncIterator[UnitOfWork]:
    """A unit of work that changes the policy; other such changes wait until it ends."""
    async with kernel.db.work(by, now=kernel.clock.now()) as work:
        await kernel.access.count(work)
        yield work
        words = {key: "*" if value is None else str(value) for key, value in detail.items()}
        record = subject if isinstance(subject, UUID) else None
        _note(kernel, work, what, record, words if record else {"name": str(subject), **words})
        kernel.events.emit(
            work, CHANGED, AccessChanged(what, str(subject), words), entity="access", record_id=record
        )


def _note(kernel: Kernel, work: UnitOfWork, what: str, record: UUID | None, words: Mapping[str, str]) -> None:
    """Into the change log, where there is one. A role given or taken is a change of the person."""
    if kernel.offers("audit"):
        kind, _dot, verb = what.partition(".")
        entity = "staff" if verb in ("granted", "revoked") else kind
        kernel.service("audit").noted(work, verb, entity, record, {}, words)
