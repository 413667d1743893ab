"""Relations and consents of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_

from crm_customer.models import Consent, Relation
from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scoped


class TieRepository:
    """What services ask about a customer's ties."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def relations(self, access: Access, customer_id: UUID) -> Sequence[Any]:
        """(id, customer_id, kind, other_id, remark) of relations on either side of the customer."""
        columns = (Relation.id, Relation.customer_id, Relation.kind, Relation.other_id, Relation.remark)
        sides = or_(Relation.customer_id == customer_id, Relation.other_id == customer_id)
        return await self._db.rows(
            scoped(access, Relation, *columns).where(sides).order_by(Relation.created_at, Relation.id)
        )

    async def related(self, access: Access, customer_id: UUID, kind: str, other_id: UUID) -> bool:
        """Whether that very relation exists."""
        statement = scoped(access, Relation, Relation.id).where(
            Relation.customer_id == customer_id, Relation.kind == kind, Relation.other_id == other_id
        )
        return await self._db.first(statement) is not None

    async def consents(
        self, access: Access, customer_id: UUID, purpose: str = "", channel: str = ""
    ) -> Sequence[Any]:
        """(id, purpose, channel, given_at, proof, withdrawn_at, withdrawal), newest first."""
        columns = (
            Consent.id,
            Consent.purpose,
            Consent.channel,
            Consent.given_at,
            Consent.proof,
            Consent.withdrawn_at,
            Consent.withdrawal,
        )
        statement = scoped(access, Consent, *columns).where(Consent.customer_id == customer_id)
        if purpose:
            statement = statement.where(Consent.purpose == purpose)
        if channel:
            statement = statement.where(Consent.channel == channel)
        return await self._db.rows(statement.order_by(Consent.given_at.desc(), Consent.id.desc()))
