"""Security headers on every answer, and the content policy with its nonce on every page."""

from __future__ import annotations

import secrets
from typing import Any

from crm_kernel.settings import Settings

Header = tuple[bytes, bytes]

FRAMED_BY = "frame_ancestors"
"""The request's state may name, under this key, the sites that show this one page in a frame."""

CONTENT_POLICY = b"content-security-policy"
CACHE_CONTROL = b"cache-control"
NO_STORE = CACHE_CONTROL, b"no-store"


def nonce(scope: Any) -> str:
    """This answer's nonce for inline styles; the content policy of the same answer names it."""
    state = scope["state"]
    found = state.get("csp_nonce")
    if found is None:
        found = state["csp_nonce"] = secrets.token_urlsafe(16)
    return str(found)


class SecurityHeaders:
    """The headers of this deployment; what an answer sets itself is left alone."""

    def __init__(self, settings: Settings) -> None:
        ancestors = " ".join(settings.frame_ancestors) or "'none'"
        always = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ]
        if settings.frame_ancestors in (("'self'",), ("'none'",)):
            word = b"SAMEORIGIN" if settings.frame_ancestors == ("'self'",) else b"DENY"
            always.append((b"x-frame-options", word))
        if settings.public_url.startswith("https:"):
            always.append((b"strict-transport-security", b"max-age=31536000"))
        self._always = always
        self._names = frozenset((*(name for name, _value in always), CONTENT_POLICY, CACHE_CONTROL))
        self._data_policy = b"default-src 'none'; frame-ancestors 'none'; sandbox"
        self._page_policy = (
            "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
            "style-src-attr 'unsafe-inline'; font-src 'self' data:; img-src 'self' data: blob:; "
            "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors {ancestors}"
        )
        self._ancestors = ancestors

    def complete(self, headers: list[Header], scope: Any) -> list[Header]:
        """The answer's headers with ours added."""
        own = [*self._always, (CONTENT_POLICY, self._policy(headers, scope)), NO_STORE]
        if scope["state"].get(FRAMED_BY):
            own = [pair for pair in own if pair[0] != b"x-frame-options"]
        given = self._names.intersection([name.lower() for name, _value in headers])
        if given:
            own = [pair for pair in own if pair[0] not in given]
        return [*headers, *own]

    def _policy(self, headers: list[Header], scope: Any) -> bytes:
        for name, value in headers:
            if name.lower() == b"content-type":
                if value.startswith(b"text/html"):
                    ancestors = " ".join(scope["state"].get(FRAMED_BY) or ()) or self._ancestors
                    return self._page_policy.format(nonce=nonce(scope), ancestors=ancestors).encode()
                break
        return self._data_policy
