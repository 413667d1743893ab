"""From a list's URL parameters to a Query: used by API, pages, saved views, export and bulk alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from crm_kernel.actor import Actor
from crm_kernel.clock import midnight
from crm_kernel.contributions import Entity
from crm_kernel.dal.query import MAX_IN, MAX_PAGE, OPERATORS, Condition, Query
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.records import relative
from crm_kernel.records.fields import Fields, FieldSpec
from crm_kernel.records.kinds import DATE
from crm_kernel.records.kinds.contact import digits_of
from crm_kernel.records.relative import WITHIN
from crm_kernel.records.values import reason
from crm_kernel.text import Text, messages

_ = messages("kernel")

LONGEST_SEARCH = 100
SHORTEST_PHONE_PART = 4
MOST_CHOSEN = 100
_NAME = re.compile(r"([a-z][a-z0-9_.]*)(?:\[([a-z]+)\])?", re.IGNORECASE)
_YES, _NO = frozenset(("true", "1", "yes")), frozenset(("false", "0", "no"))
Parameters = Mapping[str, str] | Iterable[tuple[str, str]]


class FieldSource(Protocol):
    """Who knows the fields that exist for a person: the record service."""

    async def fields(self, actor: Actor, entity: Entity | str) -> Sequence[FieldSpec]: ...


async def parse_query(source: FieldSource, actor: Actor, entity: Entity, params: Parameters) -> Query:
    """The query that the parameters of a list's address ask for.

    Knows `limit cursor sort fields count q deleted`, and filters `field=` and `field[operator]=`. Raises
    Invalid with every wrong parameter; a hidden field is answered like one that is not there.
    """
    specs = await source.fields(actor, entity)
    return parse(entity, specs, params, timezone=actor.timezone)


def parse(entity: Entity, specs: Sequence[FieldSpec], params: Parameters, *, timezone: str = "UTC") -> Query:
    """Like `parse_query`, for fields already at hand."""
    known = specs if isinstance(specs, Fields) else Fields(specs)
    reader = _Reader(entity, known, timezone)
    for name, value in params.items() if isinstance(params, Mapping) else params:
        reader.take(name, value)
    return reader.query()


class _Reader:
    def __init__(self, entity: Entity, fields: Fields, timezone: str) -> None:
        self._entity = entity
        self._fields = fields
        self._specs = fields.by_name
        self._timezone = timezone
        self._errors: list[FieldError] = []
        self._conditions: list[Condition] = []
        self._given: dict[str, Any] = {}

    def query(self) -> Query:
        if self._errors:
            raise Invalid(self._errors, _("The list cannot be asked like this."))
        return Query(conditions=tuple(self._conditions), **self._given)

    def take(self, name: str, value: str) -> None:
        special = getattr(self, f"_take_{name}", None) if name in _SPECIAL else None
        if special is not None:
            special(value)
        elif name in self._entity.lookups:
            self._lookup(name, value)
        else:
            self._filter(name, value)

    def _wrong(self, name: str, code: str, message: Text) -> None:
        self._errors.append(FieldError(name, code, message))

    # What every list knows

    def _take_limit(self, value: str) -> None:
        if not value.isascii() or not value.isdigit() or not 1 <= int(value[:6]) <= MAX_PAGE:
            self._wrong("limit", "out_of_range", _("Ask for 1 to {most} records at a time.")(most=MAX_PAGE))
        else:
            self._given["limit"] = int(value)

    def _take_cursor(self, value: str) -> None:
        if value:
            self._given["cursor"] = value

    def _take_count(self, value: str) -> None:
        if value != "exact":
            self._wrong("count", "choice", _("The only count there is, is exact."))
        self._given["count"] = True

    def _take_q(self, value: str) -> None:
        if len(value) > LONGEST_SEARCH:
            self._wrong("q", "too_long", _("Search for at most {most} characters.")(most=LONGEST_SEARCH))
        elif value.strip():
            self._given["q"] = value.strip()

    def _take_deleted(self, value: str) -> None:
        if value.lower() not in _YES | _NO:
            self._wrong("deleted", "switch", _("Answer with yes or no."))
        self._given["deleted"] = value.lower() in _YES

    def _take_sort(self, value: str) -> None:
        words = [word.strip() for word in value.split(",") if word.strip()]
        for word in words:
            spec = self._specs.get(word.removeprefix("-"))
            if spec is None:
                self._wrong(word.removeprefix("-"), "unknown_field", _("There is no such field."))
            elif not spec.field.sort or spec.encrypted or spec.derived:
                self._wrong(spec.name, "not_sortable", _("The list cannot be sorted by this field."))
        self._given["sort"] = tuple(words)

    def _take_fields(self, value: str) -> None:
        known = self._fields.chosen.get(value)
        if known is None:
            known = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
            wrong = [name for name in known if name not in self._specs and name != "custom"]
            for name in wrong:
                self._wrong(name, "unknown_field", _("There is no such field."))
            if not wrong and len(self._fields.chosen) < MOST_CHOSEN:
                self._fields.chosen[value] = known
        self._given["fields"] = known

    # Filters

    def _lookup(self, name: str, value: str) -> None:
        base = name.partition("[")[0]
        if self._entity.field(base) is not None and base not in self._specs:
            self._wrong(base, "unknown_field", _("There is no such field."))
            return
        if not value.strip() or len(value) > LONGEST_SEARCH:
            self._wrong(base, "value", _("This value does not fit the field."))
            return
        self._conditions.append(Condition(name, "eq", value.strip()))

    def _filter(self, name: str, value: str) -> None:
        found = _NAME.fullmatch(name)
        spec = self._specs.get(found[1]) if found else None
        if found is None or spec is None or not spec.field.filter:
            self._wrong(found[1] if found else name[:60], "unknown_field", _("There is no such field."))
            return
        op = found[2] or "eq"
        if op not in (*OPERATORS, WITHIN) or op not in spec.operators:
            self._wrong(spec.name, "unknown_operator", _("This filter is not possible here."))
            return
        try:
            self._conditions.extend(self._read(spec, op, value))
        except ValueError as fault:
            code = str(fault.args[0]) if fault.args else "type"
            message = _MESSAGES.get(code) or reason(spec, code)
            self._wrong(spec.name, code, message)

    def _read(self, spec: FieldSpec, op: str, value: str) -> list[Condition]:
        if op == "empty":
            if value.lower() not in _YES | _NO:
                raise ValueError("switch")
            return [Condition(spec.name, op, value.lower() in _YES)]
        if op == WITHIN:
            return [Condition(spec.name, op, relative.read(value))]
        if op == "in":
            parts = [part for part in value.split(",") if part.strip()]
            if len(parts) > MAX_IN:
                raise ValueError("too_long")
            return [Condition(spec.name, op, tuple(self._value(spec, part) for part in parts))]
        if op in ("contains", "startswith", "endswith"):
            return [Condition(spec.name, op, self._part(spec, op, value))]
        if not value.strip():
            if op not in ("eq", "ne"):
                raise ValueError("type")
            return [Condition(spec.name, "empty", op == "eq")]
        if spec.kind.name == "moment":
            return self._moments(spec, op, value)
        return [Condition(spec.name, op, self._value(spec, value))]

    def _value(self, spec: FieldSpec, value: str) -> Any:
        if spec.kind.name == "tags":
            return value.strip()
        return spec.kind.parse(value)

    def _part(self, spec: FieldSpec, op: str, value: str) -> str:
        if spec.encrypted:
            plain = digits_of(value).removeprefix("+86")
            if op != "contains" or not plain.isdigit() or len(plain) < SHORTEST_PHONE_PART:
                raise ValueError("too_short")
            return plain
        if not value.strip() or len(value) > LONGEST_SEARCH:
            raise ValueError("too_long")
        return value.strip()

    def _moments(self, spec: FieldSpec, op: str, value: str) -> list[Condition]:
        """A bare day means all of it in the person's zone; a time without zone is his, too."""
        try:
            day = DATE.parse(value) if ":" not in value else None
        except ValueError:
            day = None
        if day is None:
            moment = spec.kind.parse(value)
            if not re.search(r"(?:Z|[+-]\d{2}:?\d{2})\s*$", value.strip()):
                moment = moment.replace(tzinfo=ZoneInfo(self._timezone)).astimezone(UTC)
            return [Condition(spec.name, op, moment)]
        start, end = midnight(day, self._timezone), midnight(day + timedelta(days=1), self._timezone)
        name = spec.name
        match op:
            case "eq":
                return [Condition(name, "gte", start), Condition(name, "lt", end)]
            case "gte" | "lt":
                return [Condition(name, op, start)]
            case "gt":
                return [Condition(name, "gte", end)]
            case "lte":
                return [Condition(name, "lt", end)]
        raise ValueError("moment")


_SPECIAL = frozenset(("limit", "cursor", "count", "q", "deleted", "sort", "fields"))
_MESSAGES = {"too_short": _("Give at least four digits."), "period": relative.UNKNOWN}
