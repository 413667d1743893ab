"""Figures: what is counted, over which time, and where each number leads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.actor import Access
    from crm_kernel.kernel import Kernel

Filters = tuple[tuple[str, str], ...]
"""Filters of an entity's list as its address writes them: `(("status[ne]", "closed"),)`."""
Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that a report has for each of its rows: how many records fit `where`, or a column's sum.

    `of` names the column that is added up (money or a whole number); without it records are counted. `at` is
    the moment by which a record belongs to the period, else the report's. `drawn` says whether the chart
    shows it beside the table; one that is not `shown` is only there for ratios.
    """

    key: str
    label: Text
    where: Filters = ()
    of: str = ""
    at: str = ""
    drawn: bool = True
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measure by another: a share, or (`share` False) so much for each; none without a divisor."""

    key: str
    label: Text
    part: str
    whole: str
    share: bool = True
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class ByMonth:
    """Rows are months in the reader's zone, by a moment of the record: those of the period, and so many
    before it that there are `least`."""

    field: str
    least: int = 12


@dataclass(frozen=True, slots=True)
class ByAge:
    """Rows are ages in whole days of the reader's zone: `(1, 3)` makes today, 1-2 days, 3 days and more."""

    field: str
    days: tuple[int, ...] = (1, 3, 7, 14, 30)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked: from `start` up to `end` (both empty: as things stand), at the moment `now`."""

    start: datetime | None
    end: datetime | None
    now: datetime
    timezone: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row that a module reckoned itself: numbers by the keys of the report's measures.

    `behind` has, by measure, the filters of the list whose records were counted; `currency` is that of sums.
    """

    label: Text | str
    values: Mapping[str, Number | None]
    behind: Mapping[str, Filters] = field(default_factory=dict, hash=False)
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A figure: a query behind a permission, and how to draw it.

    Mostly there is nothing to write but what is counted: records of `entity` that fit `where`, grouped `by` a
    field (or months, or ages) and `across` the values of a second one, by the moment `at` (empty: as things
    stand now). Such a report shows each reader the records he may both view and `permission`, no more, and
    each count opens the list of just these records. `query` (kernel, access, asked) answers what cannot be
    said so; its `access` is narrowed alike.

    `chart` is `bar`, `bars` (lying), `stacked`, `line`, `pareto` (falling, with the cumulated share),
    `numbers` (one row, without `by`) or `table`. Reports of one `page` stand on `/reports/<page>`, in their
    `order`; `wide` ones take its whole width. `help` says how the numbers are reckoned. Only those whose
    rights reach beyond one dealership see a report that is `between` dealerships.
    """

    name: str
    label: Text
    permission: str
    query: Callable[[Kernel, Access, Asked], Awaitable[Sequence[ReportRow]]] | None = None
    chart: str = "bar"
    entity: str = ""
    by: str | ByMonth | ByAge = ""
    across: str = ""
    at: str = ""
    where: Filters = ()
    measures: tuple[Measure | Ratio, ...] = ()
    page: str = ""
    order: int = 100
    wide: bool = False
    help: Text | None = None
    between: bool = False
