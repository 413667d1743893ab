"""The tokens of a record, from its searchable fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from crm_kernel.contributions import Entity
from crm_kernel.dal.crypto import KeyRing
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.dealerships import DealershipDirectory, Shop
from crm_kernel.records.fields import FieldSpec, column_names, declared_specs
from crm_kernel.records.search import store, tokens

PURPOSE = "search."
FINGERPRINTS = 10_000
SHOPS_KEPT = 4


def searchable(entity: Entity) -> tuple[FieldSpec, ...]:
    """The fields a record is found by."""
    return tuple(spec for spec in declared_specs(entity) if spec.field.search)


def is_telephone(spec: FieldSpec) -> bool:
    """Whether the field holds telephone numbers (one, or a list of `{number}`)."""
    return spec.kind.control in ("tel", "phones")


def numbers_in(value: Any) -> list[str]:
    """The telephone numbers of a value, whatever its form."""
    if isinstance(value, str):
        return [value]
    items = value if isinstance(value, list | tuple) else [value]
    found = [item.get("number") if isinstance(item, dict | Mapping) else item for item in items]
    return [str(number) for number in found if number]


def _use(spec: FieldSpec) -> str:
    if is_telephone(spec):
        return "telephone"
    return "whole" if spec.masked or spec.encrypted else "text"


class Documents:
    """Makes and keeps search documents. Bulk writers call `put` themselves, everybody else is observed."""

    def __init__(self, keys: KeyRing, directory: DealershipDirectory, *, phone_parts: bool) -> None:
        self._keys = keys
        self._directory = directory
        self.phone_parts = phone_parts
        self._by_shop: dict[UUID, tokens.Keyed] = {}
        self._plans: dict[int, tuple[Entity, Sequence[tuple[str, str, Callable[[Any], Any] | None]]]] = {}

    def _plan(self, entity: Entity) -> Sequence[tuple[str, str, Callable[[Any], Any] | None]]:
        """Per searchable field: its name, how it is found, and how it is computed if it is no column."""
        known = self._plans.get(id(entity))
        if known is None or known[0] is not entity:
            plan = [
                (spec.name, _use(spec), entity.derived[spec.name] if spec.derived else None)
                for spec in searchable(entity)
            ]
            known = self._plans[id(entity)] = entity, plan
        return known[1]

    def keyed(self, dealership_id: UUID) -> tokens.Keyed:
        """Fingerprints under a dealership's keys.

        Four digits have ten thousand values: a bulk load meets the same ones all the time.
        """
        found = self._by_shop.get(dealership_id)
        if found is None:
            if len(self._by_shop) >= SHOPS_KEPT:
                del self._by_shop[next(iter(self._by_shop))]
            found = self._by_shop[dealership_id] = lru_cache(maxsize=FINGERPRINTS)(
                partial(self._fingerprint, dealership_id)
            )
        return found

    def fingerprints(self, dealership_id: UUID) -> tokens.Keyed:
        """The same for a single search, remembered by nobody."""
        return partial(self._fingerprint, dealership_id)

    def _fingerprint(self, dealership_id: UUID, purpose: str, text: str) -> str:
        return self._keys.blind(dealership_id, PURPOSE + purpose, text)

    def tokens(self, entity: Entity, shop: Shop, values: Mapping[str, Any]) -> str:
        """The tokens of a record, from its values by column name."""
        keyed = self.keyed(shop.id)
        found: set[str] = set()
        numbers: set[str] = set()
        for name, use, compute in self._plan(entity):
            value = values.get(name) if compute is None else compute(values)
            if not value:
                continue
            if use == "text":
                for text in value if isinstance(value, list | tuple) else (value,):
                    found |= tokens.text_tokens(str(text))
            elif use == "telephone":
                numbers.update(numbers_in(value))
            else:
                found.add(tokens.whole_token(str(value), keyed))
        for number in numbers:
            found |= tokens.phone_tokens(number, keyed, parts=self.phone_parts)
        return tokens.bound(found, tokens.prefix(shop.number, entity.name))

    async def put(
        self, work: UnitOfWork, entity: Entity, rows: Iterable[Mapping[str, Any]], *, new: bool = False
    ) -> None:
        """Keep the documents of many records at once.

        Each row maps column names to Python values and holds `id`, `dealership_id` and every searchable
        column. `new` promises that none of them has a document yet.
        """
        if not searchable(entity):
            return
        documents = []
        shop: Shop | None = None
        for row in rows:
            if shop is None or shop.id is not row["dealership_id"]:
                shop = await self._directory.shop(row["dealership_id"])
            documents.append(
                {
                    "record_id": row["id"],
                    "entity": entity.name,
                    "dealership_id": shop.id,
                    "tokens": self.tokens(entity, shop, row),
                }
            )
        await store.put(work, documents, new=new)

    async def put_written(
        self,
        work: UnitOfWork,
        entity: Entity,
        rows: Sequence[tuple[UUID, Mapping[str, Any]]],
        *,
        new: bool = False,
    ) -> None:
        """Like `put`, for rows of which only the changed values are at hand."""
        if not searchable(entity) or not rows:
            return
        dealership = work.actor.dealership_id if work.actor is not None else None
        known = set() if new else await store.known(work, [row[0] for row in rows])
        fresh = [
            {"dealership_id": dealership, **values, "id": record_id}
            for record_id, values in rows
            if record_id not in known
        ]
        await self.put(work, entity, fresh, new=True)
        if known:
            names = column_names(entity.model)
            found = await work.rows(store.columns_of_ids(entity.model, names, list(known)))
            await self.put(work, entity, [dict(zip(names, row, strict=True)) for row in found])

    async def remove(self, work: UnitOfWork, ids: Iterable[UUID]) -> None:
        """Forget records that are gone for good."""
        gone = list(ids)
        if gone:
            await store.remove(work, gone)
