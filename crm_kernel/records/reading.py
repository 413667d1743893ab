"""Reading records for people and programs: rights, hidden fields, masks, search, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import starmap
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement

from crm_kernel.actor import Access, Actor, Grants, Shared
from crm_kernel.contributions import Entity, Lookup
from crm_kernel.dal.base import values_of
from crm_kernel.dal.listing import STRUCTURAL
from crm_kernel.dal.query import MAX_IN, Condition, Query
from crm_kernel.dal.sharing import shared_fields, shared_rules
from crm_kernel.errors import Forbidden, Invalid, NotFound
from crm_kernel.records import store, withheld
from crm_kernel.records.custom_fields import CustomFields
from crm_kernel.records.dealerships import DealershipDirectory
from crm_kernel.records.fields import Fields, FieldSpec, column_names, declared_specs, visible
from crm_kernel.records.listings import Listings
from crm_kernel.records.relative import WITHIN, resolved
from crm_kernel.records.search.finder import Finder
from crm_kernel.records.shapes import ALWAYS, Shape, Shapes
from crm_kernel.records.view import Page, RecordView
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


Specs = tuple[FieldSpec, ...]
MOST_KNOWN = 500


class RecordReader:
    """Every method checks `<entity prefix>.view` (or the right it names) before it reads."""

    def __init__(
        self,
        kernel: Kernel,
        directory: DealershipDirectory,
        custom: CustomFields,
        listings: Listings,
        finder: Finder,
    ) -> None:
        self._kernel = kernel
        self._directory = directory
        self._custom = custom
        self._listings = listings
        self._finder = finder
        self._shapes = Shapes()
        self._known: dict[tuple[int, int], tuple[Entity, Grants, Fields, Specs]] = {}

    async def fields(self, actor: Actor, entity: Entity) -> Fields:
        """The fields that exist for this person, his dealership's custom ones included."""
        return (await self._specs(actor, entity))[0]

    async def _specs(self, actor: Actor, entity: Entity) -> tuple[Fields, Specs]:
        """The fields that exist for a person, and all custom ones among them or not. Grants never change."""
        custom = await self._custom.specs(actor.place.dealership_id, entity)
        key = id(entity), id(actor.grants)
        known = self._known.get(key)
        if known is None or known[0] is not entity or known[1] is not actor.grants or known[3] != custom:
            specs = visible(actor, entity, (*declared_specs(entity), *custom))
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = entity, actor.grants, specs, custom
        return known[2:]

    # Lists

    async def page(self, actor: Actor, entity: Entity, query: Query, *, typed: bool = False) -> Page:
        """A page of records. `typed` gives Python values, else whatever JSON needs.

        Raises Forbidden, Invalid for fields that do not exist for this person, Malformed for a broken cursor.
        """
        access = self._reading(actor, entity, query.deleted)
        specs, custom = await self._specs(actor, entity)
        check(entity, specs, query)
        await self._directory.load()
        shape = self._shapes.of(actor, entity, specs, query.fields, custom)
        listing = self._listings.of(entity, custom)
        conditions, extra = await self._searched(access, entity, specs, query)
        rules = shared_rules(access, entity.model)
        secret = entity.secret_from if shape.masks else ""
        names = _names(shape, rules, secret)
        typed = typed or shape.typed or bool(rules)
        found = await listing.page(
            self._kernel.db,
            access,
            query.but(conditions=conditions, q=None, fields=None),
            names,
            masks=shape.column_masks,
            extra=extra,
            typed=typed,
        )
        items: list[RecordView]
        if shape.plain and not rules and not secret:
            items = list(starmap(shape.struct, found.rows))
        else:
            items = [self._view(access, entity, shape, names, row, rules) for row in found.rows]
        return Page(items, found.next, found.count)

    async def count(self, actor: Actor, entity: Entity, query: Query) -> int:
        """How many records a query finds."""
        access = self._reading(actor, entity, query.deleted)
        specs, custom = await self._specs(actor, entity)
        check(entity, specs, query)
        await self._directory.load()
        conditions, extra = await self._searched(access, entity, specs, query)
        asked = query.but(conditions=conditions, q=None, sort=(), cursor=None)
        return await self._listings.of(entity, custom).count(self._kernel.db, access, asked, extra=extra)

    async def counts(self, actor: Actor, entity: Entity, query: Query, name: str) -> Mapping[Any, int]:
        """How many records a query finds for each value of a field one may filter by."""
        access = self._reading(actor, entity, query.deleted)
        specs, custom = await self._specs(actor, entity)
        check(entity, specs, query.but(conditions=(*query.conditions, Condition(name))))
        await self._directory.load()
        conditions, extra = await self._searched(access, entity, specs, query)
        asked = query.but(conditions=conditions, q=None, sort=(), cursor=None)
        return await self._listings.of(entity, custom).counts(
            self._kernel.db, access, asked, name, extra=extra
        )

    async def ids(self, access: Access, entity: Entity, query: Query, limit: int) -> list[UUID]:
        """Ids of the first records a query finds within an access; for bulk verbs."""
        specs, custom = await self._specs(access.actor, entity)
        check(entity, specs, query)
        await self._directory.load()
        conditions, extra = await self._searched(access, entity, specs, query)
        asked = query.but(conditions=conditions, q=None, fields=None, cursor=None, limit=limit, count=False)
        listing = self._listings.of(entity, custom)
        found = await listing.page(self._kernel.db, access, asked, ("id",), extra=extra, typed=True)
        return [row[0] for row in found.rows]

    def _reading(self, actor: Actor, entity: Entity, deleted: bool | None) -> Access:
        access = actor.access(entity.permission("view"))
        if deleted is not False:
            actor.access(entity.permission("restore"))
        return access

    async def _searched(
        self, access: Access, entity: Entity, specs: Fields, query: Query
    ) -> tuple[tuple[Condition, ...], list[ColumnElement[bool]]]:
        """What search tokens answer (`q`, a part of a number) as conditions on ids, relative days as days."""
        rest: list[Condition] = []
        extra: list[ColumnElement[bool]] = []
        for condition in joined(entity, query.conditions):
            spec = specs.by_name.get(condition.field)
            if condition.op == WITHIN:
                moments = spec is not None and spec.kind.name == "moment"
                zone = access.actor.timezone
                rest += resolved(condition, self._kernel.clock.now(), zone, moments=moments)
            elif spec is not None and spec.encrypted and condition.op == "contains":
                ids = await self._finder.containing(access, entity, spec, str(condition.value), limit=MAX_IN)
                extra.append(store.among(entity, ids))
            elif spec is not None and condition.op == "empty" and spec.name in entity.lookups:
                rules = shared_rules(access, entity.model)
                if any(spec.name not in rule.fields for rule in rules):
                    raise unknown_field(spec.name)
                extra.append(store.is_empty(entity, spec.name, bool(condition.value)))
            else:
                rest.append(condition)
        if query.q:
            found = await self._finder.find(access, entity, query.q, specs, deleted=query.deleted)
            extra.append(
                store.among(entity, [one.id for one in found])
                if found or not entity.found_through
                else await self._through(access.actor, entity, query.q)
            )
        return tuple(rest), extra

    async def _through(self, actor: Actor, entity: Entity, q: str) -> ColumnElement[bool]:
        """The records to which what was found of other entities refers, as far as the person may see them."""
        referring = []
        for name, reference in entity.found_through.items():
            other = self._kernel.registry.entity(name)
            if other is not None and actor.may(other.permission("view")):
                specs, _custom = await self._specs(actor, other)
                if any(spec.name == reference for spec in specs):
                    found = await self._finder.find(actor.access(other.permission("view")), other, q, specs)
                    referring.append((other, reference, [one.id for one in found]))
        return store.referred(entity, referring)

    # One record

    async def one(
        self, actor: Actor, entity: Entity, id: UUID, *, deleted: bool | None = False, typed: bool = False
    ) -> RecordView:
        """A record as the person may see it. Raises Forbidden, NotFound."""
        access = self._reading(actor, entity, deleted)
        specs, custom = await self._specs(actor, entity)
        await self._directory.load()
        shape = self._shapes.of(actor, entity, specs, None, custom)
        rules = shared_rules(access, entity.model)
        names = _names(shape, rules, entity.secret_from if shape.masks else "")
        row = await self._listings.of(entity, custom).one(
            self._kernel.db,
            access,
            id,
            names,
            masks=shape.column_masks,
            deleted=deleted,
            typed=typed or shape.typed or bool(rules),
        )
        if row is None:
            raise NotFound()
        return self._view(access, entity, shape, names, row, rules)

    async def open_value(self, access: Access, entity: Entity, id: UUID, spec: FieldSpec) -> Any:
        """The unmasked value of one field. Raises NotFound."""
        custom = await self._custom.specs(access.actor.place.dealership_id, entity)
        listing = self._listings.of(entity, custom)
        names = column_names(entity.model) if spec.derived else (spec.name,)
        if entity.secret_from and entity.secret_from not in names:
            names = (*names, entity.secret_from)
        row = await listing.one(self._kernel.db, access, id, names, typed=True)
        if row is None:
            raise NotFound()
        values = dict(zip(names, row, strict=True))
        if entity.secret_from and withheld.names(access.actor, values[entity.secret_from]):
            raise Forbidden(access.permission, withheld.REFUSED)
        return entity.derived[spec.name](values) if spec.derived else row[0]

    async def of_object(self, actor: Actor, entity: Entity, record: Any) -> RecordView:
        """A record just written, as its writer may see it."""
        specs, custom = await self._specs(actor, entity)
        await self._directory.shop(record.dealership_id)
        shape = self._shapes.of(actor, entity, specs, None, custom)
        values = values_of(record, shape.names)
        for name, mask in shape.column_masks.items():
            if values.get(name) is not None:
                values[name] = mask(values[name])
        view = shape.view(list(values.values()), self._currency(record.dealership_id))
        if entity.secret_from and withheld.names(actor, getattr(record, entity.secret_from)):
            withheld.hide(view, shape.masks)
        return view

    # Rows

    def _view(
        self,
        access: Access,
        entity: Entity,
        shape: Shape,
        names: Sequence[str],
        row: Sequence[Any],
        rules: Sequence[Shared],
    ) -> RecordView:
        own = row[: len(shape.names)]
        if not shape.money and not rules and not (entity.secret_from and shape.masks):
            return shape.view(own, "")
        values = dict(zip(names, row, strict=True))
        dealership = values.get("dealership_id") or access.actor.place.dealership_id
        view = shape.view(own, self._currency(dealership))
        if entity.secret_from and withheld.names(access.actor, values.get(entity.secret_from)):
            withheld.hide(view, shape.masks)
        if rules:
            self._narrow(access, entity, view, values)
        return view

    def _currency(self, dealership_id: Any) -> str:
        if dealership_id is None:
            return self._kernel.settings.currency
        known = self._directory.known(UUID(str(dealership_id)))
        return known.currency if known is not None else self._kernel.settings.currency

    def _narrow(self, access: Access, entity: Entity, view: RecordView, values: dict[str, Any]) -> None:
        """Take out of a foreign record what the group's sharing rules do not name."""
        dealership = values["dealership_id"]
        shop = self._directory.known(dealership)
        allowed = shared_fields(
            access,
            entity.model,
            dealership,
            values["tags"] or [],
            region_id=shop.region_id if shop else None,
        )
        if allowed is None:
            return
        kept = allowed | STRUCTURAL | {*ALWAYS, "dealership_id"}
        for name in view.__struct_fields__:
            if name not in kept:
                setattr(view, name, msgspec.UNSET)


