"""Passwords, codes and tokens as people and programs get them."""

from __future__ import annotations

import secrets

TOKEN_MARK = "fct_"
SHOWN = 10

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_token() -> str:
    """A token for programs; its mark lets scanners find one that leaked."""
    return TOKEN_MARK + secrets.token_urlsafe(32)


def new_password() -> str:
    """A password to be written down and changed at the first sign-in: 80 bits, no look-alikes."""
    return "-".join("".join(secrets.choice(_LETTERS) for _i in range(4)) for _j in range(4))


def recovery_code() -> str:
    """Ten letters and digits (almost 50 bits), guessed under lock-out only."""
    return "-".join("".join(secrets.choice(_LETTERS) for _i in range(5)) for _j in range(2))
