"""Records that hang on a customer, at once or through a car."""

from __future__ import annotations

from typing import ClassVar, TypeVar
from uuid import UUID

from crm_customer.repository.owners import owners
from crm_kernel.actor import Access
from crm_kernel.dal.base import Record
from crm_kernel.records.entity_service import Columns, EntityService

R = TypeVar("R", bound=Record)


class HangingService(EntityService[R]):
    """Whoever looks after the customer looks after what is entered for him, whoever enters it."""

    hangs_on: ClassVar[tuple[str, type[Record]]]
    """The field and the model of the record whose owner owns this one too."""

    async def _signature(self, access: Access, sent: Columns) -> Columns:
        if sent.get("owner_id") is not None:
            return {}
        field, model = self.hangs_on
        try:
            other = UUID(str(sent.get(field)))
        except ValueError:
            return {}
        owner = (await owners(self._kernel.db, access.actor.dealership_id, model, [other])).get(other)
        return {"owner_id": owner} if owner is not None else {}
