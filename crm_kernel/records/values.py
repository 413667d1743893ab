"""One value on its way in: text as people type it, JSON as programs send it, Python as services pass it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_kernel.dal.types import Amount, Id, UtcTime
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.kinds import Money
from crm_kernel.records.kinds.lists import distinct
from crm_kernel.text import Text, messages

_ = messages("kernel")

LONGEST_TEXT = 20_000
LONGEST_LIST = 200

REASONS: dict[str, Text] = {
    "required": _("This field is needed."),
    "unknown": _("There is no such field."),
    "read_only": _("This field cannot be set."),
    "too_long": _("This is too long."),
    "type": _("This is not the kind of value that belongs here."),
    "choice": _("This is not one of the choices."),
    "reference": _("There is no such record."),
    "taken": _("Another record has this already."),
    "tag": _("There is no such tag. Someone who may manage tags can add it."),
    "forbidden": _("You may not change this."),
}


def reason(spec: FieldSpec | None, code: str) -> Text:
    """A reason code in words, the kind's own first."""
    if spec is not None and code in spec.kind.messages:
        return spec.kind.messages[code]
    return REASONS.get(code, REASONS["type"])


def coerce(spec: FieldSpec, value: Any) -> Any:
    """The value to keep; None for nothing. Raises ValueError with a reason code."""
    if value is None:
        return None
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError("too_long")
        if not value.strip():
            return None
        parsed = _parse(spec, value)
    else:
        parsed = _convert(spec, value)
    if isinstance(parsed, str) and spec.length is not None and len(parsed) > spec.length:
        raise ValueError("too_long")
    if isinstance(parsed, list) and len(parsed) > LONGEST_LIST:
        raise ValueError("too_long")
    return parsed


def _parse(spec: FieldSpec, value: str) -> Any:
    try:
        parsed = spec.kind.parse(value)
    except ValueError as fault:
        code = fault.args[0] if fault.args else ""
        raise ValueError(code if isinstance(code, str) and code.isidentifier() else "type") from fault
    if isinstance(spec.type, UtcTime) and isinstance(parsed, datetime) and parsed.tzinfo is None:
        raise ValueError("moment")
    return parsed


def _convert(spec: FieldSpec, value: Any) -> Any:
    name = spec.kind.name
    if isinstance(value, bool):
        if name == "switch":
            return value
    elif isinstance(spec.type, Amount) or name == "money":
        return _amount(spec, value)
    elif name in _NUMBERS and isinstance(value, int | Decimal | float):
        return _parse(spec, format(Decimal(str(value)), "f"))
    elif isinstance(value, datetime):
        if name == "moment" and value.tzinfo is not None:
            return value
        if name == "date":
            return value.date()
    elif (isinstance(value, date) and name == "date") or (
        isinstance(value, UUID) and (isinstance(spec.type, Id) or name == "reference")
    ):
        return value
    elif isinstance(value, list | tuple):
        return _list(spec, list(value))
    raise ValueError("type")


_NUMBERS = frozenset(("integer", "decimal", "mileage"))


def _amount(spec: FieldSpec, value: Any) -> Any:
    if isinstance(value, Money):
        value = value.amount
    elif isinstance(value, Mapping):
        if set(value) - {"amount", "currency"}:
            raise ValueError("amount")
        value = value.get("amount")
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        value = format(Decimal(str(value)), "f")
    if not isinstance(value, str):
        raise ValueError("amount")
    return _parse(spec, value)


def _list(spec: FieldSpec, value: list[Any]) -> list[Any]:
    if spec.kind.name == "tags":
        if not all(isinstance(item, str) for item in value):
            raise ValueError("type")
        return distinct(item.strip() for item in value if item.strip())
    if spec.kind.control not in ("list", "tags", "phones"):
        raise ValueError("type")
    if spec.field.reference:
        try:
            return [str(item if isinstance(item, UUID) else UUID(str(item))) for item in value]
        except ValueError as fault:
            raise ValueError("reference") from fault
    return value
