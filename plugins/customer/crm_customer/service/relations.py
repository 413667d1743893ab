"""Relations between customers: kept once, told from both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_customer import errors
from crm_customer.entities import RELATION
from crm_customer.models import Customer, Relation
from crm_customer.repository.customers import CustomerRepository
from crm_customer.repository.ties import TieRepository
from crm_customer.service.hanging import HangingService
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.entity_service import Columns
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")

INVERSE: dict[str, Text] = {
    "family": _("Family"),
    "referred_by": _("Referred us"),
    "employer": _("Employs"),
    "parent_company": _("Subsidiary"),
    "supplies_to": _("Supplied by"),
}
"""What a relation is called on the page of its other side."""


class RelationView(msgspec.Struct, frozen=True):
    """A relation from one side: who is there, and what he is. `label` is None where `kind` says it itself."""

    id: UUID
    kind: str
    label: Text | None
    other_id: UUID
    name: str
    remark: str


class RelationService(HangingService[Relation]):
    """Offered as `customer.relations`."""

    entity = RELATION
    hangs_on = "customer_id", Customer

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._ties = TieRepository(kernel.db)
        self._customers = CustomerRepository(kernel.db)

    @permitted("relation.view")
    async def of(self, access: Access, customer_id: UUID) -> list[RelationView]:
        """The relations on a customer's page. People out of the actor's reach are left out."""
        rows = await self._ties.relations(access, customer_id)
        others = {row.id: row.other_id if row.customer_id == customer_id else row.customer_id for row in rows}
        reach = access.actor.access("customer.view")
        known = await self._customers.reachable(reach, [*others.values(), customer_id])
        if customer_id not in known:
            return []
        return [
            RelationView(
                row.id,
                row.kind,
                None if row.customer_id == customer_id else INVERSE.get(row.kind),
                others[row.id],
                known[others[row.id]].name,
                row.remark or "",
            )
            for row in rows
            if others[row.id] in known
        ]

    async def _before(self, work: UnitOfWork, access: Access, sent: Columns, row: Relation | None) -> Columns:
        one: Any = sent.get("customer_id", row.customer_id if row else None)
        other: Any = sent.get("other_id", row.other_id if row else None)
        if one == other:
            raise errors.itself("other_id")
        kind = sent.get("kind", row.kind if row else "")
        if row is None and await self._ties.related(access, one, kind, other):
            raise errors.known_relation()
        return {}
