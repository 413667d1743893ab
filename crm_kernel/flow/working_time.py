"""Time as a dealership works: how long from one moment to another, and when so much of it has passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

MINUTES = 24 * 60
HORIZON_DAYS = 3 * 366
"""A calendar without any working time in so many days is a mistake."""

Hours = tuple[tuple[int, int], ...]
"""Opening and closing times of a day, in minutes since midnight, in order and apart: ((510, 1050),)."""


class NationalDays(Protocol):
    """Which days a country works."""

    def works(self, day: date) -> bool | None:
        """Whether it is a working day; None where the year was not announced yet."""


@dataclass(frozen=True)
class WorkingTime:
    """The working hours of a place. Moments are aware; results are in UTC.

    `week` has the hours of Monday to Sunday. With `national` days the country decides whether a day is
    worked: an announced holiday is free, and a Saturday or Sunday that was made a working day takes the hours
    of `shifted`. `exceptions` are the place's own and win over both.
    """

    zone: ZoneInfo
    week: Sequence[Hours]
    national: NationalDays | None = None
    shifted: Hours = ()
    exceptions: Mapping[date, Hours] = field(default_factory=dict)

    def hours(self, day: date) -> Hours:
        """The working hours of a day."""
        own = self.exceptions.get(day)
        if own is not None:
            return own
        usual = tuple(self.week[day.weekday()])
        works = self.national.works(day) if self.national is not None else None
        if works is None:
            return usual
        return (usual or self.shifted) if works else ()

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments (none when the second is the earlier)."""
        total = timedelta()
        if end <= start:
            return total
        for opens, closes in self._periods(start):
            if opens >= end:
                break
            total += min(closes, end) - max(opens, start)
        return total

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The moment at which so much working time has passed. Raises ValueError if there is none to come."""
        left = span
        if left <= timedelta():
            return start.astimezone(UTC)
        for opens, closes in self._periods(start):
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= closes - begins
        raise ValueError("this calendar has no working time")

    def after_days(self, start: datetime, days: int) -> datetime:
        """The close of the n-th working day after the day of `start`. Raises ValueError as `after` does."""
        first, left = start.astimezone(self.zone).date(), days
        for offset in range(1, HORIZON_DAYS + days * 8):
            day = first + timedelta(days=offset)
            hours = self.hours(day)
            left -= bool(hours)
            if hours and left <= 0:
                return self._moment(day, hours[-1][1])
        raise ValueError("this calendar has no working time")

    def _periods(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working periods that end after a moment, one after the other."""
        first = start.astimezone(self.zone).date() - timedelta(days=1)
        for offset in range(HORIZON_DAYS):
            day = first + timedelta(days=offset)
            for opens, closes in self.hours(day):
                begins, ends = self._moment(day, opens), self._moment(day, closes)
                if ends > start:
                    yield begins, ends

    def _moment(self, day: date, minutes: int) -> datetime:
        whole, rest = divmod(minutes, MINUTES)
        at = datetime.combine(day + timedelta(days=whole), time(rest // 60, rest % 60), self.zone)
        return at.astimezone(UTC)


def around_the_clock(zone: ZoneInfo) -> WorkingTime:
    """Every hour of every day."""
    return WorkingTime(zone, (((0, MINUTES),),) * 7)
