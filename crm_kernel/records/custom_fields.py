"""Fields that dealerships add to an entity themselves: definitions, their values, who may define them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.contributions import Entity, Field, Kind, Permission
from crm_kernel.errors import Forbidden, Invalid, NotFound
from crm_kernel.records import kinds, store
from crm_kernel.records.cache import PerDealership
from crm_kernel.records.fields import CUSTOM, FieldSpec
from crm_kernel.records.models import CustomField
from crm_kernel.records.search.pinyin import spellings
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MANAGE = Permission("custom_fields.manage", _("Define custom fields"))
KINDS: dict[str, Kind] = {
    "text": kinds.TEXT,
    "number": kinds.DECIMAL,
    "date": kinds.DATE,
    "choice": kinds.CHOICE,
    "switch": kinds.SWITCH,
}
MOST_PER_ENTITY = 60
LONGEST_VALUE = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class CustomFieldView(msgspec.Struct, frozen=True):
    """A definition. `everywhere` marks one that counts in all dealerships."""

    id: UUID
    entity: str
    key: str
    label: str
    kind: str
    required: bool
    options: list[dict[str, str]]
    position: int
    active: bool
    everywhere: bool


class CustomFields:
    """The definitions in force, per dealership, kept in memory."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._cache = PerDealership(kernel.clock, self._load)

    async def specs(self, dealership_id: UUID | None, entity: Entity) -> tuple[FieldSpec, ...]:
        """The active custom fields of an entity in a dealership, in their order."""
        if dealership_id is None:
            return ()
        return (await self._cache.get(dealership_id)).get(entity.name, ())

    async def _load(self, dealership_id: UUID) -> Mapping[str, tuple[FieldSpec, ...]]:
        found: dict[str, list[FieldSpec]] = {}
        for row in await store.custom_fields_in_force(self._kernel.db, dealership_id):
            found.setdefault(row.entity, []).append(spec_of(row))
        return {entity: tuple(specs) for entity, specs in found.items()}

    def forget(self) -> None:
        """Read the definitions again next time."""
        self._cache.forget()


def spec_of(row: store.Definition) -> FieldSpec:
    """A definition as the field everybody else works with."""
    field = Field(
        f"{CUSTOM}{row.key}",
        Text(row.label, "custom"),
        KINDS[row.kind],
        required=row.required,
        sort=row.kind != "switch",
        filter=True,
        options=tuple((str(o["code"]), Text(str(o["label"]), "custom")) for o in row.options or ()),
        aliases=(row.label,),
        operators=("eq", "ne", "in", "contains", "empty") if row.kind == "text" else None,
    )
    return FieldSpec(field.name, field, KINDS[row.kind], length=LONGEST_VALUE)


