"""Sessions the host opens for its people: by a link good once, or by a token it signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from crm_embedded.models import HostSession, SpentToken, Ticket
from crm_embedded.session_store import SessionStore
from crm_kernel.access.permitted import public
from crm_kernel.access.store import IDENTITY
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Unauthenticated
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.web.known import AGAIN
from crm_kernel.web.secrets import fingerprint, new_secret

_ = messages("embedded")

LINK_SECONDS = 60
LASTS = timedelta(hours=12)
IDLE = timedelta(hours=1)
LATE = timedelta(minutes=10)
"""How long after its end a provider's session opens none here, should its code still be on the way."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened: its secret, shown this once, when it ends, and where the link leads."""

    token: str
    expires: datetime
    path: str = "/"


@dataclass(frozen=True, slots=True)
class ProviderSession:
    """What an OpenID provider calls somebody's session there, and its token that says so."""

    name: str | None
    id_token: str


class Sessions:
    """Offered as `host_sessions`. Each method acts on the host's word alone."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = SessionStore(kernel.db)

    @public
    async def staff_of(self, token_hash: str) -> tuple[UUID, float] | None:
        """Whose session it is, and for how many seconds it is good. Called by the identity."""
        found = await self._store.session(token_hash)
        now = self._kernel.clock.now()
        if found is None:
            return None
        ends = min(found.expires_at, found.seen_at + IDLE)
        if ends <= now:
            return None
        if now - found.seen_at >= timedelta(seconds=AGAIN):
            async with self._kernel.db.work(None, now=now) as work:
                await self._store.saw(work, found.id)
            ends = min(found.expires_at, now + IDLE)
        return found.staff_id, (ends - now).total_seconds()

    @public
    async def open(
        self, staff_id: UUID, path: str = "/", *, provider: ProviderSession | None = None
    ) -> Opened:
        """A session for somebody the host vouches for. Called by the host only.

        Raises Unauthenticated where the provider's session ended before ours began.
        """
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            if provider is not None and provider.name and await self._store.spent(fingerprint(provider.name)):
                raise Unauthenticated()
            return self._opened(work, staff_id, path, provider)

    @public
    async def end(self, secret: str) -> str | None:
        """End one session, the asker's own; what its provider is shown then. Whoever has the secret may."""
        found = await self._store.session(fingerprint(secret))
        if found is None:
            return None
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            await self._kernel.access.count(work, IDENTITY)
            await self._store.end_one(work, found.id)
        return found.id_token

    @public
    async def end_provided(self, name: str) -> None:
        """End what began with a session of the provider, or is just about to. Called by the host only."""
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            await self._kernel.access.count(work, IDENTITY)
            await self._store.end_provided(work, fingerprint(name))
            if not await self._store.spent(fingerprint(name)):
                work.session.add(SpentToken(token_hash=fingerprint(name), expires_at=work.now + LATE))

    @public
    async def link(self, staff_id: UUID, path: str = "/") -> str:
        """A ticket for a link that opens a session once, within a minute. Called by the host only."""
        ticket = new_secret()
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            work.add(
                Ticket(
                    token_hash=fingerprint(ticket),
                    staff_id=staff_id,
                    path=path,
                    expires_at=work.now + timedelta(seconds=LINK_SECONDS),
                )
            )
        return ticket

    @public
    async def redeem(self, ticket: str) -> Opened:
        """Open a session by a link. Raises Unauthenticated for one that is used, old or made up.

        Open: whoever holds the ticket got it from the host.
        """
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            found = await self._store.take_ticket(work, fingerprint(ticket))
            if found is None or found.expires_at <= work.now:
                raise Unauthenticated(_("This link was used already, or it is too old. Open the page anew."))
            return self._opened(work, found.staff_id, found.path)

    @public
    async def spend(self, token_id: str, expires: datetime) -> None:
        """Take a signed token once. Raises Unauthenticated when it was shown before. Called by the door."""
        digest = fingerprint(token_id)
        if await self._store.spent(digest):
            raise Unauthenticated(_("This token was used already."))
        try:
            async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
                work.session.add(SpentToken(token_hash=digest, expires_at=expires))
        except IntegrityError as fault:
            raise Unauthenticated(_("This token was used already.")) from fault

    @public
    async def end_all(self, work: UnitOfWork, staff_id: UUID) -> None:
        """End somebody's sessions and links in the caller's transaction. Called by the host only."""
        await self._kernel.access.count(work, IDENTITY)
        await self._store.end(work, staff_id)

    def _opened(
        self, work: UnitOfWork, staff_id: UUID, path: str, provider: ProviderSession | None = None
    ) -> Opened:
        token = new_secret()
        expires = work.now + LASTS
        work.add(
            HostSession(
                token_hash=fingerprint(token),
                staff_id=staff_id,
                created_at=work.now,
                seen_at=work.now,
                expires_at=expires,
                provider_session=fingerprint(provider.name) if provider and provider.name else None,
                id_token=provider.id_token if provider else None,
            )
        )
        return Opened(token, expires, path)


async def sweep(kernel: Kernel) -> None:
    """Forget sessions, links and tokens that have run out, and yesterday's calls."""
    now = kernel.clock.now()
    async with kernel.db.work(None, now=now) as work:
        await SessionStore(kernel.db).sweep(work, now, now - timedelta(days=1))
