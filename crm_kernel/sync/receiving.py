"""Who takes the rows of a kind: the border between a delivery and the records it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from crm_kernel.actor import Access
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import FieldError
from crm_kernel.sync.rows import SyncRow
from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

CREATED, CHANGED, UNCHANGED, REJECTED = "created", "changed", "unchanged", "rejected"


@dataclass(slots=True)
class Outcome:
    """What became of one row; `warnings` are codes of what a person should look at (a wrong check digit)."""

    row: SyncRow
    result: str
    record_id: UUID | None = None
    errors: Sequence[FieldError] = ()
    warnings: Sequence[str] = ()


@dataclass(slots=True)
class Inbox:
    """One delivery in the open transaction. `known` are the records its ids have meant so far."""

    kernel: Kernel
    work: UnitOfWork
    access: Access
    batch_id: UUID
    source: str
    entity: str
    known: Mapping[str, UUID]
    locale: str = "zh-CN"
    references: Mapping[str, Mapping[str, UUID]] = field(default_factory=dict)

    @property
    def dealership(self) -> UUID:
        """Whose records they become."""
        return self.access.actor.dealership_id


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field a host may send, for the list of kinds."""

    name: str
    label: Text
    type: str
    required: bool = False
    reference: str = ""


class Receiver(Protocol):
    """Takes rows into records that are no entity; entities have one already."""

    async def fields(self, access: Access) -> Sequence[FieldInfo]:
        """What may be sent."""

    async def receive(self, inbox: Inbox, rows: Sequence[SyncRow]) -> Sequence[Outcome]:
        """Write each acceptable row within `inbox.work`; one outcome per row, in order."""
