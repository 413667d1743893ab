"""Requests that come with a browser's cookies must prove that one of our pages sent them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from crm_kernel.actor import Actor
from crm_kernel.dal.crypto import KeyRing
from crm_kernel.web.client import header

SESSION_COOKIE = "crm_session"
HEADER = b"x-csrf-token"
FIELD = "_csrf_token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def cookie(scope: Mapping[str, Any], name: str) -> str:
    """A cookie of the request, or an empty string."""
    try:
        found = SimpleCookie(header(scope, b"cookie")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def csrf_token(keys: KeyRing, scope: Mapping[str, Any], actor: Actor | None) -> str:
    """The token of this session: worth nothing in another's, and nothing after the next login.

    People recognised by a host have no session of ours; theirs is bound to the person.
    """
    session = cookie(scope, SESSION_COOKIE)
    if actor is not None and actor.via == "host":
        return keys.sign("csrf", b"host\0" + actor.id.bytes)
    return keys.sign("csrf", session.encode())


def from_elsewhere(scope: Mapping[str, Any]) -> bool:
    """Whether the browser says that another site caused this request."""
    return header(scope, b"sec-fetch-site") == "cross-site"


def token_matches(given: str, expected: str) -> bool:
    """Compare without telling by the time it takes."""
    return hmac.compare_digest(given.encode(), expected.encode())
