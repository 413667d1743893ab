"""The stretch of time a report speaks of, in days of the reader's zone, and the one before it."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from crm_kernel.clock import midnight
from crm_kernel.errors import Invalid
from crm_kernel.text import Text, messages

_ = messages("kernel")

CHOICES: tuple[tuple[str, Text], ...] = (
    ("today", _("Today")),
    ("week", _("7 days")),
    ("month", _("This month")),
    ("last_month", _("Last month")),
    ("quarter", _("This quarter")),
    ("last_quarter", _("Last quarter")),
    ("year", _("This year")),
    ("last_year", _("Last year")),
    ("custom", _("From - to")),
)
USUAL = "month"
LONGEST = timedelta(days=5 * 366)
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both included. What has begun and not ended yet reaches up to today."""

    key: str
    first: date
    last: date

    def moments(self, timezone: str) -> tuple[datetime, datetime]:
        """Its beginning and its end (no longer part of it) in UTC."""
        return midnight(self.first, timezone), midnight(self.last + timedelta(days=1), timezone)

    def before(self) -> Period:
        """What it is compared with: the same part of the month, quarter or year before, else as many days."""
        months = MONTHS.get(self.key.removeprefix("last_"))
        if months is None:
            days = self.last - self.first + timedelta(days=1)
            return Period("custom", self.first - days, self.last - days)
        first = _shifted(self.first, -months)
        if self.key.startswith("last_"):
            return Period("custom", first, self.first - timedelta(days=1))
        return Period("custom", first, _shifted(self.last, -months))

    def stretched(self, months: int) -> Period:
        """With so many months at least, the last one of them its own."""
        first = _shifted(self.last.replace(day=1), 1 - months)
        return Period(self.key, first, self.last) if first < self.first else self

    def months(self) -> list[Period]:
        """The months it touches, the first and the last cut to it."""
        found, first = [], self.first
        while first <= self.last:
            end = first.replace(day=calendar.monthrange(first.year, first.month)[1])
            found.append(Period("custom", first, min(end, self.last)))
            first = end + timedelta(days=1)
        return found


def period_of(params: Mapping[str, str], now: datetime, timezone: str) -> Period:
    """What `period`, `from` and `to` of an address ask for; without them this month. Raises Invalid."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    key = params.get("period", "") or ("custom" if params.get("from") or params.get("to") else USUAL)
    if key == "custom":
        return _given(params, today)
    if key == "today":
        return Period(key, today, today)
    if key == "week":
        return Period(key, today - timedelta(days=6), today)
    months = MONTHS.get(key.removeprefix("last_"))
    if months is None:
        raise Invalid.one("period", "choice", _("This is not one of the choices."))
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    if key.startswith("last_"):
        return Period(key, _shifted(first, -months), first - timedelta(days=1))
    return Period(key, first, today)


def _given(params: Mapping[str, str], today: date) -> Period:
    first = _day("from", params.get("from", ""), today.replace(day=1))
    last = _day("to", params.get("to", ""), max(today, first))
    if first > last:
        raise Invalid.one("to", "order", _("The end lies before the beginning."))
    if last - first > LONGEST:
        raise Invalid.one("from", "too_long", _("Ask for five years at most."))
    return Period("custom", first, last)


def _day(name: str, raw: str, usual: date) -> date:
    if not raw.strip():
        return usual
    try:
        found = date.fromisoformat(raw.strip())
    except ValueError as fault:
        raise Invalid.one(name, "date", _("Give a day as YYYY-MM-DD.")) from fault
    if not 1970 <= found.year <= 2200:
        raise Invalid.one(name, "date", _("Give a day as YYYY-MM-DD."))
    return found


def _shifted(day: date, months: int) -> date:
    """So many months on; the last day of a shorter month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
