"""The service `identity`: who is behind a request, by bearer token or session cookie.

What was found is kept as long as neither policy nor identities changed, which costs one statement per
second and process; a request with a known token costs none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor, Grants
from crm_kernel.errors import NotFound, Unauthenticated
from crm_kernel.i18n import negotiate
from crm_kernel.kernel import Kernel
from crm_kernel.web.known import AGAIN, KnownActors
from crm_standalone.accounts.models import Account, Session, Token
from crm_standalone.accounts.room import AccountRoom

COOKIE = b"crm_session="
BEARER = b"bearer "
READ = frozenset({b"authorization", b"cookie", b"x-crm-dealership", b"accept-language"})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request shows: the secret's hash and how it came, the wanted dealership and languages."""

    fingerprint: bytes
    via: str
    dealership: bytes
    languages: bytes


class IdentityService(AccountRoom):
    """Recognises people of our own accounts."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._access = kernel.access
        self._clock = kernel.clock
        self._known = KnownActors(kernel.access, kernel.clock)

    @public
    async def authenticate(self, scope: Any) -> Actor | None:
        """The person behind an ASGI connection scope; None when nobody is known by what it shows.

        A bearer token counts before a cookie. The dealership is the token's or the session's, else the one
        whose code stands in `X-CRM-Dealership`, else the person's own. Raises NotFound for a code he may not
        enter. Whoever signed in with a password he must change first is known, but holds no right; a token
        stands on its own. Open: it is asked before anybody is known.
        """
        secret = dealership = languages = b""
        via = ""
        for name, value in scope["headers"]:
            if name not in READ:
                continue
            if name == b"authorization":
                if value[:7].lower() == BEARER:
                    secret, via = value[7:].strip(), "token"
            elif name == b"cookie":
                if via != "token" and COOKIE in value:
                    secret, via = _cookie(value), "session"
            elif name == b"x-crm-dealership":
                dealership = value
            else:
                languages = value
        if not secret:
            return None
        asked = _Asked(sha256(secret).digest(), via, dealership, languages)
        return self._known.recall(asked) or await self._find(asked)

    async def _find(self, asked: _Asked) -> Actor | None:
        known, stamp = await self._known.confirm(asked)
        if known is not None:
            return known
        found = await (self._by_token(asked) if asked.via == "token" else self._by_session(asked))
        if found is None:
            return None
        actor, ends = found
        self._known.keep(asked, actor, stamp, (ends - self._clock.now()).total_seconds())
        return actor

    async def _by_token(self, asked: _Asked) -> tuple[Actor, datetime] | None:
        found = await self._store.token(asked.fingerprint.hex())
        now = self._clock.now()
        if found is None or found[0].expires_at <= now:
            return None
        token, account = found
        actor = await self._actor(account, token, asked)
        if actor is not None and _long_ago(token.used_at, now):
            async with self._kernel.db.work(None, now=now) as work:
                await self._store.used(work, token.id)
        return (actor, token.expires_at) if actor is not None else None

    async def _by_session(self, asked: _Asked) -> tuple[Actor, datetime] | None:
        found = await self._store.session(asked.fingerprint.hex())
        now = self._clock.now()
        if found is None:
            return None
        session, account = found
        ends = min(session.expires_at, session.seen_at + self._idle)
        if ends <= now or session.created_at > now + timedelta(hours=1):
            return None
        actor = await self._actor(account, session, asked)
        if actor is not None and _long_ago(session.seen_at, now):
            async with self._kernel.db.work(None, now=now) as work:
                await self._store.saw(work, session.id)
        return (actor, min(session.expires_at, now + self._idle)) if actor is not None else None

    async def _actor(self, account: Account, proof: Session | Token, asked: _Asked) -> Actor | None:
        if account.state != "active":
            return None
        prefers = negotiate(asked.languages.decode("latin-1"), "") if asked.languages else ""
        chosen = proof.dealership_id
        if chosen is None and asked.dealership:
            shop = await self._access.store.dealership_by_code(asked.dealership.decode("latin-1"))
            if shop is None:
                raise NotFound()
            chosen = shop.id
        try:
            actor = await self._access.actor(account.staff_id, chosen, via=asked.via, prefers=prefers)
        except Unauthenticated:
            return None
        except NotFound:
            # A session's dealership was closed to him meanwhile: he goes on in his own.
            if not isinstance(proof, Session) or proof.dealership_id is None:
                raise
            actor = await self._access.actor(account.staff_id, via=asked.via, prefers=prefers)
        if account.must_change and isinstance(proof, Session):
            actor = replace(actor, grants=Grants(revision=actor.grants.revision), _accesses={})
        return replace(actor, login=account.login, _accesses={})


def _long_ago(moment: datetime | None, now: datetime) -> bool:
    return moment is None or abs(now - moment) >= timedelta(seconds=AGAIN)


def _cookie(header: bytes) -> bytes:
    for part in header.split(b";"):
        part = part.strip()
        if part.startswith(COOKIE):
            return part[len(COOKIE) :]
    return b""
