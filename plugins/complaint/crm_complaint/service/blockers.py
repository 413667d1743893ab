"""Open complaints forbid deleting the customer or the vehicle they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from crm_complaint.repository.complaints import ComplaintRepository
from crm_kernel.actor import Access
from crm_kernel.contributions import Blocker, OpenBusiness
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")

OPEN = _("Open complaints")


async def of_customer(kernel: Kernel, access: Access, customer_id: UUID) -> Sequence[OpenBusiness]:
    """His open complaints."""
    count = await ComplaintRepository(kernel.db).open_of_customer(access, customer_id)
    return [OpenBusiness(OPEN, count, f"/complaints?customer_id={customer_id}&status[ne]=closed")]


async def of_vehicle(kernel: Kernel, access: Access, vehicle_id: UUID) -> Sequence[OpenBusiness]:
    """Open complaints about it."""
    count = await ComplaintRepository(kernel.db).open_of_vehicle(access, vehicle_id)
    return [OpenBusiness(OPEN, count, f"/complaints?vehicle_id={vehicle_id}&status[ne]=closed")]


BLOCKERS = (Blocker("customer", of_customer), Blocker("vehicle", of_vehicle))
