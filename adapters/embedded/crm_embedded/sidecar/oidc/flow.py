"""OpenID Connect Core 1.0, 3.1 (the code flow), and Back-Channel Logout 1.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from crm_embedded.host import HostUser
from crm_embedded.people import People
from crm_embedded.sessions import Opened, ProviderSession, Sessions
from crm_embedded.sidecar.oidc.attempt import Attempt
from crm_embedded.sidecar.oidc.provider import REFUSED, Client, Provider, reason_of
from crm_embedded.sidecar.tokens import claims_of, expiry_of, user_of
from crm_kernel.clock import Clock
from crm_kernel.errors import Forbidden, Unauthenticated
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages

_ = messages("embedded")

BACK_CHANNEL = "http://schemas.openid.net/event/backchannel-logout"


class Flow:
    """Signing in through one provider. Nothing it says is believed unless it was asked by this browser."""

    def __init__(self, provider: Provider, client: Client, clock: Clock, *, groups: str = "groups") -> None:
        self._provider = provider
        self._client = client
        self._clock = clock
        self._groups = groups

    async def begin(self, redirect: str, following: str, locale: str) -> tuple[str, Attempt]:
        """The address to send somebody to, and what has to be remembered. Raises Unavailable."""
        attempt = Attempt.begin(following, self._clock)
        asked = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": redirect,
            "scope": self._client.scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            "ui_locales": locale,
        }
        return _with((await self._provider.description())["authorization_endpoint"], asked), attempt

    async def finish(
        self, kernel: Kernel, attempt: Attempt, answer: Mapping[str, str], redirect: str
    ) -> Opened:
        """A session for whom the provider answered about.

        Raises Forbidden where it refuses or the person may not come in, Unauthenticated for a token that
        cannot be believed, Unavailable when the provider does not answer.
        """
        if "error" in answer:
            raise Forbidden("embedded", REFUSED(reason=reason_of(answer["error"])))
        said = await self._provider.description()
        # Another provider's answer is not taken to this one (RFC 9207, 2.4).
        needed = said.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", "" if needed else self._provider.issuer) != self._provider.issuer:
            raise Forbidden("embedded", REFUSED(reason="iss"))
        found = await self._provider.exchange(
            self._client, answer.get("code", ""), attempt.verifier, redirect
        )
        token = str(found.get("id_token", ""))
        claims = await self._id_token(token, attempt.nonce)
        user = await self._user(claims, str(found.get("access_token", "")))
        people: People = kernel.service("host_people")
        sessions: Sessions = kernel.service("host_sessions")
        theirs = ProviderSession(self._named(claims.get("sid")), token)
        return await sessions.open(await people.staff_of(user), attempt.next, provider=theirs)

    async def sign_out(self, id_token: str | None, back: str) -> str | None:
        """Where to send somebody who signed out here, so that he is out there too; None where it has no such
        place."""
        place = (await self._provider.description()).get("end_session_endpoint")
        asked = {"client_id": self._client.id, "post_logout_redirect_uri": back}
        if id_token:
            asked["id_token_hint"] = id_token
        return _with(place, asked) if place else None

    async def told_out(self, kernel: Kernel, token: str) -> None:
        """The provider says that somebody signed out: his sessions here end.

        Raises Unauthenticated for a token that cannot be believed or was shown before.
        """
        claims = await self._claims(token, jti={"essential": True})
        events = claims.get("events")
        told = isinstance(events, Mapping) and isinstance(events.get(BACK_CHANNEL), Mapping)
        sid, sub = claims.get("sid"), claims.get("sub")
        if not told or "nonce" in claims or not (sid or sub):
            raise Unauthenticated()
        sessions: Sessions = kernel.service("host_sessions")
        people: People = kernel.service("host_people")
        await sessions.spend(self._named(f"out\0{claims['jti']}") or "", expiry_of(claims))
        session = self._named(sid)
        if session is not None:
            await sessions.end_provided(session)
        else:
            await people.sign_out(str(sub))

    async def _id_token(self, token: str, nonce: str) -> dict[str, Any]:
        """The checks of Core 3.1.3.7."""
        claims = await self._claims(token, sub={"essential": True}, nonce={"essential": True, "value": nonce})
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if claims.get("azp", None if several else self._client.id) != self._client.id:
            raise Unauthenticated()
        return claims

    async def _claims(self, token: str, **more: Mapping[str, Any]) -> dict[str, Any]:
        """What a token of the provider's for us says. Raises Unauthenticated for one that is not."""
        return await claims_of(
            token,
            self._provider,
            self._clock,
            iss={"essential": True, "value": self._provider.issuer},
            aud={"essential": True, "value": self._client.id},
            iat={"essential": True},
            **more,
        )

    async def _user(self, claims: dict[str, Any], access_token: str) -> HostUser:
        """The person; what the id token leaves open is asked for."""
        if "name" not in claims or self._groups.split(".")[0] not in claims:
            more = await self._provider.userinfo(access_token)
            if more.get("sub") == claims["sub"]:  # Core 5.3.2: else it speaks of somebody else
                claims = {**more, **claims}
        return user_of(claims, self._groups)

    def _named(self, sid: object) -> str | None:
        return f"{self._provider.issuer}\0{sid}" if sid else None


def _with(address: str, asked: Mapping[str, str]) -> str:
    """An address with further questions behind those it has already."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
