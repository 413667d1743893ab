"""The service `search`: one box for all records somebody may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.search.documents import Documents, searchable
from crm_kernel.records.search.finder import Finder, Found
from crm_kernel.records.search.reindex import reindex
from crm_kernel.records.titles import title_of

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel
    from crm_kernel.records.reading import RecordReader

DETAILS = 3
MOST_HITS = 50


class Hit(msgspec.Struct, frozen=True):
    """A record found: its entity, what it is called, and a masked line that tells it from its like."""

    entity: str
    id: UUID
    label: str
    detail: str
    path: str


class SearchService:
    """Finds records of every entity the person may view; hence @public."""

    def __init__(self, kernel: Kernel, finder: Finder, documents: Documents, reader: RecordReader) -> None:
        self._kernel = kernel
        self._finder = finder
        self._documents = documents
        self._reader = reader

    @public
    async def search(
        self, actor: Actor, q: str, entities: Sequence[str] | None = None, limit: int = 8
    ) -> list[Hit]:
        """Hits of `q`, newest first, at most `limit` of each entity, entities in their order of boot.

        Checks `<prefix>.view` of each entity itself; those the person may not view give no hits.
        """
        hits: list[Hit] = []
        limit = min(max(limit, 1), MOST_HITS)
        for plugin, entity in self._kernel.registry.owned(Entity):
            if entities is not None and entity.name not in entities and entity.plural not in entities:
                continue
            permission = entity.permission("view")
            if not actor.may(permission) or plugin in actor.grants.modules_off or not searchable(entity):
                continue
            specs = await self._reader.fields(actor, entity)
            found = await self._finder.first(actor.access(permission), entity, q, specs, limit)
            hits += [_hit(actor, entity, specs, one) for one in found]
        if self._kernel.offers("audit"):
            await self._kernel.service("audit").accessed(
                actor, "searched", detail={"q": q[:100], "hits": len(hits)}
            )
        return hits

    @public
    async def index_many(
        self,
        work: UnitOfWork,
        entity: Entity,
        rows: Sequence[tuple[UUID, Mapping[str, Any]]],
        *,
        new: bool = False,
    ) -> None:
        """Keep the documents of records that were written past the session: (id, column values) each.

        Values a changed record did not get are read from the database; `new` promises that all values of
        all records are given and that none was indexed before. For bulk writers inside a unit of
        work, whose own permission covers it.
        """
        await self._documents.put_written(work, entity, rows, new=new)

    @public
    async def reindex(self, actor: Actor, entity: str | None = None) -> int:
        """Make the search documents of an entity (None: all) anew; returns how many.

        For the super administrator, checked here. Raises Forbidden.
        """
        actor.access("search.reindex")
        done = 0
        for one in self._kernel.registry.of(Entity):
            if entity in (None, one.name, one.plural):
                done += await reindex(self._kernel, self._documents, one)
        return done


def _hit(actor: Actor, entity: Entity, specs: Sequence[FieldSpec], found: Found) -> Hit:
    shown = {
        spec.name: _shown(actor, spec, found.values[spec.name])
        for spec in specs
        if spec.name in found.values and not (spec.masked and entity.secret_from)
    }
    if entity.called is not None:
        label = title_of(entity, found.values)
        others = [text for name, text in shown.items() if text and not _told(found.values[name], label)]
    else:
        others = [text for name, text in shown.items() if name != entity.title and text]
        label = shown.get(entity.title) or (others.pop(0) if others else "")
    return Hit(entity.name, found.id, label, " · ".join(others[:DETAILS]), f"/{entity.plural}/{found.id}")


def _told(value: object, label: str) -> bool:
    """Whether the title says it already."""
    return isinstance(value, str) and value in label


def _shown(actor: Actor, spec: FieldSpec, value: object) -> str:
    if value is None or value == "" or value == []:
        return ""
    return str(spec.mask(value) if spec.masked else spec.kind.show(value, actor.locale))
