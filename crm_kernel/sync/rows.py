"""A row as another system sends it: its own id, and values by field name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from crm_kernel.errors import Invalid, Malformed, TooLarge
from crm_kernel.records.imports.naming import CLEARED
from crm_kernel.text import messages

_ = messages("kernel")

EXTERNAL_ID = "external_id"
MOST_ROWS = 1000
MOST_FIELDS = 200
LONGEST_SOURCE = 40


@dataclass(frozen=True, slots=True)
class SyncRow:
    """`position` counts from 1 in the order sent; `values` are JSON values (dates and decimals in
    process)."""

    position: int
    external_id: str
    values: Mapping[str, Any]

    @property
    def content(self) -> dict[str, Any]:
        """The row as it was sent, in JSON data."""
        return {EXTERNAL_ID: self.external_id, **msgspec.to_builtins(dict(self.values))}


def read_rows(sent: Sequence[Any]) -> list[SyncRow]:
    """What was sent as rows. Raises TooLarge for more than a thousand, Malformed for what is no row."""
    if len(sent) > MOST_ROWS:
        raise TooLarge(_("Send at most {most} rows at a time.")(most=MOST_ROWS))
    return [_read(position, one) for position, one in enumerate(sent, start=1)]


def _read(position: int, one: Any) -> SyncRow:
    if not isinstance(one, Mapping) or not all(isinstance(name, str) for name in one):
        raise Malformed(_("Row {number} is not an object with fields.")(number=position))
    if len(one) > MOST_FIELDS:
        raise TooLarge(_("Row {number} has too many fields.")(number=position))
    given = one.get(EXTERNAL_ID)
    name = str(given).strip() if isinstance(given, str | int) and not isinstance(given, bool) else ""
    values = {key: value for key, value in one.items() if key != EXTERNAL_ID}
    return SyncRow(position, name, values)


def read_source(text: str) -> str:
    """The name of the system that sends. Raises Invalid."""
    name = text.strip()
    good = name.isascii() and all(sign.isalnum() or sign in "._-" for sign in name)
    if not name or len(name) > LONGEST_SOURCE or not good:
        raise Invalid.one(
            "source",
            "invalid",
            _("Name the system with at most {most} letters, digits, dots, dashes.")(most=LONGEST_SOURCE),
        )
    return name.lower()


def as_cell(value: Any, *, listed: bool) -> str:
    """A value as text for the field's kind; nothing and the empty text empty the field.

    `listed` says that the field holds a list. Raises ValueError with a reason code.
    """
    if value is None or value == "":
        return CLEARED
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("invalid")
        return value if value.strip() else CLEARED
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal | UUID):
        return str(value)
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f") if value == value and abs(value) < 1e18 else "?"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping) and "amount" in value and value.keys() <= {"amount", "currency"}:
        return as_cell(value["amount"], listed=False)
    if isinstance(value, list | tuple) and listed:
        return msgspec.json.encode(list(value)).decode() if value else CLEARED
    raise ValueError("invalid")
