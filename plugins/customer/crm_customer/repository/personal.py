"""Every record of this module about one customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_

from crm_customer.models import Consent, Contact, Customer, Purchase, Relation, RepairOrder, Vehicle
from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scoped


class PersonalRepository:
    """For export and erasure: deleted records are included."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def about(self, access: Access, customer_id: UUID) -> dict[str, Sequence[Any]]:
        """Records by entity name; all lists are empty for a customer out of reach."""
        sides = or_(Relation.customer_id == customer_id, Relation.other_id == customer_id)
        wanted: dict[str, tuple[type[Any], Any]] = {
            "customer": (Customer, Customer.id == customer_id),
            "contact": (Contact, Contact.customer_id == customer_id),
            "relation": (Relation, sides),
            "consent": (Consent, Consent.customer_id == customer_id),
            "vehicle": (Vehicle, Vehicle.customer_id == customer_id),
            "repair_order": (RepairOrder, RepairOrder.customer_id == customer_id),
            "purchase": (Purchase, Purchase.customer_id == customer_id),
        }
        return {
            name: await self._db.rows(scoped(access, model, deleted=None).where(whose))
            for name, (model, whose) in wanted.items()
        }
