"""A customer who is given to a colleague takes along what hangs on him."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_customer.repository import owners
from crm_kernel.records.events import RecordChanged

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


async def hand_over(kernel: Kernel, told: RecordChanged, _event: Any) -> None:
    """His cars, visits, purchases, policies, contacts, relations and consents follow his owner.

    Told once for a change by form, program, import and bulk move alike; again does no harm.
    """
    if "owner_id" in told.fields:
        async with kernel.db.work(None, now=kernel.clock.now()) as work:
            await owners.hand_over(work, told.dealership_id, told.id)