def stored_form(value: Any) -> Any:
    """A custom value as the record's JSON keeps it: numbers as numbers, dates as ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


class CustomFieldService:
    """Offered as `custom_fields`: defining them."""

    def __init__(self, kernel: Kernel, fields: CustomFields) -> None:
        self._kernel = kernel
        self._fields = fields

    @permitted(MANAGE.name)
    async def list(self, access: Access, entity: str | None = None) -> Sequence[CustomFieldView]:
        """Every definition that counts in the actor's dealership, inactive ones included."""
        rows = await store.custom_fields(self._kernel.db, access.actor.dealership_id)
        return [_view(row) for row in rows if entity in (None, row.entity)]

    @permitted(MANAGE.name)
    async def define(
        self,
        access: Access,
        entity: str,
        label: str,
        kind: str,
        *,
        key: str = "",
        required: bool = False,
        options: Sequence[Mapping[str, str]] = (),
        everywhere: bool = False,
    ) -> CustomFieldView:
        """Add a field to an entity.

        `options` are `{code, label}` pairs of a choice; without a `key` one is made of the label. A field for
        everybody (`everywhere`) is the super administrator's. Raises Invalid, Forbidden.
        """
        if everywhere and not access.actor.grants.super:
            raise Forbidden(MANAGE.name)
        declared = self._kernel.registry.entity(entity)
        if declared is None:
            raise Invalid.one("entity", "unknown", _("There is no such record type."))
        if kind not in KINDS:
            raise Invalid.one("kind", "choice", _("This is not one of the choices."))
        dealership = access.actor.dealership_id
        there = [
            r for r in await store.custom_fields(self._kernel.db, dealership) if r.entity == declared.name
        ]
        if len(there) >= MOST_PER_ENTITY:
            raise Invalid.one("entity", "too_many", _("There are too many custom fields already."))
        taken = {row.key for row in there}
        row = CustomField(
            dealership_id=None if everywhere else dealership,
            entity=declared.name,
            key=_key(key, label, taken),
            label=_label(label),
            kind=kind,
            required=required,
            options=_options(kind, options),
            position=len(there),
            active=True,
            created_at=self._kernel.clock.now(),
        )
        async with self._kernel.db.work(access) as work:
            work.add(row)
            work.after_commit(self._fields.forget)
        return _view(row)

    @permitted(MANAGE.name)
    async def change(
        self,
        access: Access,
        id: UUID,
        *,
        label: str | None = None,
        required: bool | None = None,
        options: Sequence[Mapping[str, str]] | None = None,
        position: int | None = None,
        active: bool | None = None,
    ) -> CustomFieldView:
        """Change a definition; its key and kind stay, because values were given under them.

        Raises NotFound for another dealership's, Forbidden for one that counts everywhere.
        """
        async with self._kernel.db.work(access) as work:
            row = await store.custom_field(work, id)
            if row is None or row.dealership_id not in (None, access.actor.place.dealership_id):
                raise NotFound()
            if row.dealership_id is None and not access.actor.grants.super:
                raise Forbidden(MANAGE.name)
            if label is not None:
                row.label = _label(label)
            if options is not None:
                row.options = _options(row.kind, options)
            for name, value in (("required", required), ("position", position), ("active", active)):
                if value is not None:
                    setattr(row, name, value)
            work.after_commit(self._fields.forget)
        return _view(row)

    @permitted(MANAGE.name)
    async def arrange(self, access: Access, entity: str, ids: Sequence[UUID]) -> None:
        """Put the fields of an entity in this order; those that count everywhere keep their place.

        Raises NotFound for ids that are none of its fields here.
        """
        dealership = access.actor.dealership_id
        async with self._kernel.db.work(access) as work:
            for place, field_id in enumerate(ids):
                row = await store.custom_field(work, field_id)
                if row is None or row.entity != entity or row.dealership_id not in (None, dealership):
                    raise NotFound()
                if row.dealership_id is not None or access.actor.grants.super:
                    row.position = place
            work.after_commit(self._fields.forget)


def _key(key: str, label: str, taken: set[str]) -> str:
    if key:
        if not _KEY.fullmatch(key):
            raise Invalid.one("key", "key", _("Use small letters, digits and underscores."))
        if key in taken:
            raise Invalid.one("key", "taken", _("Another field has this key already."))
        return key
    latin = "".join(spellings(part)[0][0] if spellings(part) else part for part in label.lower())
    base = re.sub(r"[^a-z0-9]+", "_", latin).strip("_")[:30]
    base = base if base[:1].isalpha() else f"field_{base}".rstrip("_")
    found, number = base, 2
    while found in taken:
        found, number = f"{base}_{number}", number + 1
    return found


def _label(label: str) -> str:
    text = kinds.TEXT.parse(label)
    if not text or len(text) > 120:
        raise Invalid.one("label", "required", _("Give it a name of at most 120 characters."))
    return str(text)


def _options(kind: str, options: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    if kind != "choice":
        return []
    found = [
        {
            "code": str(o.get("code") or o.get("label") or "").strip()[:60],
            "label": str(o.get("label", ""))[:120],
        }
        for o in options
    ]
    codes = [o["code"] for o in found]
    if not found or len(found) > 200 or "" in codes or len(set(codes)) < len(codes):
        raise Invalid.one("options", "options", _("A choice needs options, each with a code of its own."))
    return found


def _view(row: CustomField) -> CustomFieldView:
    return CustomFieldView(
        row.id, row.entity, row.key, row.label, row.kind, row.required, list(row.options or ()),
        row.position, row.active, row.dealership_id is None,
    )  # fmt: skip
