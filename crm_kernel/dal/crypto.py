"""Keys, encryption of single values, and blind indexes that find encrypted values without opening them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crm_kernel.errors import ConfigurationError
from crm_kernel.settings import Settings
from crm_kernel.text import messages

_ = messages("kernel")

NONCE = 12
PRINT = 8
"""Bytes of a fingerprint."""
PLACES_WITH_TAG = 16


@dataclass(slots=True)
class KeyRing:
    """Encryption keys by id (the newest writes, all read), the pepper of blind indexes, the signing secret.

    Kept in `<home>/keys.json` (mode 600), made at first start. Whoever has the database without this file
    cannot read a mobile; whoever loses the file cannot either: back it up apart from the database.
    """

    encryption: dict[str, bytes]
    current: str
    pepper: bytes
    secret: bytes
    _ciphers: dict[str, AESGCM] = field(default_factory=dict, repr=False)
    _peppers: dict[tuple[UUID, str], hashlib.blake2b] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._ciphers = {name: AESGCM(key) for name, key in self.encryption.items()}

    @classmethod
    def load(cls, settings: Settings) -> KeyRing:
        """Read the key file of the home directory, or make it. A `secret_key` setting replaces its secret."""
        file = settings.home / "keys.json"
        data = _read(file) if file.exists() else _make(file)
        try:
            ring = cls(
                encryption={name: base64.b64decode(key) for name, key in data["encryption"].items()},
                current=data["current"],
                pepper=base64.b64decode(data["pepper"]),
                secret=settings.secret_key.encode() or base64.b64decode(data["secret"]),
            )
        except (KeyError, ValueError, TypeError) as fault:
            raise ConfigurationError(_("The key file {file} is damaged.")(file=file.name)) from fault
        return ring

    @classmethod
    def generate(cls) -> KeyRing:
        """Fresh keys that are written nowhere."""
        return cls({"1": secrets.token_bytes(32)}, "1", secrets.token_bytes(32), secrets.token_bytes(32))

    def encrypt(self, context: bytes, value: str) -> str:
        """`<key id>.<base64>`; `context` (the column's name) must be given again to decrypt."""
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self.current].encrypt(nonce, value.encode(), context)
        return f"{self.current}.{base64.b64encode(nonce + sealed).decode()}"

    def encrypt_many(self, context: bytes, values: Sequence[str | None]) -> list[str | None]:
        """The same for many values of one column; None stays None."""
        seal, start = self._ciphers[self.current].encrypt, f"{self.current}."
        nonces = os.urandom(NONCE * len(values))
        found: list[str | None] = []
        for place, value in enumerate(values):
            if value is None:
                found.append(None)
                continue
            nonce = nonces[place * NONCE : (place + 1) * NONCE]
            sealed = nonce + seal(nonce, value.encode(), context)
            found.append(start + binascii.b2a_base64(sealed, newline=False).decode())
        return found

    def decrypt(self, context: bytes, stored: str) -> str:
        """The value again. Raises ConfigurationError if its key is missing or the text was tampered with."""
        name, _dot, text = stored.partition(".")
        try:
            raw = binascii.a2b_base64(text)
            return self._ciphers[name].decrypt(raw[:NONCE], raw[NONCE:], context).decode()
        except (KeyError, ValueError, InvalidTag) as fault:
            raise ConfigurationError(
                _("An encrypted value cannot be opened: is this the right key file?")
            ) from fault

    def blind(self, dealership: UUID, purpose: str, value: str) -> str:
        """A keyed fingerprint (16 hex digits) of a normalised value, different in every dealership."""
        key = (dealership, purpose)
        prepared = self._peppers.get(key)
        if prepared is None:
            inner = hmac.new(self.pepper, f"{dealership}\0{purpose}".encode(), hashlib.sha256).digest()
            prepared = self._peppers[key] = hashlib.blake2b(key=inner, digest_size=PRINT)
        mac = prepared.copy()
        mac.update(value.encode())
        return mac.hexdigest()

    def sign(self, purpose: str, value: bytes) -> str:
        """A signature under the secret, bound to a purpose."""
        return hmac.new(self.secret, purpose.encode() + b"\0" + value, hashlib.sha256).hexdigest()

    def attest(self, purpose: str, value: bytes) -> str:
        """A signature that outlives a change of the secret: it lies under the pepper, which never changes."""
        return hmac.new(self.pepper, purpose.encode() + b"\0" + value, hashlib.sha256).hexdigest()


def _read(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return found
    except (OSError, ValueError) as fault:
        raise ConfigurationError(_("The key file {file} is damaged.")(file=file.name)) from fault


def _make(file: Path) -> dict[str, Any]:
    def fresh() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    data = {"encryption": {"1": fresh()}, "current": "1", "pepper": fresh(), "secret": fresh()}
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(data, out)
    try:
        os.link(draft, file)
    except FileExistsError:
        return _read(file)
    finally:
        draft.unlink()
    return data
