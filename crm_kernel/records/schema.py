"""What programs send and receive for an entity, as msgspec structs made of its fields.

They serve API documents and typed callers; the rules themselves are in `validation`, because which fields
exist depends on who asks.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from crm_kernel.contributions import Entity
from crm_kernel.records.fields import FieldSpec, declared_specs
from crm_kernel.records.kinds import Money
from crm_kernel.records.view import RecordView

_TYPES: dict[str, Any] = {
    "integer": int,
    "mileage": int,
    "decimal": Decimal,
    "money": Money,
    "date": date,
    "moment": datetime,
    "switch": bool,
    "reference": UUID,
    "tags": list[str],
    "list": list[Any],
}

_LISTS = ("list", "tags", "phones")
"""Controls whose value is a list, whatever a module calls its kind."""

_made: dict[tuple[str, int], tuple[Entity, type[msgspec.Struct]]] = {}


def create_struct(entity: Entity) -> type[msgspec.Struct]:
    """The body of a creation: the entity's own struct, else one of its settable fields."""
    return entity.create or _cached("create", entity)


def change_struct(entity: Entity) -> type[msgspec.Struct]:
    """The body of a change: every settable field, UNSET where it stays as it is."""
    return entity.change or _cached("change", entity)


def row_struct(entity: Entity) -> type[msgspec.Struct]:
    """A record as the API answers it to somebody from whom no field is hidden."""
    return _cached("row", entity)


def _cached(use: str, entity: Entity) -> type[msgspec.Struct]:
    known = _made.get((use, id(entity)))
    if known is None or known[0] is not entity:
        known = _made[use, id(entity)] = entity, _make(use, entity)
    return known[1]


def _make(use: str, entity: Entity) -> type[msgspec.Struct]:
    name = f"{entity.name.title().replace('_', '')}{use.title()}"
    specs = [spec for spec in declared_specs(entity) if spec.name not in ("id", "version")]
    if use == "row":
        fields: list[Any] = [(spec.name, _seen(spec)) for spec in specs]
        return msgspec.defstruct(
            name, [*fields, ("custom", dict[str, Any])], bases=(RecordView,), module=__name__
        )
    settable = [spec for spec in specs if not spec.field.read_only and not spec.derived]
    fields = []
    for spec in settable:
        type_ = _json_type(spec)
        if use == "change":
            fields.append((spec.name, type_ | None | msgspec.UnsetType, msgspec.UNSET))
        elif spec.field.required and spec.field.default is None:
            fields.append((spec.name, type_))
        else:
            fields.append((spec.name, type_ | None | msgspec.UnsetType, msgspec.UNSET))
    fields.append(("custom", dict[str, Any] | msgspec.UnsetType, msgspec.UNSET))
    return msgspec.defstruct(name, fields, kw_only=True, module=__name__, forbid_unknown_fields=True)


def _seen(spec: FieldSpec) -> Any:
    if spec.derived:
        return Any
    type_ = str if spec.masked and spec.kind.control not in _LISTS else _json_type(spec)
    return type_ if not spec.nullable else type_ | None


def _json_type(spec: FieldSpec) -> Any:
    """A module's own kind of list is a list whatever it is called; any other unknown kind is text."""
    return _TYPES.get(spec.kind.name, list[Any] if spec.kind.control in _LISTS else str)


def given(values: Any) -> dict[str, Any]:
    """What a struct or mapping actually sets: absent (UNSET) fields are left out."""
    if isinstance(values, msgspec.Struct):
        pairs = {name: getattr(values, name) for name in values.__struct_fields__}
    else:
        pairs = dict(values)
    return {str(name): value for name, value in pairs.items() if value is not msgspec.UNSET}
