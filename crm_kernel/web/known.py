"""People recognised lately, kept for as long as neither policy nor identities changed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from crm_kernel.access.control import AccessControl, Stamp
from crm_kernel.actor import Actor
from crm_kernel.clock import Clock

AGAIN = 60.0
"""Seconds after which somebody is looked up again although nothing changed."""
MOST = 20_000


@dataclass(frozen=True, slots=True)
class _Known:
    actor: Actor
    stamp: Stamp
    until: float


class KnownActors:
    """Actors by what their requests show. A request of a known one costs no statement.

    That something changed is seen at once in the process that did it and within a second elsewhere.
    """

    def __init__(self, access: AccessControl, clock: Clock) -> None:
        self._access = access
        self._clock = clock
        self._known: dict[Hashable, _Known] = {}

    def recall(self, key: Hashable) -> Actor | None:
        """Whoever showed this lately, if nobody needs to look for changes first."""
        known = self._known.get(key)
        if known is None:
            return None
        now = self._clock.monotonic()
        return known.actor if now < known.until and known.stamp is self._access.stamp(now) else None

    async def confirm(self, key: Hashable) -> tuple[Actor | None, Stamp]:
        """The same after looking for changes, and the stamp under which a new look-up must be kept."""
        stamp = await self._access.current_stamp()
        known = self._known.get(key)
        if known is not None and known.stamp is stamp and self._clock.monotonic() < known.until:
            return known.actor, stamp
        self._known.pop(key, None)
        return None, stamp

    def keep(self, key: Hashable, actor: Actor, stamp: Stamp, seconds: float = AGAIN) -> None:
        """Remember somebody for at most `seconds`."""
        if len(self._known) >= MOST:
            self._known.clear()
        until = self._clock.monotonic() + min(AGAIN, seconds)
        self._known[key] = _Known(actor, stamp, until)
