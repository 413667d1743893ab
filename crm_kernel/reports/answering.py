"""Makes of counted groups the rows, columns and totals that people see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from crm_kernel.actor import Actor
from crm_kernel.contributions import Asked, ByAge, ByMonth, Entity, Measure, Ratio, Report
from crm_kernel.contributions.reports import Filters
from crm_kernel.i18n import translate
from crm_kernel.records.fields import Fields
from crm_kernel.records.kinds import Money
from crm_kernel.reports import words
from crm_kernel.reports.counting import Counter, Group, Key, ages, as_mapping
from crm_kernel.reports.periods import Period
from crm_kernel.reports.views import Cell, Column, Line, Value
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

CUMULATED = "cumulated"
FALLING = ("pareto", "bars", "table")
FEW = 3
"""Places after the comma of what is so much for each."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service makes a ReportView of."""

    head: Text | str
    columns: Sequence[Column]
    rows: Sequence[Line]
    total: Line | None
    mixed: bool


class Answering:
    """One counted report for one reader. `path` leads to the list behind, empty where he has none."""

    def __init__(
        self,
        kernel: Kernel,
        reader: Actor,
        report: Report,
        entity: Entity,
        specs: Fields,
        asked: Asked,
        path: str,
        more: Filters,
    ) -> None:
        self._kernel = kernel
        self._reader = reader
        self._report = report
        self._entity = entity
        self._specs = specs
        self._counter = Counter(kernel, reader, report, entity, specs, asked)
        self._path = path
        self._more = more
        self._mixed = False
        keys = {one.key for one in self._counter.measures}
        self._ratios = [
            one for one in report.measures if isinstance(one, Ratio) and {one.part, one.whole} <= keys
        ]

    async def answer(self, period: Period | None, before: Period | None) -> Answer:
        """The report for a period, beside the one before."""
        groups = await self._counter.count(period)
        former = await self._counter.count(before) if before is not None else {}
        keys = self._keys(groups, period)
        labels = await self._labels([key[0] for key in keys], period)
        columns, across = await self._columns(groups)
        rows = [
            self._line(key, labels[key[0]], across, groups, former if before else None, period)
            for key in keys
        ]
        rows = self._sorted(rows, await self._order())
        total = None
        if self._report.by and len(rows) > 1:
            total = self._total(across, groups, former if before else None, period)
        if self._report.chart == "pareto":
            rows = _cumulated(rows)
            columns.append(Column(CUMULATED, _("Cumulated"), "share", False))
            total = replace_cells(total, [*total.cells, Cell(None)]) if total else None
        return Answer(self._head(), columns, rows, total, self._mixed)

    # Columns

    async def _columns(self, groups: Mapping[Key, Group]) -> tuple[list[Column], list[Any]]:
        """The columns, and for a report across a second field that field's values (else one that is none)."""
        if not self._report.across:
            return [self._column(one) for one in self._shown()], [None]
        spec = self._specs.by_name[self._report.across]
        values = {key[1] for key in groups}
        known = await words.words(self._kernel, self._reader, self._entity, spec, values)
        places = await words.order(self._kernel, self._reader, self._entity, spec)
        values |= set(places)
        known = {**known, **await words.words(self._kernel, self._reader, self._entity, spec, values)}
        sequence = sorted(values, key=lambda one: (places.get(str(one), len(places)), str(one)))
        return [Column(str(one or ""), known[one], "", True) for one in sequence], sequence

    def _shown(self) -> list[Measure | Ratio]:
        there = {one.key for one in self._counter.measures} | {one.key for one in self._ratios}
        return [
            one for one in self._report.measures if one.key in there and (isinstance(one, Ratio) or one.shown)
        ]

    def _column(self, one: Measure | Ratio) -> Column:
        if isinstance(one, Measure):
            return Column(one.key, one.label, "money" if self._counter.is_money(one) else "", one.drawn)
        if one.share:
            return Column(one.key, one.label, "share", one.drawn)
        part = next(m for m in self._counter.measures if m.key == one.part)
        return Column(one.key, one.label, "money" if self._counter.is_money(part) else "each", one.drawn)

    # Rows

    def _keys(self, groups: Mapping[Key, Group], period: Period | None) -> list[Key]:
        by = self._report.by
        if isinstance(by, ByMonth) and period is not None:
            return [(place, None) for place in range(len(period.months()))]
        if isinstance(by, ByAge):
            return [(place, None) for place in range(len(by.days) + 1)]
        if not by:
            return [(None, None)]
        filled = [key[0] for key, group in groups.items() if any(group.counts.values()) or group.sums]
        return [(one, None) for one in dict.fromkeys(filled)]

    async def _labels(self, values: Sequence[Any], period: Period | None) -> Mapping[Any, str]:
        by, locale = self._report.by, self._reader.locale
        if isinstance(by, ByMonth) and period is not None:
            return {place: words.month(one.first, locale) for place, one in enumerate(period.months())}
        if isinstance(by, ByAge):
            return {place: words.age(low, high, locale) for place, (low, high) in enumerate(ages(by))}
        if not by:
            return {None: translate(self._report.label, locale)}
        spec = self._specs.by_name[str(by)]
        return await words.words(self._kernel, self._reader, self._entity, spec, values)

    def _head(self) -> Text | str:
        by = self._report.by
        if isinstance(by, ByMonth):
            return _("Month")
        if isinstance(by, ByAge):
            return _("Age")
        label: Text | str = self._specs.by_name[by].label if by else ""
        return label

    def _line(
        self,
        key: Key,
        label: str,
        across: Sequence[Any],
        groups: Mapping[Key, Group],
        former: Mapping[Key, Group] | None,
        period: Period | None,
    ) -> Line:
        cells: list[Cell] = []
        for second in across:
            own = (key[0], second)
            now = groups.get(own, Group())
            was = None if former is None else former.get(own, Group())
            cells += self._cells(now, was, period, own if self._report.by else None)
        return Line("" if key[0] is None else str(key[0]), label, cells)

    def _total(
        self,
        across: Sequence[Any],
        groups: Mapping[Key, Group],
        former: Mapping[Key, Group] | None,
        period: Period | None,
    ) -> Line:
        cells: list[Cell] = []
        for second in across:
            now = as_mapping({key: group for key, group in groups.items() if key[1] == second})
            was = None
            if former is not None:
                was = as_mapping({key: group for key, group in former.items() if key[1] == second})
            found = self._cells(now, was, period, None)
            if self._report.across:  # The list of one column is not that of all of them.
                found = [Cell(cell.value, cell.before) for cell in found]
            cells += found
        return Line("", translate(_("All"), self._reader.locale), cells)

    def _cells(self, now: Group, was: Group | None, period: Period | None, key: Key | None) -> list[Cell]:
        found = []
        for one in self._shown():
            value = self._value(one, now)
            before = None if was is None else self._value(one, was)
            found.append(Cell(value, before, self._behind(one, period, key)))
        return found

    def _value(self, one: Measure | Ratio, group: Group) -> Value:
        if isinstance(one, Measure):
            return self._money(group, one) if self._counter.is_money(one) else group.counts.get(one.key, 0)
        by_key = {measure.key: measure for measure in self._counter.measures}
        part = self._value(by_key[one.part], group)
        whole = self._value(by_key[one.whole], group)
        if part is None or not isinstance(whole, int) or whole == 0:
            return None
        if isinstance(part, Money):
            return Money((part.amount / whole).quantize(Decimal("0.01")), part.currency)
        return round(Decimal(part) / whole, FEW + 1 if one.share else FEW - 1)

    def _money(self, group: Group, measure: Measure) -> Money | None:
        held = group.sums.get(measure.key, {})
        if len(held) > 1:
            self._mixed = True
            return None
        for currency, amount in held.items():
            return Money(amount, currency or self._kernel.settings.currency)
        return None

    def _behind(self, one: Measure | Ratio, period: Period | None, key: Key | None) -> str:
        if not self._path or isinstance(one, Ratio):
            return ""
        filters = self._counter.behind(one, period, key)
        return "" if filters is None else f"{self._path}?{urlencode((*filters, *self._more))}"

    # Order

    async def _order(self) -> Mapping[str, int]:
        by = self._report.by
        if not isinstance(by, str) or not by or self._report.chart in FALLING:
            return {}
        return await words.order(self._kernel, self._reader, self._entity, self._specs.by_name[by])

    def _sorted(self, rows: list[Line], places: Mapping[str, int]) -> list[Line]:
        if not isinstance(self._report.by, str):
            return rows
        if self._report.chart in FALLING:
            return sorted(rows, key=lambda row: (-_plain(row.cells[0].value), row.label))
        return sorted(rows, key=lambda row: (places.get(row.key, len(places)), _natural(row.key)))


def _natural(key: str) -> tuple[int, str]:
    return (int(key) if key.isdigit() else 0, key)


def _plain(value: Value) -> Decimal:
    return Decimal(0) if value is None else value.amount if isinstance(value, Money) else Decimal(value)


def _cumulated(rows: Sequence[Line]) -> list[Line]:
    """Each row with the share of all that it and those above it make up."""
    whole = sum((_plain(row.cells[0].value) for row in rows), Decimal(0))
    held, found = Decimal(0), []
    for row in rows:
        held += _plain(row.cells[0].value)
        share = round(held / whole, FEW + 1) if whole else None
        found.append(replace_cells(row, [*row.cells, Cell(share)]))
    return found


def replace_cells(line: Line, cells: Sequence[Cell]) -> Line:
    """The same line with other cells."""
    return Line(line.key, line.label, cells)


def narrowed(actor: Actor, *permissions: str) -> Actor:
    """The actor, seeing no more than where he holds all of these rights; what others share stays with them.

    Raises Forbidden without one of them.
    """
    scope = min(actor.access(one).scope for one in permissions)
    held = {**actor.grants.permissions, **dict.fromkeys(permissions, scope)}
    return replace(actor, grants=replace(actor.grants, permissions=held, shared=()), _accesses={})
