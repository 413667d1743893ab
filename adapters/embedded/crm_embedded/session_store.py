"""Statements over sessions, tickets and spent tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from crm_embedded.models import Call, HostSession, SpentToken, Ticket
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork


class SessionStore:
    """What opens the door from the host's side."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def session(self, token_hash: str) -> HostSession | None:
        """The session with this token."""
        found: HostSession | None = await self._db.first(
            trusted(select(HostSession).where(HostSession.token_hash == token_hash))
        )
        return found

    async def saw(self, work: UnitOfWork, id: UUID) -> None:
        """Note that it was used."""
        await work.execute(update(HostSession).where(HostSession.id == id).values(seen_at=work.now))

    async def end(self, work: UnitOfWork, staff_id: UUID) -> None:
        """End all sessions and links of somebody."""
        await work.execute(delete(HostSession).where(HostSession.staff_id == staff_id))
        await work.execute(delete(Ticket).where(Ticket.staff_id == staff_id))

    async def end_one(self, work: UnitOfWork, id: UUID) -> None:
        """End one session."""
        await work.execute(delete(HostSession).where(HostSession.id == id))

    async def end_provided(self, work: UnitOfWork, provider_session: str) -> None:
        """End the sessions that began with one of the provider's."""
        await work.execute(delete(HostSession).where(HostSession.provider_session == provider_session))

    async def take_ticket(self, work: UnitOfWork, token_hash: str) -> Ticket | None:
        """The ticket, which is gone afterwards: of two who show it at the same time one gets nothing."""
        found: Ticket | None = await work.first(
            trusted(select(Ticket).where(Ticket.token_hash == token_hash))
        )
        if found is None:
            return None
        gone = await work.execute(delete(Ticket).where(Ticket.token_hash == token_hash))
        return found if gone.rowcount else None

    async def spent(self, token_hash: str) -> bool:
        """Whether this token was shown before."""
        return bool(
            await self._db.rows(
                trusted(select(SpentToken.token_hash).where(SpentToken.token_hash == token_hash))
            )
        )

    async def sweep(self, work: UnitOfWork, now: datetime, calls_before: datetime) -> None:
        """Forget what has run out."""
        for model in (HostSession, Ticket, SpentToken):
            await work.execute(delete(model).where(model.expires_at < now))
        await work.execute(delete(Call).where(Call.rang_at < calls_before))
