"""The fields of an entity as everything else sees them: what is declared, joined with its column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Boolean, Date, Integer, Numeric, String, Text
from sqlalchemy.types import TypeEngine

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity, Field, Kind, Operator
from crm_kernel.dal.types import Amount, Encrypted, Id, Json, UtcTime
from crm_kernel.records import kinds
from crm_kernel.text import messages

_ = messages("kernel")

CUSTOM = "custom."

IMPLICIT: tuple[Field, ...] = (
    Field("id", _("Id"), kinds.REFERENCE, form=False, importable=False, read_only=True, filter=True),
    Field(
        "dealership_id", _("Dealership"), kinds.REFERENCE, form=False, importable=False, export=False,
        read_only=True, filter=True, reference="dealership",
    ),
    Field("version", _("Version"), kinds.INTEGER, form=False, importable=False, export=False, read_only=True),
    Field(
        "created_at", _("Added"), kinds.MOMENT, form=False, importable=False, read_only=True,
        sort=True, filter=True,
    ),
    Field(
        "updated_at", _("Changed"), kinds.MOMENT, form=False, importable=False, read_only=True,
        sort=True, filter=True,
    ),
    Field(
        "created_by", _("Added by"), kinds.REFERENCE, form=False, importable=False, read_only=True,
        filter=True, reference="staff",
    ),
    Field("owner_id", _("Owner"), kinds.REFERENCE, importable=False, filter=True, reference="staff"),
    Field("tags", _("Tags"), kinds.TAGS, filter=True),
)  # fmt: skip
"""What every record has besides its declared fields; an entity may declare one of them its own way."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field joined with its column.

    `name` is what URLs and JSON use (`custom.<key>` for a custom field), `type` the column's type (None for
    derived and custom fields), `length` the most characters it keeps, `derived` marks a value computed from
    other columns.
    """

    name: str
    field: Field
    kind: Kind
    type: TypeEngine[Any] | None = None
    nullable: bool = True
    length: int | None = None
    derived: bool = False
    implicit: bool = False

    @property
    def custom(self) -> bool:
        """Whether a dealership defined it."""
        return self.name.startswith(CUSTOM)

    @property
    def encrypted(self) -> bool:
        """Whether the column holds it encrypted."""
        return isinstance(self.type, Encrypted)

    @property
    def dialable(self) -> bool:
        """Whether it holds one telephone number, which can be called."""
        return self.kind.control == "tel"

    @property
    def masked(self) -> bool:
        """Whether it is shown masked until revealed."""
        return self.field.sensitive

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What a filter may ask of it."""
        return self.field.operators or self.kind.operators

    @property
    def label(self) -> Any:
        """The field's label."""
        return self.field.label

    def mask(self, value: Any) -> Any:
        """What may be seen without revealing."""
        if value is None or value == "":
            return value
        return (self.kind.mask or stars)(value)


class Fields(tuple[FieldSpec, ...]):
    """The fields that exist for a person, in their order and by their names."""

    @cached_property
    def by_name(self) -> Mapping[str, FieldSpec]:
        """The same by name."""
        return {spec.name: spec for spec in self}

    @cached_property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """Lists of names asked for before, as they stood in an address: programs ask for the same again."""
        return {}


def stars(_value: Any) -> str:
    """The mask of a kind that has none of its own."""
    return "****"


_known: dict[int, tuple[Entity, tuple[FieldSpec, ...]]] = {}


def declared_specs(entity: Entity) -> tuple[FieldSpec, ...]:
    """Implicit and declared fields of an entity, in the order of their declaration; without custom ones."""
    known = _known.get(id(entity))
    if known is None or known[0] is not entity:
        known = _known[id(entity)] = entity, _join(entity)
    return known[1]


def _join(entity: Entity) -> tuple[FieldSpec, ...]:
    names = {field.name for field in entity.fields}
    columns = entity.model.__table__.columns
    implicit = [f for f in IMPLICIT if f.name in columns and f.name not in names]
    implicit_names = {f.name for f in IMPLICIT}
    specs = []
    for field in (*entity.fields, *implicit):
        column = columns.get(field.name)
        if column is None:
            kind = field.kind or kinds.TEXT
            specs.append(
                FieldSpec(field.name, replace(field, read_only=True, form=False), kind, derived=True)
            )
            continue
        specs.append(
            FieldSpec(
                field.name,
                field,
                field.kind or default_kind(field, column.type),
                column.type,
                bool(column.nullable),
                getattr(column.type, "length", None) if isinstance(column.type, String) else None,
                implicit=field.name in implicit_names,
            )
        )
    return tuple(specs)


def default_kind(field: Field, type: TypeEngine[Any]) -> Kind:
    """The kind a column's type suggests where a field names none."""
    if field.options or field.choices:
        return kinds.CHOICE
    if field.reference:
        return kinds.REFERENCE
    for types, kind in (
        ((Encrypted,), kinds.TEXT),
        ((Amount,), kinds.MONEY),
        ((UtcTime,), kinds.MOMENT),
        ((Id,), kinds.REFERENCE),
        ((Json,), kinds.LIST),
        ((Boolean,), kinds.SWITCH),
        ((Integer,), kinds.INTEGER),
        ((Numeric,), kinds.DECIMAL),
        ((Date,), kinds.DATE),
        ((Text,), kinds.LONG_TEXT),
    ):
        if isinstance(type, types):
            return kind
    return kinds.TEXT


def column_names(model: type[Any]) -> tuple[str, ...]:
    """The names of a mapped class's columns."""
    return tuple(attribute.key for attribute in model.__mapper__.column_attrs)


def hidden(actor: Actor, entity: Entity, field: Field) -> bool:
    """Whether the field does not exist for this person."""
    if f"{entity.name}.{field.name}" in actor.grants.hidden:
        return True
    return field.permission is not None and not actor.may(field.permission)


def closed(actor: Actor, entity: Entity, spec: FieldSpec) -> bool:
    """Whether this person may see the field but not set it."""
    if spec.field.read_only or spec.derived:
        return True
    return f"{entity.name}.{spec.name}" in actor.grants.read_only


def visible(actor: Actor, entity: Entity, specs: Sequence[FieldSpec]) -> Fields:
    """Those fields that exist for this person."""
    if not actor.grants.hidden and all(spec.field.permission is None for spec in specs):
        return Fields(specs)
    return Fields(spec for spec in specs if not hidden(actor, entity, spec.field))
