"""Personal values in the log lie under a key of their person, so that erasing the key erases them all."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEAL = "~"
"""The key under which a row keeps its sealed fields: their names, and one cipher text for all values."""

_NONCE = 12
NAME, SECRET = 4, 32
"""Bytes of a key's name and of the key."""

_ENCODER = msgspec.json.Encoder(enc_hook=str)


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A key with a short name, by which a reader knows whether it is the one a value was sealed with."""

    name: str
    secret: bytes

    @classmethod
    def generate(cls) -> PersonKey:
        """A fresh key."""
        return cls.generate_many(1)[0]

    @classmethod
    def generate_many(cls, count: int) -> list[PersonKey]:
        """Many fresh keys."""
        drawn = secrets.token_bytes(count * (NAME + SECRET))
        names, keys = drawn[: count * NAME], drawn[count * NAME :]
        return [
            cls(names[n * NAME : (n + 1) * NAME].hex(), keys[n * SECRET : (n + 1) * SECRET])
            for n in range(count)
        ]

    @classmethod
    def load(cls, name: str, text: str) -> PersonKey:
        """From its stored form."""
        return cls(name, base64.b64decode(text))

    @property
    def text(self) -> str:
        """Its stored form, to be encrypted."""
        return base64.b64encode(self.secret).decode()


@dataclass(frozen=True, slots=True)
class Opened:
    """Values read back; `erased` names fields whose key is gone, `damaged` those somebody tampered with."""

    values: Mapping[str, Any]
    erased: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


def compact(
    values: Mapping[str, Any], personal: Collection[str], key: PersonKey | None, record_id: UUID | None
) -> str:
    """Values as compact JSON, the personal ones sealed under `key` (without one they are left out)."""
    if not values:
        return "{}"
    clear = {name: value for name, value in values.items() if name not in personal}
    if len(clear) < len(values):
        hidden = {name: value for name, value in values.items() if name in personal}
        sealed = "" if key is None else _seal(hidden, key, record_id)
        clear[SEAL] = {"fields": sorted(hidden), "sealed": sealed}
    return _ENCODER.encode(clear).decode()


def _seal(values: Mapping[str, Any], key: PersonKey, record_id: UUID | None) -> str:
    nonce = os.urandom(_NONCE)
    plain = _ENCODER.encode(values)
    cipher = AESGCM(key.secret).encrypt(nonce, plain, str(record_id).encode())
    return f"{key.name}.{binascii.b2a_base64(nonce + cipher, newline=False).decode()}"


def opened(text: str, key: PersonKey | None, record_id: UUID | None) -> Opened:
    """Read values back with the person's key, if it still exists."""
    values: dict[str, Any] = msgspec.json.decode(text)
    seal = values.pop(SEAL, None)
    if seal is None:
        return Opened(values)
    fields = tuple(seal["fields"])
    name, _dot, cipher = seal["sealed"].partition(".")
    if key is None or key.name != name:
        return Opened(values, erased=fields)
    try:
        raw = base64.b64decode(cipher)
        plain = AESGCM(key.secret).decrypt(raw[:_NONCE], raw[_NONCE:], str(record_id).encode())
    except (InvalidTag, ValueError):
        return Opened(values, damaged=fields)
    return Opened(values | msgspec.json.decode(plain))
