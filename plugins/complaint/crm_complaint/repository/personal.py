"""What is held about one customer, deleted records included."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from crm_complaint.models import Complaint, Suggestion
from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scoped


class PersonalRepository:
    """For handing over and erasing."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def complaints(self, access: Access, customer_id: UUID) -> Sequence[Complaint]:
        """His complaints."""
        statement = scoped(access, Complaint, deleted=None).where(Complaint.customer_id == customer_id)
        found: Sequence[Complaint] = await self._db.rows(statement)
        return found

    async def suggestions(self, access: Access, customer_id: UUID) -> Sequence[Suggestion]:
        """His suggestions."""
        statement = scoped(access, Suggestion, deleted=None).where(Suggestion.customer_id == customer_id)
        found: Sequence[Suggestion] = await self._db.rows(statement)
        return found
