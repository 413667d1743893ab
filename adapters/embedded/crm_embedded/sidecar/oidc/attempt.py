"""A sign-in that was begun: kept by the browser that began it, sealed, for ten minutes."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from secrets import token_urlsafe

import msgspec

from crm_kernel.clock import Clock
from crm_kernel.dal.crypto import KeyRing
from crm_kernel.errors import ConfigurationError

SECONDS = 600
"""How long somebody may take to sign in at the provider."""
CONTEXT = b"crm_embedded.oidc"
COOKIE = "crm_oidc_"


class Attempt(msgspec.Struct, frozen=True):
    """What has to come back from the provider (`state`, `nonce`), and what proves that we asked (PKCE)."""

    state: str
    nonce: str
    verifier: str
    next: str
    begun: int

    @classmethod
    def begin(cls, following: str, clock: Clock) -> Attempt:
        """A new one; `following` is where the person wanted to go."""
        now = int(clock.now().timestamp())
        return cls(token_urlsafe(32), token_urlsafe(32), token_urlsafe(48), following, now)

    @property
    def challenge(self) -> str:
        """The S256 challenge (RFC 7636, 4.2)."""
        digest = sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")

    @property
    def cookie(self) -> str:
        """Each has a cookie of its own, so that two windows may sign in at once."""
        return cookie_of(self.state)

    def seal(self, keys: KeyRing) -> str:
        """As the browser keeps it."""
        return urlsafe_b64encode(keys.encrypt(CONTEXT, msgspec.json.encode(self).decode()).encode()).decode()

    @classmethod
    def unseal(cls, kept: str, state: str, keys: KeyRing, clock: Clock) -> Attempt | None:
        """The one a browser kept, if it is ours, meant by `state`, and young enough."""
        try:
            text = keys.decrypt(CONTEXT, urlsafe_b64decode(kept).decode())
            found = msgspec.json.decode(text, type=cls)
        except (ConfigurationError, ValueError):
            return None
        young = int(clock.now().timestamp()) - found.begun <= SECONDS
        return found if young and hmac.compare_digest(found.state.encode(), state.encode()) else None


def cookie_of(state: str) -> str:
    """The name of the cookie that keeps the attempt with this state."""
    return COOKIE + sha256(state.encode()).hexdigest()[:12]
