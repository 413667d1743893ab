"""What every module may ask about customers, whoever is their master."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from crm_kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A customer as other modules show him; `mobile` is masked for those who may not reveal it."""

    id: UUID
    code: str
    name: str
    kind: str
    mobile: str
    level: str


class CustomerDirectory(Protocol):
    """Finds customers within the actor's scope. Unknown and foreign ids give nothing."""

    async def find(
        self, actor: Actor, *, mobile: str = "", plate: str = "", q: str = "", limit: int = 10
    ) -> Sequence[CustomerCard]: ...

    async def card(self, actor: Actor, customer_id: UUID) -> CustomerCard | None: ...
