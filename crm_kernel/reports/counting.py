"""Counts what a report declares: one statement for all measures, and the list behind each number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from crm_kernel.actor import Actor
from crm_kernel.clock import midnight
from crm_kernel.contributions import Asked, ByAge, ByMonth, Entity, Measure, Report
from crm_kernel.contributions.reports import Filters
from crm_kernel.dal.types import Amount
from crm_kernel.errors import Invalid
from crm_kernel.records.fields import CUSTOM, Fields
from crm_kernel.records.query_params import parse
from crm_kernel.records.reading import check, joined
from crm_kernel.records.room import room_of
from crm_kernel.reports import store
from crm_kernel.reports.periods import Period

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

Key = tuple[Any, Any]
"""A group: the value of `by` (None where it is empty, a place for months and ages), and of `across`."""


@dataclass(slots=True)
class Group:
    """The numbers of one group; sums by currency."""

    counts: dict[str, int] = field(default_factory=dict)
    sums: dict[str, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, other: Group) -> None:
        """Take another group's numbers in."""
        for key, count in other.counts.items():
            self.counts[key] = self.counts.get(key, 0) + count
        for key, held in other.sums.items():
            for currency, amount in held.items():
                self.sums[key][currency] = self.sums[key].get(currency, Decimal(0)) + amount


