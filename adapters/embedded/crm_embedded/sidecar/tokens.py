"""Tokens a host signs about its people: who they are, for a minute or so, and shown only once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from crm_embedded.host import HostUser
from crm_kernel.clock import Clock
from crm_kernel.errors import Unauthenticated
from crm_kernel.text import messages

_ = messages("embedded")

LONGEST = 300
"""Seconds from `iat` to `exp` at most: what is signed for longer is no short-lived token."""
LEEWAY = 5
ASYMMETRIC = ("RS256", "PS256", "ES256", "EdDSA")
SYMMETRIC = ("HS256",)


class Keys(Protocol):
    """Where the signer's keys come from."""

    async def for_kid(self, kid: str) -> KeySet: ...


@dataclass(frozen=True, slots=True)
class Word:
    """What a token says: the person, the token's id, and until when it counts."""

    user: HostUser
    token_id: str
    expires: datetime


class Verifier:
    """Believes one issuer's tokens that are meant for us; `groups` names the claim of groups."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        keys: Keys,
        clock: Clock,
        *,
        groups: str = "groups",
        algorithms: tuple[str, ...] = ASYMMETRIC,
        once: bool = True,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._clock = clock
        self._groups = groups
        self._algorithms = list(algorithms)
        self._once = once

    async def read(self, token: str) -> Word:
        """What the token says. Raises Unauthenticated for one that is forged, old, or not for us."""
        claims = await claims_of(
            token,
            self._keys,
            self._clock,
            self._algorithms,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            iat={"essential": self._once},
            jti={"essential": self._once},
            sub={"essential": True},
        )
        if self._once and claims["exp"] - claims["iat"] > LONGEST:
            raise refused()
        return Word(
            user_of(claims, self._groups), f"{self._issuer}\0{claims.get('jti', '')}", expiry_of(claims)
        )


async def claims_of(
    token: str, keys: Keys, clock: Clock, algorithms: Collection[str] = ASYMMETRIC, **wanted: Any
) -> dict[str, Any]:
    """What a signed token says, if it is signed by one of the keys, not run out, and as `wanted`.

    Raises Unauthenticated for anything else.
    """
    try:
        kid = str(extract_compact(token.encode()).headers().get("kid", ""))
        claims = jwt.decode(token, await keys.for_kid(kid), algorithms=list(algorithms)).claims
        now = int(clock.now().timestamp())
        jwt.JWTClaimsRegistry(now=now, leeway=LEEWAY, exp={"essential": True}, **wanted).validate(claims)
    except (JoseError, ValueError) as fault:
        raise refused() from fault
    return claims


def expiry_of(claims: Mapping[str, Any]) -> datetime:
    """When a token that was read counts no more."""
    return datetime.fromtimestamp(claims["exp"] + LEEWAY, UTC)


def user_of(claims: Mapping[str, Any], groups: str) -> HostUser:
    """The person; `groups` names the claim of groups, `realm_access.roles` one within another."""
    found: Any = claims
    for name in [groups] if groups in claims else groups.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    words = found.split() if isinstance(found, str) else [str(one) for one in found or ()]
    named = {name: str(claims.get(name, "")) for name in ("dealership", "position", "email", "mobile")}
    return HostUser(
        id=str(claims["sub"]),
        name=str(claims.get("name") or claims.get("preferred_username") or claims["sub"]),
        groups=words,
        locale=str(claims.get("locale", "")),
        **named,
    )


def refused() -> Unauthenticated:
    """Nothing about why: whoever forges learns nothing."""
    return Unauthenticated(_("The host's token cannot be believed: it is forged, old or not for us."))
