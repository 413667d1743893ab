"""Web forms and what was sent through them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from crm_complaint.models import Posting, WebForm
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork


class WebFormRepository:
    """Forms are found by their token, which is the right to use them, or by the actor's own dealership."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def by_token(self, token: str) -> WebForm | None:
        """The form with this token."""
        found: WebForm | None = await self._db.first(trusted(select(WebForm).where(WebForm.token == token)))
        return found

    async def of_dealership(self, dealership_id: UUID, work: UnitOfWork | None = None) -> WebForm | None:
        """The dealership's form."""
        statement = trusted(select(WebForm).where(WebForm.dealership_id == dealership_id))
        found: WebForm | None = await (work.first(statement) if work else self._db.first(statement))
        return found

    async def posting(self, work: UnitOfWork, form_id: UUID, nonce: str) -> Posting | None:
        """What was sent with this page already."""
        found: Posting | None = await work.first(
            trusted(select(Posting).where(Posting.form_id == form_id, Posting.nonce == nonce))
        )
        return found

    async def sent_by(self, work: UnitOfWork, client: str, since: datetime) -> int:
        """How many sendings came from an address."""
        statement = select(func.count()).where(Posting.client == client, Posting.at >= since)
        return int(await work.first(trusted(statement)) or 0)

    async def sent_through(self, work: UnitOfWork, form_id: UUID, since: datetime) -> int:
        """How many came through a form."""
        statement = select(func.count()).where(Posting.form_id == form_id, Posting.at >= since)
        return int(await work.first(trusted(statement)) or 0)

    async def forget(self, work: UnitOfWork, before: datetime) -> None:
        """Drop old sendings; the cases stay."""
        await work.execute(delete(Posting).where(Posting.at < before))
