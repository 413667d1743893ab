"""What lists of an entity can be asked: its columns, blind look-ups, tags, custom fields."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement

from crm_kernel.actor import Access
from crm_kernel.contributions import Entity, Lookup, Operator
from crm_kernel.dal.crypto import KeyRing
from crm_kernel.dal.listing import Listing
from crm_kernel.dal.query import Match, Target
from crm_kernel.records import store
from crm_kernel.records.blind import Beside, BlindIndexes, Companion
from crm_kernel.records.dealerships import DealershipDirectory
from crm_kernel.records.fields import CUSTOM, FieldSpec, column_names

MOST_KEPT = 200


class Listings:
    """One Listing per entity and set of custom fields, made when first asked for."""

    def __init__(self, keys: KeyRing, blind: BlindIndexes, directory: DealershipDirectory) -> None:
        self._keys = keys
        self._blind = blind
        self._directory = directory
        self._made: dict[tuple[int, tuple[str, ...]], tuple[Entity, Listing]] = {}

    def of(self, entity: Entity, custom: Sequence[FieldSpec]) -> Listing:
        """The listing of an entity where these custom fields are in force."""
        key = id(entity), tuple(f"{spec.name}:{spec.kind.name}" for spec in custom)
        known = self._made.get(key)
        if known is None or known[0] is not entity:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            known = self._made[key] = entity, self._make(entity, custom)
        return known[1]

    def _make(self, entity: Entity, custom: Sequence[FieldSpec]) -> Listing:
        model = entity.model
        columns = {name: getattr(model, name) for name in column_names(model)}
        filters: dict[str, Target] = {}
        for companion in self._blind.companions(model):
            filters[companion.column] = Match(
                getattr(model, companion.index), partial(self._fingerprints, model, companion)
            )
        if "tags" in columns:
            filters["tags"] = partial(self._tagged, entity)
        for spec in custom:
            columns[spec.name] = store.custom_sort(model, spec.name[len(CUSTOM) :], numeric(spec))
            filters[spec.name] = partial(self._custom, entity, spec)
        for name, lookup in entity.lookups.items():
            filters[name] = self._lookup(model, lookup)
        return Listing(model, columns, filters, default_sort=entity.default_sort)

    def _lookup(self, model: type[Any], lookup: Any) -> Target:
        if isinstance(lookup, Lookup):
            return self._lookup(model, lookup.condition)
        if isinstance(lookup, Match):
            return lookup
        if isinstance(lookup, Beside):
            stored = partial(self._fingerprints, model, lookup.companion)
            return Match(lookup.index, stored, beside=lookup.owner)
        return partial(_looked_up, lookup)

    def _fingerprints(self, model: type[Any], companion: Companion, access: Access, value: Any) -> Any:
        """What the index column may hold: one fingerprint per dealership the access reaches."""
        shops = self._directory.reached(access, model)
        found = tuple(
            print_
            for shop in shops
            if (print_ := companion.fingerprint(self._keys, shop.id, value)) is not None
        )
        return found[0] if len(found) == 1 else found

    def _tagged(self, entity: Entity, access: Access, op: Operator, value: Any) -> ColumnElement[bool]:
        shops = [shop.id for shop in self._directory.reached(access, entity.model)]
        return store.tagged(entity, shops, op, value)

    def _custom(
        self, entity: Entity, spec: FieldSpec, access: Access, op: Operator, value: Any
    ) -> ColumnElement[bool]:
        shops = [shop.id for shop in self._directory.reached(access, entity.model)]
        return store.custom_is(entity, shops, spec.name[len(CUSTOM) :], op, value, number=numeric(spec))


def numeric(spec: FieldSpec) -> bool:
    """Whether a custom field's values lie in the index as numbers."""
    return spec.kind.name in ("decimal", "switch")


def _looked_up(lookup: Any, access: Access, _op: Operator, value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = lookup(access, value)
    return found