class Counter:
    """One report for one reader: an actor who sees no more than what he may both view and count."""

    def __init__(
        self, kernel: Kernel, reader: Actor, report: Report, entity: Entity, specs: Fields, asked: Asked
    ) -> None:
        self._kernel = kernel
        self._reader = reader
        self._report = report
        self._entity = entity
        self._specs = specs
        self._asked = asked
        self._access = reader.access(entity.permission("view"))
        custom = [spec for spec in specs if spec.name.startswith(CUSTOM)]
        self._asked_alike: dict[tuple[object, ...], bool] = {}
        self._listing = room_of(kernel).listings.of(entity, custom)
        self.measures = [one for one in report.measures if isinstance(one, Measure) and self._there(one)]

    def _there(self, measure: Measure) -> bool:
        """Whether everything a measure is made of exists for this person."""
        try:
            self.conditions(measure.where)
        except Invalid:
            return False
        return not measure.of or measure.of in self._specs.by_name

    def conditions(self, filters: Filters) -> list[ColumnElement[bool]]:
        """Filters of a list as SQL. Raises Invalid for what the reader cannot ask."""
        query = parse(self._entity, self._specs, filters, timezone=self._asked.timezone)
        check(self._entity, self._specs, query)
        return self._listing.conditions(
            self._access, joined(self._entity, query.conditions), self._kernel.db.dialect
        )

    def is_money(self, measure: Measure) -> bool:
        """Whether it adds up money."""
        return bool(measure.of) and isinstance(getattr(self._entity.model, measure.of).type, Amount)

    async def count(self, period: Period | None) -> dict[Key, Group]:
        """The groups there are."""
        found: dict[Key, Group] = {}
        moments: dict[str, list[Measure]] = defaultdict(list)
        for measure in self.measures:
            moments[measure.at or self._report.at].append(measure)
        for at, measures in moments.items():
            for key, group in (await self._counted(at, measures, period)).items():
                found.setdefault(key, Group()).add(group)
        return found

    async def _counted(self, at: str, measures: Sequence[Measure], period: Period | None) -> dict[Key, Group]:
        model, zone = self._entity.model, self._asked.timezone
        conditions = self.conditions(self._report.where)
        if period is not None and at:
            start, end = period.moments(zone)
            moment = getattr(model, at)
            conditions += [moment >= start, moment < end]
        keys = [self._key(at, period)] if self._report.by else []
        if self._report.across:
            keys.append(getattr(model, self._report.across))
        money = any(self.is_money(one) for one in measures) and hasattr(model, store.CURRENCY)
        if money:
            keys.append(getattr(model, store.CURRENCY))
        wanted = [
            store.Summed(self.conditions(one.where), getattr(model, one.of) if one.of else None)
            for one in measures
        ]
        rows = await store.grouped(self._kernel.db, self._access, model, keys, wanted, conditions)
        found: dict[Key, Group] = {}
        for row in rows:
            heads, numbers = list(row[: len(keys)]), row[len(keys) :]
            currency = str(heads.pop() or "") if money else ""
            by = heads.pop(0) if self._report.by else None
            key = (_key(by), _key(heads.pop() if heads else None))
            found.setdefault(key, Group()).add(self._group(measures, numbers, currency))
        return found

    def _group(self, measures: Sequence[Measure], numbers: Sequence[Any], currency: str) -> Group:
        group = Group()
        for measure, number in zip(measures, numbers, strict=True):
            if not self.is_money(measure):
                group.counts[measure.key] = int(number or 0)
            elif number is not None:
                group.sums[measure.key][currency] = Decimal(number)
        return group

    def _key(self, at: str, period: Period | None) -> Any:
        by, zone = self._report.by, self._asked.timezone
        if isinstance(by, ByMonth) and period is not None:
            starts = [month.moments(zone)[0] for month in period.months()[1:]]
            return store.bucket(getattr(self._entity.model, at or by.field), starts)
        if isinstance(by, ByAge):
            edges = [midnight(self._day(days), zone) for days in reversed([days - 1 for days in by.days])]
            return store.bucket(getattr(self._entity.model, by.field), edges)
        return getattr(self._entity.model, str(by))

    def _day(self, days: int) -> Any:
        today = self._asked.now.astimezone(ZoneInfo(self._asked.timezone)).date()
        return today - timedelta(days=days)

    # What lies behind a number

    def behind(self, measure: Measure, period: Period | None, key: Key | None) -> Filters | None:
        """The filters of the list of just these records; of all groups together without a key."""
        at = measure.at or self._report.at
        filters = (*self._report.where, *measure.where)
        by = self._report.by
        if key is not None and isinstance(by, ByMonth) and period is not None:
            month = period.months()[key[0]]
            filters += _within(at or by.field, month)
        elif period is not None and at:
            filters += _within(at, period)
        if key is not None and isinstance(by, ByAge):
            filters += self._aged(by, key[0])
        elif key is not None and isinstance(by, str) and by:
            filters += _being(by, key[0])
        if key is not None and self._report.across:
            filters += _being(self._report.across, key[1])
        return filters if self._asks(measure, filters, key) else None

    def _asks(self, measure: Measure, filters: Filters, key: Key | None) -> bool:
        """Whether the reader's list can be asked so; found out once for all groups that are asked alike."""
        shape = (measure.key, key is None, *(one is None for one in key or ()))
        if shape not in self._asked_alike:
            try:
                self.conditions(filters)
                self._asked_alike[shape] = True
            except Invalid:
                self._asked_alike[shape] = False
        return self._asked_alike[shape]

    def _aged(self, by: ByAge, place: int) -> Filters:
        """From the oldest (place 0) to today."""
        days = [*reversed(by.days), 0]
        found: Filters = ()
        if place > 0:
            found += ((f"{by.field}[gte]", self._day(days[place - 1] - 1).isoformat()),)
        if place < len(by.days):
            found += ((f"{by.field}[lt]", self._day(days[place] - 1).isoformat()),)
        return found


def _key(value: Any) -> Any:
    return None if value is None or value == "" else value


def _being(name: str, value: Any) -> Filters:
    if value is None:
        return ((f"{name}[empty]", "true"),)
    return ((name, str(value).lower() if isinstance(value, bool) else str(value)),)


def _within(name: str, period: Period) -> Filters:
    return ((f"{name}[gte]", period.first.isoformat()), (f"{name}[lte]", period.last.isoformat()))


def ages(by: ByAge) -> list[tuple[int, int | None]]:
    """From the oldest to the youngest: so many days at least, at most (None: without end)."""
    edges = [*by.days]
    young = [(0, edges[0] - 1)]
    middle = [(low, high - 1) for low, high in pairwise(edges)]
    return [(edges[-1], None), *reversed(middle), *young]


def as_mapping(groups: Mapping[Key, Group]) -> Group:
    """All groups together."""
    found = Group()
    for group in groups.values():
        found.add(group)
    return found
