"""From what somebody typed to the newest records that really hold it, within his scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import literal_column

from crm_kernel.actor import Access, Shared
from crm_kernel.contributions import Entity
from crm_kernel.dal.database import Database
from crm_kernel.dal.listing import access_form
from crm_kernel.dal.scoped import Scoped, scope_values
from crm_kernel.dal.sharing import shared_fields, shared_rules, shared_values
from crm_kernel.records.dealerships import DealershipDirectory
from crm_kernel.records.fields import FieldSpec, column_names
from crm_kernel.records.search import store, tokens
from crm_kernel.records.search.documents import Documents, is_telephone, numbers_in

MOST = 200
FEW = 32
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A record that holds every word, with searchable values in the open: mask them before showing."""

    id: UUID
    values: Fields


class Finder:
    """Searches one entity at a time."""

    def __init__(self, database: Database, documents: Documents, directory: DealershipDirectory) -> None:
        self._db = database
        self._documents = documents
        self._directory = directory

    async def find(
        self,
        access: Access,
        entity: Entity,
        query: str,
        specs: Sequence[FieldSpec],
        *,
        limit: int = MOST,
        deleted: bool | None = False,
    ) -> list[Found]:
        """The newest records that hold every word of the query in one of the fields `specs`.

        At most `limit` candidates are looked at, each compared with its real values.
        """
        wanted = tokens.words(query)
        relevant = [spec for spec in specs if spec.field.search and _can_hold(spec, wanted)]
        return await self._find(access, entity, wanted, relevant, limit, deleted)

    async def first(
        self, access: Access, entity: Entity, query: str, specs: Sequence[FieldSpec], count: int
    ) -> list[Found]:
        """The first `count` of them, with the values of all searchable fields, for showing."""
        wanted = tokens.words(query)
        specs = [spec for spec in specs if spec.field.search]
        few = max(count * 4, FEW)
        found = await self._find(access, entity, wanted, specs, few, False)
        if len(found) < count and few < MOST:
            found = await self._find(access, entity, wanted, specs, MOST, False)
        return found[:count]

    async def _find(
        self,
        access: Access,
        entity: Entity,
        wanted: Sequence[tokens.Word],
        specs: Sequence[FieldSpec],
        limit: int,
        deleted: bool | None,
    ) -> list[Found]:
        if not wanted or not specs:
            return []
        await self._directory.load()
        expression = self._expression(access, entity, wanted)
        if not expression:
            return []
        rules = shared_rules(access, entity.model)
        names = self._names(entity, specs, shared=bool(rules))
        rows = await self._rows(access, entity, names, expression, rules, deleted, limit)
        found = []
        for row in rows:
            values = dict(zip(names, row, strict=True))
            values |= {s.name: entity.derived[s.name](values) for s in specs if s.derived}
            open_specs = self._allowed(access, entity, values, specs) if rules else specs
            if all(any(self._holds(spec, values[spec.name], word) for spec in open_specs) for word in wanted):
                found.append(Found(values["id"], {spec.name: values[spec.name] for spec in open_specs}))
        return found

    async def containing(
        self, access: Access, entity: Entity, spec: FieldSpec, part: str, *, limit: int
    ) -> list[UUID]:
        """Ids of records whose telephone field holds these digits; for filters on a part of a number."""
        found = await self.find(access, entity, part, [spec], limit=limit, deleted=None)
        return [one.id for one in found]

    def _expression(
        self, access: Access, entity: Entity, wanted: Sequence[tokens.Word]
    ) -> list[list[list[list[str]]]]:
        """Per dealership, per word, per way to match it: the tokens that must all be there."""
        expression = []
        for shop in self._directory.reached(access, entity.model):
            start = tokens.prefix(shop.number, entity.name)
            keyed = self._documents.fingerprints(shop.id)
            every = []
            for word in wanted:
                groups = tokens.asked(word, keyed, parts=self._documents.phone_parts)
                if groups:
                    every.append([[start + token for token in group] for group in groups])
            if every:
                expression.append(every)
        return expression

    def _names(self, entity: Entity, specs: Sequence[FieldSpec], *, shared: bool) -> tuple[str, ...]:
        if any(spec.derived for spec in specs):
            return column_names(entity.model)
        extra = ("dealership_id", "tags") if shared else ()
        return tuple(dict.fromkeys(("id", *(spec.name for spec in specs), *extra)))

    async def _rows(
        self,
        access: Access,
        entity: Entity,
        names: tuple[str, ...],
        expression: store.Expression,
        rules: tuple[Shared, ...],
        deleted: bool | None,
        limit: int,
    ) -> Sequence[Sequence[Any]]:
        key = ("search", entity.name, id(entity), names, deleted, limit, access_form(access, rules))
        prepared = self._db.prepared(key, self._build(access, entity, names, deleted, limit))
        values = scope_values(access) | shared_values(rules)
        values["search_tokens"] = store.write(expression, self._db.dialect)
        return await self._db.fetch(prepared, values, typed=True)

    def _build(
        self, access: Access, entity: Entity, names: Sequence[str], deleted: bool | None, limit: int
    ) -> Callable[[], Scoped]:
        columns = [getattr(entity.model, name) for name in names]
        most: Any = literal_column(str(limit))
        return lambda: store.candidates(
            access, entity, columns, self._db.dialect, deleted=deleted, limit=most
        )

    def _allowed(
        self, access: Access, entity: Entity, values: Fields, specs: Sequence[FieldSpec]
    ) -> Sequence[FieldSpec]:
        """The fields a group's sharing rules let him see of a foreign record; all of one in his scope."""
        shop = self._directory.known(values["dealership_id"])
        region = shop.region_id if shop else None
        dealership, marks = values["dealership_id"], values["tags"] or []
        shared = shared_fields(access, entity.model, dealership, marks, region_id=region)
        return specs if shared is None else [spec for spec in specs if spec.name in shared]

    def _holds(self, spec: FieldSpec, value: Any, word: tokens.Word) -> bool:
        if not value:
            return False
        if is_telephone(spec):
            numbers = numbers_in(value)
            if self._documents.phone_parts:
                return any(tokens.contains_digits(number, word) for number in numbers)
            return bool(word.digits) and any(tokens.digits(number) == word.digits for number in numbers)
        if spec.masked or spec.encrypted:
            return tokens.normal(str(value)) == word.plain
        parts = value if isinstance(value, list | tuple) else [value]
        return any(tokens.contains_text(str(part), word) for part in parts)


def _can_hold(spec: FieldSpec, wanted: Sequence[tokens.Word]) -> bool:
    """Whether any of the words could stand in the field at all, so that it need not be read and opened."""
    if is_telephone(spec):
        return any(len(word.digits) >= tokens.PHONE_GRAM for word in wanted)
    if spec.masked or spec.encrypted:
        return any(len(word.plain) >= tokens.SHORTEST_WHOLE for word in wanted)
    return True
