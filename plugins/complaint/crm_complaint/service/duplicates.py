"""A complaint that is open already: same customer or same number. Offered to be joined, not forbidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_complaint.process import CLOSED
from crm_complaint.service.intake import CaseLine, Intake
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.records.suspicions import Suspicion
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")


class OpenCase(Suspicion, frozen=True):
    """A case that may be the one that is being typed; what was said goes to it at `join`."""

    join: str = ""


class ComplaintDuplicates:
    """Offered as `complaint.duplicates`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted("complaint.create")
    async def suspects(
        self, access: Access, values: Mapping[str, Any], *, but: UUID | None = None
    ) -> Sequence[OpenCase]:
        """Open complaints of the same customer or the same number, `but` excepted."""
        actor = access.actor
        if not actor.may("complaint.view"):
            return []
        intake: Intake = self._kernel.service("complaint.intake")
        cases: dict[UUID, tuple[CaseLine, Text]] = {}
        if customer := _id(values.get("customer_id")):
            for case in await intake.cases_of_customer(actor, customer):
                cases[case.id] = case, _("same customer")
        for case in await intake.cases_of_number(actor, str(values.get("mobile") or "")):
            cases.setdefault(case.id, (case, _("same number")))
        joins = self._kernel.offers("notes") and actor.may("notes.create")
        return [
            OpenCase(
                code="open_case",
                reason=reason,
                id=case.id,
                label=f"{case.number} {case.subject}",
                join=f"/complaints/{case.id}/join" if joins else "",
            )
            for case, reason in cases.values()
            if case.status != CLOSED and case.id != but
        ]


def _id(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
