"""From a mapping to the struct a module's own service takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from crm_kernel.contributions import Entity
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.records.fields import CUSTOM, declared_specs
from crm_kernel.records.schema import change_struct, create_struct, given
from crm_kernel.records.values import coerce, reason


@lru_cache(maxsize=500)
def _members(struct: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    """What a struct is made of; asking msgspec evaluates its annotations anew each time."""
    return {member.name: member for member in msgspec.structs.fields(struct)}


def draft(entity: Entity, use: str, values: Any) -> Any:
    """The entity's `create` or `change` struct with these values; a struct passes unchanged.

    Values are read as their fields' kinds read them; the struct's further members, which are no fields, are
    converted to their declared types. Raises Invalid for names it does not have and for what is missing.
    """
    if isinstance(values, msgspec.Struct):
        return values
    struct = create_struct(entity) if use == "create" else change_struct(entity)
    members = _members(struct)
    specs = {spec.name: spec for spec in declared_specs(entity)}
    sent = given(values)
    for name in [name for name in sent if name.startswith(CUSTOM)]:
        sent["custom"] = {**(sent.get("custom") or {}), name[len(CUSTOM) :]: sent.pop(name)}
    errors: list[FieldError] = []
    filled: dict[str, Any] = {}
    for name, value in sent.items():
        spec = specs.get(name)
        try:
            if name not in members:
                raise ValueError("unknown")
            if spec is not None:
                filled[name] = value if spec.masked and _is_mask(value) else coerce(spec, value)
            elif name == "custom":
                filled[name] = value
            else:
                filled[name] = msgspec.convert(value, members[name].type, strict=False)
        except msgspec.ValidationError:
            errors.append(FieldError(name, "type", reason(None, "type")))
        except ValueError as fault:
            errors.append(FieldError(name, str(fault.args[0]), reason(spec, str(fault.args[0]))))
    told = {error.field for error in errors}
    for name, member in members.items():
        if member.required and filled.get(name) is None and name not in told:
            errors.append(FieldError(name, "required", reason(specs.get(name), "required")))
    if errors:
        raise Invalid(errors)
    return struct(**filled)


def _is_mask(value: Any) -> bool:
    """Whether a form sent back the masked text it had shown."""
    return isinstance(value, str) and "***" in value
