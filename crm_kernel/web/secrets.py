"""Secrets handed out once and kept as hashes: 256 random bits need no slow hash."""

from __future__ import annotations

import secrets
from hashlib import sha256


def new_secret() -> str:
    """256 bits from the system's generator, fit for a cookie or a link."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode()).hexdigest()