def _names(shape: Shape, rules: Sequence[Shared], secret: str) -> tuple[str, ...]:
    """The columns to read: those of the shape first, then what decides how much of them is shown."""
    names = (*shape.names, *(("dealership_id", "tags") if rules else ()), *((secret,) if secret else ()))
    return tuple(dict.fromkeys(names))


def check(entity: Entity, specs: Fields, query: Query) -> None:
    """Refuse a query that names fields which do not exist for the person, or marks they lack.

    Raises Invalid; a hidden field is answered like one that is not there.
    """
    by_name = specs.by_name
    for condition in query.conditions:
        if condition.field in entity.lookups:
            base = condition.field.partition("[")[0]
            if entity.field(base) is None or base in by_name:
                continue
        spec = by_name.get(condition.field)
        if spec is None or not spec.field.filter or spec.derived:
            raise unknown_field(condition.field)
        if condition.op == WITHIN and spec.kind.name not in ("date", "moment"):
            raise Invalid.one(spec.name, "unknown_operator", _("This filter is not possible here."))
        if spec.encrypted and condition.op not in ("eq", "empty", "contains"):
            raise Invalid.one(spec.name, "unknown_operator", _("This filter is not possible here."))
    for word in query.sort:
        name = word.removeprefix("-")
        spec = by_name.get(name)
        if spec is None or not (spec.field.sort or spec.name == "id"):
            raise unknown_field(name)
    for name in query.fields or ():
        if name not in by_name and name != "custom":
            raise unknown_field(name)


def joined(entity: Entity, conditions: Sequence[Condition]) -> list[Condition]:
    """The conditions with look-ups that are joined under one name as one, which knows all their values."""
    found: list[Condition] = []
    groups: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        lookup = entity.lookups.get(condition.field)
        name = lookup.joined if isinstance(lookup, Lookup) else ""
        if not name:
            found.append(condition)
        elif name in groups:
            groups[name][condition.field] = condition.value
        else:
            groups[name] = {condition.field: condition.value}
            found.append(Condition(condition.field, condition.op, groups[name]))
    return found


def unknown_field(name: str) -> Invalid:
    """The answer to a field that is not there, and to one that is hidden."""
    return Invalid.one(name, "unknown_field", _("There is no such field."))
