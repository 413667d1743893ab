"""The service `identity`: who is behind a request, by the host's word or by a session it opened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from crm_embedded.host import Host, HostUser
from crm_embedded.people import People
from crm_embedded.sessions import Sessions
from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.errors import Unauthenticated
from crm_kernel.i18n import negotiate
from crm_kernel.kernel import Kernel
from crm_kernel.web.client import header
from crm_kernel.web.csrf import SESSION_COOKIE, cookie
from crm_kernel.web.known import KnownActors

HOST_SCOPE = "crm_host"
"""Where the shim leaves the host's own scope."""
BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request shows: the host's word on a person or a secret of ours, and the wanted languages."""

    shown: HostUser | bytes
    languages: str
    via: str


class HostIdentity:
    """Recognises people the host vouches for; what it says counts from this request on."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._host: Host = kernel.service("host")
        self._people: People = kernel.service("host_people")
        self._sessions: Sessions = kernel.service("host_sessions")
        self._known = KnownActors(kernel.access, kernel.clock)

    @public
    async def authenticate(self, scope: Any) -> Actor | None:
        """The person behind an ASGI connection scope; None when nobody vouches for him.

        Raises Forbidden for somebody the host knows and does not let in. Open: it is asked before anybody
        is known.
        """
        languages = header(scope, b"accept-language")
        user = await self._word_of(scope.get(HOST_SCOPE))
        authorization = header(scope, b"authorization")
        if user is not None:
            # A browser never sends a bearer token by itself, so such a request needs no proof of the page.
            via = "token" if authorization[: len(BEARER)].lower() == BEARER else "host"
            return await self._find(_Asked(user, languages, via))
        if authorization[: len(BEARER)].lower() == BEARER:
            return await self._by_secret(authorization[len(BEARER) :].strip(), languages, "token")
        secret = cookie(scope, SESSION_COOKIE)
        return await self._by_secret(secret, languages, "host") if secret else None

    @public
    async def actor(self, user: HostUser) -> Actor:
        """The actor for a person, for hosts that call services in process. Called by the host only.

        Raises Forbidden for somebody the host does not let in, Unauthenticated for one dismissed here.
        """
        found = await self._find(_Asked(user, "", "host"))
        if found is None:
            raise Unauthenticated()
        return found

    async def _word_of(self, scope: Any) -> HostUser | None:
        if scope is None or self._host.identify is None:
            return None
        answer = self._host.identify(scope)
        if answer is None or isinstance(answer, HostUser):
            return answer
        return await answer

    async def _by_secret(self, secret: str, languages: str, via: str) -> Actor | None:
        return await self._find(_Asked(sha256(secret.encode()).digest(), languages, via))

    async def _find(self, asked: _Asked) -> Actor | None:
        known = self._known.recall(asked)
        if known is not None:
            return known
        known, stamp = await self._known.confirm(asked)
        if known is not None:
            return known
        locale, seconds = "", float("inf")
        if isinstance(asked.shown, HostUser):
            staff_id, locale = await self._people.staff_of(asked.shown), asked.shown.locale
            stamp = (await self._known.confirm(asked))[1]  # what was granted just now has moved it
        else:
            found = await self._sessions.staff_of(asked.shown.hex())
            if found is None:
                return None
            staff_id, seconds = found
        prefers = negotiate(asked.languages, "") if asked.languages else ""
        try:
            actor = await self._kernel.access.actor(staff_id, via=asked.via, locale=locale, prefers=prefers)
        except Unauthenticated:
            return None
        actor = self._without_mastered(actor)
        self._known.keep(asked, actor, stamp, seconds)
        return actor

    def _without_mastered(self, actor: Actor) -> Actor:
        """What the host is master of, nobody changes here."""
        if not self._host.masters:
            return actor
        closed = frozenset[str]().union(*(master.closed for master in self._host.masters))
        refused = frozenset[str]().union(*(master.refused for master in self._host.masters))
        held = {name: scope for name, scope in actor.grants.permissions.items() if name not in refused}
        grants = replace(
            actor.grants,
            permissions=MappingProxyType(held),
            read_only=actor.grants.read_only | closed,
        )
        return replace(actor, grants=grants, _accesses={})
