"""One's own open sessions, to look at and to end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.errors import NotFound
from crm_kernel.web.secrets import fingerprint
from crm_standalone.accounts.room import AccountRoom


@dataclass(frozen=True, slots=True)
class SessionView:
    """Where somebody is signed in; `current` is the session that asks."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    current: bool


class Sessions(AccountRoom):
    """Each sees and ends his own."""

    @public
    async def sessions(self, actor: Actor, token: str = "") -> list[SessionView]:
        """The open sessions, the latest first. Open to each for himself."""
        account = await self._own(actor)
        now = self._kernel.clock.now()
        own = fingerprint(token) if token else ""
        return [
            SessionView(
                one.id,
                one.created_at,
                one.seen_at,
                one.expires_at,
                one.address,
                one.agent,
                one.token_hash == own,
            )
            for one in await self._store.sessions(account.id, now)
            if now - one.seen_at < self._idle
        ]

    @public
    async def end_session(self, actor: Actor, id: UUID) -> None:
        """End one of one's own sessions, elsewhere. Raises NotFound. Open to each for himself."""
        account = await self._own(actor)
        async with self._changing(actor, "session.ended", account, ends=True) as work:
            for one in await self._store.sessions(account.id, work.now):
                if one.id == id:
                    await self._store.end_session(work, one.token_hash)
                    return
            raise NotFound()

    @public
    async def end_other_sessions(self, actor: Actor, token: str) -> int:
        """End all of one's sessions but the one that asks; tells how many. Open to each for himself."""
        account = await self._own(actor)
        found = await self._store.session(fingerprint(token))
        keep = found[0].id if found is not None and found[1].id == account.id else None
        async with self._changing(actor, "session.others_ended", account, ends=True) as work:
            return await self._store.end_sessions(work, account.id, besides=keep)
