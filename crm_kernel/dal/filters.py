"""Filters as SQL: which shape a condition has, which values it binds, and the expression of that shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Integer, SmallInteger, String, and_, bindparam, literal, or_
from sqlalchemy.types import TypeEngine

from crm_kernel.dal.query import MAX_IN, MAX_TEXT, OPERATORS, Condition
from crm_kernel.dal.types import Encrypted, Json
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.text import Text, messages

_ = messages("kernel")

ESCAPE = "/"
_SURROGATE = re.compile("[\ud800-\udfff]")
_COMPARISONS = frozenset(("eq", "ne", "gt", "gte", "lt", "lte"))
_PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
_LIMITS = ((BigInteger, 2**63), (SmallInteger, 2**15), (Integer, 2**31))
_DECIMAL_LIMIT = Decimal(10) ** 16


class Form(NamedTuple):
    """The shape of a condition: conditions of one form differ in their values only."""

    field: str
    op: str
    places: int


def form_of(condition: Condition, type_: TypeEngine[Any]) -> tuple[Form, tuple[Any, ...]]:
    """The form of a condition on a column of that type, and the values it binds.

    Raises Invalid for an operator the column does not know and for a value that cannot be one of its own.
    """
    field, op, value = condition.field, condition.op, condition.value
    if op not in OPERATORS:
        raise refused(field, "unknown_operator", _("This filter is not possible here."))
    if op == "empty":
        return Form(field, "empty" if value else "filled", 0), ()
    if isinstance(type_, Encrypted):
        raise refused(field, "encrypted", _("An encrypted field cannot be compared."))
    if isinstance(type_, Json):
        return _list_form(field, op, value)
    if op in _COMPARISONS:
        if value is None:
            if op not in ("eq", "ne"):
                raise refused(field, "no_value", _("A value is missing."))
            return Form(field, "null" if op == "eq" else "not_null", 0), ()
        return Form(field, op, 1), (fitting(field, type_, value),)
    if op == "in":
        return _in_form(field, type_, _several(field, value))
    if not isinstance(value, str) or not issubclass(python_type(type_), str):
        raise refused(field, "not_text", _("Only text can be searched for a part."))
    return Form(field, "like", 1), (_PATTERNS[op].format(escape_like(fitting(field, type_, value))),)


def _in_form(field: str, type_: TypeEngine[Any], values: Sequence[Any]) -> tuple[Form, tuple[Any, ...]]:
    kept = [fitting(field, type_, value) for value in values]
    if not kept:
        return Form(field, "never", 0), ()
    kept = filled_up(kept)
    return Form(field, "in", len(kept)), tuple(kept)


def filled_up(values: list[Any]) -> list[Any]:
    """A list made as long as a power of two by repeating its last value: few shapes, each compiled once."""
    room = 1 << (len(values) - 1).bit_length()
    return values + values[-1:] * (room - len(values))


def _list_form(field: str, op: str, value: Any) -> tuple[Form, tuple[Any, ...]]:
    if op not in ("eq", "ne", "contains", "in"):
        raise refused(field, "unknown_operator", _("This filter is not possible here."))
    wanted = _several(field, value) if op == "in" else (value,)
    patterns = tuple(element_pattern(fitting(field, String(), one)) for one in wanted)
    if not patterns:
        return Form(field, "never", 0), ()
    return Form(field, "unlike" if op == "ne" else "like", len(patterns)), patterns


def _several(field: str, value: Any) -> Sequence[Any]:
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise refused(field, "not_a_list", _("A list of values is needed."))
    found = list(value)
    if len(found) > MAX_IN:
        raise refused(field, "too_many", _("At most {count} values can be asked for.")(count=MAX_IN))
    return found


def expression(column: Any, form: Form, names: Sequence[str], dialect: str) -> ColumnElement[bool]:
    """The condition of a form on a column, its values bound under `names`."""
    binds = [bindparam(name, type_=column.type) for name in names]
    match form.op:
        case "eq":
            found = column == binds[0]
        case "ne":
            found = column.is_distinct_from(binds[0])
        case "gt":
            found = column > binds[0]
        case "gte":
            found = column >= binds[0]
        case "lt":
            found = column < binds[0]
        case "lte":
            found = column <= binds[0]
        case "in":
            found = column.in_(binds)
        case "null":
            found = column.is_(None)
        case "not_null":
            found = column.is_not(None)
        case "never":
            found = and_(column.is_(None), column.is_not(None))
        case "empty":
            found = or_(column.is_(None), *(column == blank for blank in _blanks(column)))
        case "filled":
            found = and_(column.is_not(None), *(column != blank for blank in _blanks(column)))
        case _:
            found = _like(column, form, names, dialect)
    wanted: ColumnElement[bool] = found
    return wanted


def _like(column: Any, form: Form, names: Sequence[str], dialect: str) -> ColumnElement[bool]:
    # LIKE ignores case on SQLite and MariaDB; on PostgreSQL that is ILIKE.
    match = column.ilike if dialect == "postgresql" else column.like
    found = or_(*(match(bindparam(name, type_=String()), escape=ESCAPE) for name in names))
    return or_(column.is_(None), ~found) if form.op == "unlike" else found


def _blanks(column: Any) -> list[Any]:
    """What counts as empty besides null, as it lies in the database."""
    if isinstance(column.type, Json):
        return [literal(blank, String()) for blank in ("[]", "{}", '""')]
    if isinstance(column.type, Encrypted) or not issubclass(python_type(column.type), str):
        return []
    return [literal("", String())]


def escape_like(text: str) -> str:
    """Text that stands for itself in a LIKE pattern with the escape character of this module."""
    return text.replace(ESCAPE, ESCAPE * 2).replace("%", f"{ESCAPE}%").replace("_", f"{ESCAPE}_")


def element_pattern(value: str) -> str:
    """A LIKE pattern for a JSON list (kept as text) that holds the value."""
    return f"%{escape_like(msgspec.json.encode(value).decode())}%"


def python_type(type_: TypeEngine[Any]) -> type[Any]:
    """What a column's values are in Python."""
    found: type[Any] = type_.python_type
    return found


def fitting(field: str, type_: TypeEngine[Any], value: Any) -> Any:
    """A value the column could hold. Raises Invalid otherwise, so that no driver ever stumbles."""
    wanted = python_type(type_)
    if type(value) is not wanted:
        try:
            value = msgspec.convert(value, wanted, strict=False)
        except (msgspec.ValidationError, ValueError, OverflowError) as fault:
            raise refused(field, "wrong_type", _("This value does not fit the field.")) from fault
    if not _bearable(type_, value):
        raise refused(field, "out_of_range", _("This value is out of range."))
    return value


def _bearable(type_: TypeEngine[Any], value: Any) -> bool:
    match value:
        case str():
            return len(value) <= MAX_TEXT and "\0" not in value and not _SURROGATE.search(value)
        case bool():
            return True
        case int():
            limit = next((most for kind, most in _LIMITS if isinstance(type_, kind)), 2**63)
            return -limit <= value < limit
        case Decimal():
            return bool(value.is_finite() and abs(value) < _DECIMAL_LIMIT)
        case datetime():
            return value.tzinfo is not None and value.year > 1
        case date():
            return True
    return True


def refused(field: str, code: str, message: Text) -> Invalid:
    """A condition that cannot be asked."""
    return Invalid([FieldError(field, code, message)])
