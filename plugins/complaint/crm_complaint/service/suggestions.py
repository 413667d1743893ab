"""Suggestions: received, answered, taken up or not."""

from __future__ import annotations

from crm_complaint.entities import SUGGESTION
from crm_complaint.models import Suggestion
from crm_kernel.actor import Access
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.entity_service import Columns, EntityService


class SuggestionService(EntityService[Suggestion]):
    """Offered as `complaint.suggestions`."""

    entity = SUGGESTION

    async def _before(
        self, work: UnitOfWork, access: Access, sent: Columns, row: Suggestion | None
    ) -> Columns:
        if row is None:
            sent.setdefault("received_at", work.now)
        answered = bool(sent.get("answer")) and (row is None or sent["answer"] != row.answer)
        return {"answered_at": work.now} if answered else {}
