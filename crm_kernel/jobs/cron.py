"""Schedules in five fields: minute, hour, day of month, month, day of week; in UTC.

Each field is `*`, a number, a range `a-b`, a list `a,b`, with steps `*/n` or `a-b/n`; months and weekdays
also by their English three letters, Sunday is 0 or 7. When day of month and day of week are both restricted,
either is enough (as POSIX crontab says).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_LONGEST = timedelta(days=366 * 8 + 2)
"""29 February comes at least every eighth year."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed schedule."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Read five fields. Raises ValueError that names what is wrong."""
        fields = text.split()
        if len(fields) != 5:
            raise ValueError(f"{text!r} has {len(fields)} fields, not 5")
        minutes, hours, days, months, weekdays = (
            _parse(field, *bounds, names)
            for field, bounds, names in zip(fields, _BOUNDS, ((), (), (), _MONTHS, _DAYS), strict=True)
        )
        found = cls(
            minutes,
            hours,
            days,
            months,
            frozenset(day % 7 for day in weekdays),
            not fields[2].startswith("*") and not fields[4].startswith("*"),
        )
        if not found._ever():
            raise ValueError(f"{text!r} never comes")
        return found

    def _ever(self) -> bool:
        longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
        return self.either or any(min(self.days) <= longest.get(month, 31) for month in self.months)

    def previous(self, moment: datetime) -> datetime:
        """The latest time at or before a moment."""
        return self._search(moment.replace(second=0, microsecond=0), -1)

    def next(self, moment: datetime) -> datetime:
        """The earliest time after a moment."""
        return self._search(moment.replace(second=0, microsecond=0) + timedelta(minutes=1), 1)

    def _search(self, moment: datetime, way: int) -> datetime:
        limit = moment + way * _LONGEST
        while (moment < limit) == (way > 0):
            if not self._day_fits(moment):
                moment = _edge(moment, way, "day")
            elif moment.hour not in self.hours:
                moment = _edge(moment, way, "hour")
            elif moment.minute not in self.minutes:
                moment += timedelta(minutes=way)
            else:
                return moment
        raise ValueError("the schedule never comes")

    def _day_fits(self, moment: datetime) -> bool:
        if moment.month not in self.months:
            return False
        day = moment.day in self.days
        weekday = moment.isoweekday() % 7 in self.weekdays
        return (day or weekday) if self.either else (day and weekday)


def _edge(moment: datetime, way: int, unit: str) -> datetime:
    """The first minute of the next day or hour, or the last one of the previous."""
    start = moment.replace(minute=0) if unit == "hour" else moment.replace(hour=0, minute=0)
    if way < 0:
        return start - timedelta(minutes=1)
    return start + (timedelta(hours=1) if unit == "hour" else timedelta(days=1))


def _parse(field: str, low: int, high: int, names: tuple[str, ...]) -> frozenset[int]:
    found: set[int] = set()
    for part in field.lower().split(","):
        span, slash, step_text = part.partition("/")
        step = _number(step_text, 1, high, ()) if slash else 1
        if span == "*":
            first, last = low, high
        else:
            left, dash, right = span.partition("-")
            first = _number(left, low, high, names)
            last = _number(right, low, high, names) if dash else (high if slash else first)
        if last < first:
            raise ValueError(f"{part!r} runs backwards")
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(text: str, low: int, high: int, names: tuple[str, ...]) -> int:
    if text in names:
        return names.index(text) + (1 if names is _MONTHS else 0)
    if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
        raise ValueError(f"{text!r} is not between {low} and {high}")
    return int(text)
