"""The OpenID provider as it describes itself, and what is asked of it from server to server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from joserfc.jwk import KeySet

from crm_embedded.sidecar.keys import AGAIN, ANSWER_SECONDS, HostKeys
from crm_kernel.clock import Clock
from crm_kernel.errors import ConfigurationError, Forbidden, Unavailable
from crm_kernel.text import messages

_ = messages("embedded")

KNOWN_SECONDS = 3600.0
"""How long a provider's description of itself counts."""
SILENT = _("The sign-in does not answer. Try again in a moment.")
REFUSED = _("The sign-in was refused ({reason}). Try again; if it stays so, tell your administrator.")
LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
SCOPES = "openid profile email"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
ERROR = re.compile(r"[a-z_]{1,60}")


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are at the provider. Without a secret we are a public client, whom PKCE alone protects."""

    id: str
    secret: str = field(default="", repr=False)
    scopes: str = SCOPES


class Provider:
    """One issuer (OpenID Connect Discovery 1.0). It is also the place of its own keys."""

    def __init__(self, issuer: str, clock: Clock, keys: str = "") -> None:
        """`keys` is the address of its keys, where they are not to be taken from its description.

        Raises ConfigurationError for an issuer that would be asked without encryption.
        """
        if not _encrypted(issuer):
            raise ConfigurationError(_("CRM_HOST_OIDC_ISSUER must begin with https://."))
        self.issuer = issuer
        self._clock = clock
        self._said: Mapping[str, Any] | None = None
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()
        self._keys = HostKeys(keys or self._keys_address, clock)

    async def for_kid(self, kid: str) -> KeySet:
        """Its keys. Raises Unavailable."""
        return await self._keys.for_kid(kid)

    async def description(self) -> Mapping[str, Any]:
        """What it says of itself, asked again hourly. Raises Unavailable while it was never heard."""
        if self._clock.monotonic() - self._asked_at > (KNOWN_SECONDS if self._said else AGAIN):
            async with self._lock:
                if self._clock.monotonic() - self._asked_at > AGAIN:
                    await self._ask()
        if self._said is None:
            raise Unavailable(SILENT)
        return self._said

    async def exchange(self, client: Client, code: str, verifier: str, redirect: str) -> Mapping[str, Any]:
        """The answer for a code. Raises Forbidden when it is refused, Unavailable without an answer."""
        said = await self.description()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
            "client_id": client.id,
        }
        basic = "client_secret_basic" in said.get(
            "token_endpoint_auth_methods_supported", ("client_secret_basic",)
        )
        shown: httpx.Auth | None = None
        if client.secret and basic:  # RFC 6749, 2.3.1: both are form-encoded before they are joined
            shown = httpx.BasicAuth(quote(client.id, safe=""), quote(client.secret, safe=""))
        elif client.secret:
            form["client_secret"] = client.secret
        answer = await _spoken("POST", said["token_endpoint"], data=form, auth=shown)
        found = _document(answer)
        if answer.status_code != 200:
            raise Forbidden("embedded", REFUSED(reason=reason_of(found.get("error"))))
        return found

    async def userinfo(self, access_token: str) -> Mapping[str, Any]:
        """What it says about the person besides the id token; nothing where it has no such place."""
        place = (await self.description()).get("userinfo_endpoint")
        if not place or not access_token:
            return {}
        answer = await _spoken("GET", place, headers={"authorization": f"Bearer {access_token}"})
        return _document(answer) if answer.status_code == 200 else {}

    async def _keys_address(self) -> str:
        return str((await self.description())["jwks_uri"])

    async def _ask(self) -> None:
        self._asked_at = self._clock.monotonic()
        try:
            answer = await _spoken("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        except Unavailable:
            return  # what it said before stays good
        said = _document(answer)
        # Who answers in another's name, or sends people over an open line, is not believed (Discovery, 4.3).
        if said.get("issuer") == self.issuer and all(_encrypted(str(said.get(name))) for name in NEEDED):
            self._said = said


def reason_of(error: object) -> str:
    """An error code of OAuth, and never anything else that somebody wrote into an address."""
    return error if isinstance(error, str) and ERROR.fullmatch(error) else "error"


def _encrypted(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


async def _spoken(method: str, address: str, **said: Any) -> httpx.Response:
    try:
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
            return await client.request(method, address, **said)
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise Unavailable(SILENT) from fault


def _document(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
