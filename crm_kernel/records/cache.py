"""Small definitions kept in memory for a second, so that no request reads them twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from uuid import UUID

from crm_kernel.clock import Clock

T = TypeVar("T")

FRESH_SECONDS = 1.0


class PerDealership(Generic[T]):
    """One value per dealership, loaded when first asked for and again when older than a second.

    A change made in this process is seen at once through `forget`, elsewhere within the second.
    """

    def __init__(self, clock: Clock, load: Callable[[UUID], Awaitable[T]]) -> None:
        self._clock = clock
        self._load = load
        self._held: dict[UUID, tuple[float, T]] = {}

    async def get(self, dealership_id: UUID) -> T:
        """The value for a dealership."""
        now = self._clock.monotonic()
        held = self._held.get(dealership_id)
        if held is not None and now < held[0]:
            return held[1]
        value = await self._load(dealership_id)
        self._held[dealership_id] = (now + FRESH_SECONDS, value)
        return value

    def forget(self) -> None:
        """Read again next time."""
        self._held.clear()
