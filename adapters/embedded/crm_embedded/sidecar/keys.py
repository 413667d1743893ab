"""Keys with which a host signs: a JWK set from a file or an address, read again when a new key turns up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from crm_kernel.clock import Clock
from crm_kernel.errors import ConfigurationError, Unavailable
from crm_kernel.text import messages

_ = messages("embedded")

AGAIN = 10.0
"""Seconds between two readings, however many unknown keys are shown."""
OLD = 600.0
"""Seconds after which keys are read again: one that was withdrawn ends then."""
ANSWER_SECONDS = 5.0


class HostKeys:
    """The host's public keys by their `kid`."""

    def __init__(self, place: str | Callable[[], Awaitable[str]], clock: Clock) -> None:
        """`place` is a file, an address, or asked for where they lie."""
        self._place = place
        self._clock = clock
        self._keys: KeySet | None = None
        self._read_at = float("-inf")
        self._lock = asyncio.Lock()

    async def for_kid(self, kid: str) -> KeySet:
        """The set, read anew when it does not hold this key or is old. Raises Unavailable."""
        now = self._clock.monotonic()
        known = self._keys is not None and any(key.kid == kid for key in self._keys.keys)
        if not known or now - self._read_at > OLD:
            async with self._lock:
                if self._clock.monotonic() - self._read_at > AGAIN:
                    await self._read()
        if self._keys is None:
            raise Unavailable(_("The host's keys cannot be read. Try again in a moment."))
        return self._keys

    async def _read(self) -> None:
        self._read_at = self._clock.monotonic()
        try:
            self._keys = KeySet.import_key_set(await self._fetch())
        except (OSError, ValueError, LookupError, TypeError, JoseError, httpx.HTTPError) as fault:
            if self._keys is None:
                raise Unavailable(_("The host's keys cannot be read. Try again in a moment.")) from fault

    async def _fetch(self) -> Any:
        place = self._place if isinstance(self._place, str) else await self._place()
        if not place.startswith(("https://", "http://")):
            return json.loads(await asyncio.to_thread(Path(place).read_text, "utf-8"))
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
            answer = await client.get(place)
            answer.raise_for_status()
            return answer.json()


class SharedSecret:
    """One secret of host and sidecar, for hosts that have no key pair."""

    def __init__(self, secret: str) -> None:
        if len(secret) < 32:
            raise ConfigurationError(_("The secret shared with the host is shorter than 32 characters."))
        self._key = KeySet([OctKey.import_key(secret)])

    async def for_kid(self, _kid: str) -> KeySet:
        """The one key."""
        return self._key
