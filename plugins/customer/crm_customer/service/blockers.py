"""What of ours is open on a customer or a vehicle and forbids deleting it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from crm_customer.repository.affairs import AffairRepository
from crm_kernel.actor import Access
from crm_kernel.contributions import Blocker, OpenBusiness
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")

OPEN = _("Repair orders not settled")


async def visits_of_customer(kernel: Kernel, access: Access, customer_id: UUID) -> Sequence[OpenBusiness]:
    """His visits that are not settled."""
    count = await AffairRepository(kernel.db).open_visits(customer_id)
    return [OpenBusiness(OPEN, count, f"/repair-orders?customer_id={customer_id}&settled_on[empty]=true")]


async def visits_of_vehicle(kernel: Kernel, access: Access, vehicle_id: UUID) -> Sequence[OpenBusiness]:
    """Its visits that are not settled."""
    count = await AffairRepository(kernel.db).open_visits_of_vehicle(vehicle_id)
    return [OpenBusiness(OPEN, count, f"/repair-orders?vehicle_id={vehicle_id}&settled_on[empty]=true")]


BLOCKERS = (Blocker("customer", visits_of_customer), Blocker("vehicle", visits_of_vehicle))
