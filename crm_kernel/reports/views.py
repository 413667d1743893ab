"""What pages, files and the API show of a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from crm_kernel.records.kinds import Money
from crm_kernel.text import Text

Unit = Literal["", "share", "each", "money"]
Value = int | Decimal | Money | None


class PeriodView(msgspec.Struct, frozen=True):
    """Both days included."""

    key: str
    first: date
    last: date


class Column(msgspec.Struct, frozen=True):
    """A column of numbers: counts, shares (0.25), so much for each, or money."""

    key: str
    label: Text | str
    unit: Unit
    drawn: bool


class Cell(msgspec.Struct, frozen=True):
    """A number, that of the period before, and the list behind it: a path below the prefix, or empty."""

    value: Value
    before: Value = None
    path: str = ""


class Line(msgspec.Struct, frozen=True):
    """A row: its key (empty where the field is), its label, a cell per column."""

    key: str
    label: str
    cells: Sequence[Cell]


class ReportView(msgspec.Struct, frozen=True):
    """A report as one person sees it. `head` is what the rows are; `mixed` says that sums of several
    currencies were left out."""

    name: str
    label: Text | str
    help: Text | str | None
    chart: str
    wide: bool
    entity: str
    head: Text | str
    period: PeriodView | None
    compared: PeriodView | None
    columns: Sequence[Column]
    rows: Sequence[Line]
    total: Line | None
    mixed: bool
    may_export: bool


class ReportLine(msgspec.Struct, frozen=True):
    """A report in the list of those one may see."""

    name: str
    label: Text | str
    page: str
    chart: str
    wide: bool
    dated: bool
