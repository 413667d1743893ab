"""What complaints hold about one person: handed over on request, or made unrecognisable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_complaint.entities import COMPLAINT, SUGGESTION
from crm_complaint.models import Complaint, Suggestion
from crm_complaint.repository.personal import PersonalRepository
from crm_kernel.actor import Access
from crm_kernel.contributions import Entity, PersonalData
from crm_kernel.flow.room import engine_of
from crm_kernel.records.leftovers import forget

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

ERASED = "—"


async def export(kernel: Kernel, access: Access, customer_id: UUID) -> Mapping[str, Any]:
    """Everything said by and about him, open, with the steps that were taken and what was approved."""
    repository = PersonalRepository(kernel.db)
    complaints = []
    for row in await repository.complaints(access, customer_id):
        steps = await engine_of(kernel).told(row.dealership_id, row.id)
        approvals = await engine_of(kernel).approvals(row.dealership_id, row.id)
        complaints.append({**_told(COMPLAINT, row), "steps": steps, "approvals": approvals})
    suggestions = [_told(SUGGESTION, row) for row in await repository.suggestions(access, customer_id)]
    return {"complaint": complaints, "suggestion": suggestions}


def _told(entity: Entity, row: Complaint | Suggestion) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in entity.fields}


async def erase(kernel: Kernel, access: Access, customer_id: UUID) -> int:
    """Overwrite what identifies him and what was said, written and attached; figures stay.

    Gives the number of records touched.
    """
    repository = PersonalRepository(kernel.db)
    async with kernel.db.work(access, now=kernel.clock.now()) as work:
        work.reason = "erasure"
        complaints = await repository.complaints(access, customer_id)
        for row in complaints:
            row.contact = row.mobile = row.phone = row.mobile_print = row.description = None
            row.subject = ERASED
            await engine_of(kernel).forget_facts(work, row.id)
            await forget(kernel, work, COMPLAINT.name, row)
        suggestions = await repository.suggestions(access, customer_id)
        for said in suggestions:
            said.subject, said.text, said.answer = ERASED, None, None
            await forget(kernel, work, SUGGESTION.name, said)
        if kernel.offers("audit"):
            for name, rows in (("complaint", complaints), ("suggestion", suggestions)):
                await kernel.service("audit").forget(work, name, [row.id for row in rows])
    return len(complaints) + len(suggestions)


PERSONAL_DATA = (PersonalData("complaint", export, erase),)
