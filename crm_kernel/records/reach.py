"""Whether somebody reaches a record, and what it is called: for everything that hangs on records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.scoped import scoped
from crm_kernel.errors import NotFound
from crm_kernel.records.fields import declared_specs, hidden
from crm_kernel.records.titles import title_fields, title_of

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Place:
    """A record somebody reaches: its entity, its id, the dealership it belongs to, and whom it concerns."""

    entity: Entity
    id: UUID
    dealership_id: UUID
    concerned: frozenset[UUID] = frozenset()


def entity_named(kernel: Kernel, entity: Entity | str) -> Entity:
    """An entity by its name or plural. Raises NotFound."""
    found = kernel.registry.entity(entity) if isinstance(entity, str) else entity
    if found is None:
        raise NotFound()
    return found


async def reached(
    kernel: Kernel,
    actor: Actor,
    entity: Entity | str,
    record_id: UUID,
    *,
    verb: str = "view",
    deleted: bool | None = False,
) -> Place:
    """The record, if the actor may `verb` it.

    Raises Forbidden without the right at all, NotFound for absent, foreign and out-of-scope ids alike.
    """
    declared = entity_named(kernel, entity)
    access = actor.access(declared.permission(verb))
    if verb != "view":
        await reached(kernel, actor, declared, record_id, deleted=deleted)
    listing = kernel.service("records_room").listings.of(declared, ())
    columns = ("dealership_id", declared.secret_from) if declared.secret_from else ("dealership_id",)
    found = await listing.one(kernel.db, access, record_id, columns, deleted=deleted, typed=True)
    if found is None:
        raise NotFound()
    concerned = frozenset(UUID(str(person)) for people in found[1:] for person in people or ())
    return Place(declared, record_id, found[0], concerned)


async def within(kernel: Kernel, actor: Actor, entity: Entity | str, ids: Collection[UUID]) -> Sequence[UUID]:
    """Those of the records that the actor may view. Raises Forbidden without the right at all."""
    declared = entity_named(kernel, entity)
    model = declared.model
    statement = scoped(actor.access(declared.permission("view")), model, model.id)
    found: Sequence[UUID] = await kernel.db.rows(statement.where(model.id.in_(ids)))
    return found


async def titles(
    kernel: Kernel, actor: Actor, records: Iterable[tuple[str, UUID]], *, keys: bool = False
) -> Mapping[tuple[str, UUID], str]:
    """What records are called, by (entity, id): those the actor may see, masked where he sees them masked.

    With `keys` by their natural key (a code, a VIN), as files name them, where they have one. One statement
    per entity.
    """
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for name, record_id in records:
        wanted[name].add(record_id)
    found: dict[tuple[str, UUID], str] = {}
    for name, ids in wanted.items():
        entity = kernel.registry.entity(name)
        if entity is None or not actor.may(entity.permission("view")):
            continue
        words = entity.key[:1] if keys and entity.key else title_fields(entity)
        specs = [
            s
            for s in declared_specs(entity)
            if s.name in words and not s.derived and not hidden(actor, entity, s.field)
        ]
        if not specs:
            continue
        model = entity.model
        access = actor.access(entity.permission("view"))
        columns = [getattr(model, spec.name) for spec in specs]
        statement = scoped(access, model, model.id, *columns, deleted=None)
        for record_id, *values in await kernel.db.rows(statement.where(model.id.in_(list(ids)))):
            if len(words) > 1:
                held = {spec.name: value for spec, value in zip(specs, values, strict=True)}
                found[name, record_id] = title_of(entity, held)
                continue
            (spec,), (value,) = specs, values
            shown = spec.mask(value) if spec.masked else spec.kind.show(value, actor.locale)
            found[name, record_id] = str(shown or "")
    return found
