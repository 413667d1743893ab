"""Recurring problems, and the complaints that are counted to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_complaint.entities import PROBLEM
from crm_complaint.models import Complaint, Problem
from crm_complaint.repository.problems import ProblemRepository
from crm_complaint.service.intake import CaseLine
from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.records.entity_service import Columns, EntityService
from crm_kernel.records.reach import reached
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")

SOLVED = "solved"
MOST = 8


class ProblemService(EntityService[Problem]):
    """Offered as `complaint.problems`. A problem is solved when its effect was checked, not before."""

    entity = PROBLEM

    async def _before(self, work: UnitOfWork, access: Access, sent: Columns, row: Problem | None) -> Columns:
        def value(name: str) -> object:
            return sent[name] if name in sent else getattr(row, name, None)

        if value("state") != SOLVED:
            return {}
        missing = [name for name in ("measure", "effect") if not value(name)]
        if missing:
            text = _("Before a problem is solved, say what was done and what it has brought.")
            raise Invalid([FieldError(name, "required", text) for name in missing])
        if not value("checked_on"):
            sent["checked_on"] = self._today(access.actor).isoformat()
        return {}


class ProblemCases(msgspec.Struct, frozen=True):
    """Complaints of a problem (the newest), how many there are, and those that look alike, not linked."""

    items: Sequence[CaseLine]
    count: int
    fitting: Sequence[CaseLine]


class ProblemLinks:
    """Offered as `complaint.problem_links`. Linking changes the complaint, and needs that right."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._repository = ProblemRepository(kernel.db)

    @permitted("complaint.view")
    async def cases(self, access: Access, problem_id: UUID) -> ProblemCases:
        """The complaints of a problem within one's reach, others of its kind and model. Raises NotFound."""
        problem = await self._kernel.service("records").get(access.actor, "problem", problem_id, typed=True)
        linked = await self._repository.linked(access, problem_id, MOST)
        fitting: Sequence[Complaint] = ()
        if problem.get("problem_type") or problem.get("model"):
            fitting = await self._repository.fitting(
                access, problem.get("problem_type"), problem.get("model"), MOST
            )
        count = await self._repository.count(access, problem_id)
        return ProblemCases([_line(one) for one in linked], count, [_line(one) for one in fitting])

    @public
    async def link(self, actor: Actor, problem_id: UUID, complaint_id: UUID) -> None:
        """Count a complaint to a problem. Checks `complaint.change`. Raises Forbidden, NotFound."""
        await reached(self._kernel, actor, "problem", problem_id)
        records = self._kernel.service("records")
        await records.change(actor, "complaint", complaint_id, {"problem_id": str(problem_id)})

    @public
    async def unlink(self, actor: Actor, problem_id: UUID, complaint_id: UUID) -> None:
        """Count it to none any more. Checks `complaint.change`. Raises Forbidden, NotFound."""
        await reached(self._kernel, actor, "problem", problem_id)
        await self._kernel.service("records").change(actor, "complaint", complaint_id, {"problem_id": None})


def _line(row: Complaint) -> CaseLine:
    return CaseLine(row.id, row.number, row.subject, row.level, row.status, row.received_at)
