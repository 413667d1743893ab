"""The dealerships as every request needs them: short number, currency, zone, group and region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_kernel.actor import Access, Scope
from crm_kernel.clock import Clock
from crm_kernel.dal.database import Database
from crm_kernel.dal.sharing import shared_rules
from crm_kernel.records import store

FRESH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Shop:
    """A dealership."""

    id: UUID
    number: int
    currency: str
    timezone: str
    group_id: UUID | None
    region_id: UUID | None


class DealershipDirectory:
    """All dealerships in memory, read again when older than a second and asked for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock
        self._shops: Mapping[UUID, Shop] = {}
        self._until = float("-inf")

    async def load(self) -> None:
        """Make sure that what the other methods answer is no older than a second."""
        now = self._clock.monotonic()
        if now >= self._until:
            self._shops = {row[0]: Shop(*row) for row in await store.all_dealerships(self._db)}
            self._until = now + FRESH_SECONDS

    async def shop(self, id: UUID) -> Shop:
        """One dealership, also one that was opened a moment ago. Raises KeyError."""
        if id not in self._shops:
            self._until = float("-inf")
            await self.load()
        return self._shops[id]

    def known(self, id: UUID) -> Shop | None:
        """One dealership, as far as `load` has seen it."""
        return self._shops.get(id)

    def reached(self, access: Access, model: type[Any] | None = None) -> tuple[Shop, ...]:
        """The dealerships whose records the access can reach; call `load` first.

        With a model, also those that a group's sharing rules open for its records.
        """
        inside = self._inside(access)
        rules = shared_rules(access, model) if model is not None else ()
        if not rules:
            return inside
        known = {shop.id for shop in inside}
        shared = {one for rule in rules for one in rule.dealership_ids} - known
        return inside + tuple(shop for shop in self._shops.values() if shop.id in shared)

    def _inside(self, access: Access) -> tuple[Shop, ...]:
        place = access.actor.place
        if access.scope == Scope.ALL:
            return tuple(self._shops.values())
        if access.scope == Scope.GROUP and place.group_id is not None:
            return tuple(shop for shop in self._shops.values() if shop.group_id == place.group_id)
        if access.scope >= Scope.REGION and place.region_id is not None:
            return tuple(shop for shop in self._shops.values() if shop.region_id == place.region_id)
        if place.dealership_id is None:
            return ()
        own = self._shops.get(place.dealership_id)
        return (own,) if own is not None else ()
