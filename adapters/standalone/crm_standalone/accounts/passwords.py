"""The service `passwords`: hashing by argon2id, and which passwords are refused.

A host that must use another algorithm overrides the service.
"""

from __future__ import annotations

import asyncio
import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from crm_kernel.access.permitted import public
from crm_kernel.errors import Invalid
from crm_kernel.text import Text, messages

_ = messages("account")

SHORTEST, LONGEST = 10, 200
AT_ONCE = 2
"""Hashes computed side by side; each takes 64 MiB."""


class Passwords:
    """Hashes and verifies off the event loop, a few at a time."""

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash((Argon2Hasher(),))
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._nobody = ""

    @public
    async def hash(self, password: str) -> str:
        """The hash to store."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    @public
    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether the password is right, and a new hash where the stored one is out of date.

        Without a stored hash (nobody has this login) the same work is done for nothing, so that the answer
        takes as long.
        """
        if not self._nobody:
            self._nobody = await self.hash("nobody has this password")
        async with self._turns:
            right, renewed = await asyncio.to_thread(
                self._hasher.verify_and_update, _normal(password[:LONGEST]), stored or self._nobody
            )
        return (right, renewed) if stored else (False, None)

    @public
    def check(self, password: str, *words: str) -> None:
        """Refuse passwords that are short, common, or made of `words` (login, name).

        Raises Invalid for the field `password`. Length over composition, and the list of common ones, as
        OWASP ASVS 5.0 V6.2 asks.
        """
        message = _fault(_normal(password), [_normal(word).casefold() for word in words])
        if message is not None:
            raise Invalid.one("password", "weak", message)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _fault(password: str, words: list[str]) -> Text | None:
    folded = password.casefold()
    if len(password) < SHORTEST:
        return _("Use at least {count} characters.")(count=SHORTEST)
    if len(password) > LONGEST:
        return _("Use at most {count} characters.")(count=LONGEST)
    if any(len(word) >= (3 if word.isascii() else 2) and word in folded for word in words):
        return _("Your login and your name must not be part of the password.")
    bare = folded.strip("0123456789!@#$%.-_")
    if folded in common_passwords() or bare in _EVERYWHERE or _repeats(folded):
        return _("This password is among the first that attackers try. Choose another.")
    return None


_EVERYWHERE = ("", "password", "passw0rd", "qwerty", "admin", "welcome", "forecourt", "letmein", "iloveyou")


def _repeats(password: str) -> bool:
    return any(password == (password[:size] * len(password))[: len(password)] for size in range(1, 5))


@cache
def common_passwords() -> frozenset[str]:
    """The 30,000 passwords met most often in breaches, as the package zxcvbn lists them."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
