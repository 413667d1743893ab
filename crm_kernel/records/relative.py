"""Days by their distance from today: what a view keeps as words means other days every time it is opened.

`field[within]=` takes one of `today`, `yesterday`, `tomorrow`; `this-`, `last-` or `next-` with `week`,
`month` or `year`; `last-N-days` and `next-N-days`. Weeks begin on Monday. Both ends count, and so does today:
within the next 30 days is from today to the thirtieth day after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from crm_kernel.clock import midnight
from crm_kernel.dal.query import Condition
from crm_kernel.text import Text, messages

_ = messages("kernel")

WITHIN = "within"
MOST_DAYS = 3660
DAY = timedelta(days=1)
Days = tuple[date, date]
"""The first and the last one."""

_DAYS = re.compile(r"(last|next)-([1-9]\d{0,3})-days", re.ASCII)


def _day(distance: int) -> Callable[[date], Days]:
    return lambda today: (today + distance * DAY, today + distance * DAY)


def _week(distance: int) -> Callable[[date], Days]:
    def days(today: date) -> Days:
        monday = today + (7 * distance - today.weekday()) * DAY
        return monday, monday + 6 * DAY

    return days


def _month(distance: int) -> Callable[[date], Days]:
    def first(today: date, months: int) -> date:
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        return date(year, month + 1, 1)

    return lambda today: (first(today, distance), first(today, distance + 1) - DAY)


def _year(distance: int) -> Callable[[date], Days]:
    return lambda today: (date(today.year + distance, 1, 1), date(today.year + distance, 12, 31))


PERIODS: dict[str, tuple[Text, Callable[[date], Days]]] = {
    "today": (_("today"), _day(0)),
    "yesterday": (_("yesterday"), _day(-1)),
    "tomorrow": (_("tomorrow"), _day(1)),
    "this-week": (_("this week"), _week(0)),
    "last-week": (_("last week"), _week(-1)),
    "next-week": (_("next week"), _week(1)),
    "this-month": (_("this month"), _month(0)),
    "last-month": (_("last month"), _month(-1)),
    "next-month": (_("next month"), _month(1)),
    "this-year": (_("this year"), _year(0)),
    "last-year": (_("last year"), _year(-1)),
    "next-year": (_("next year"), _year(1)),
}
COUNTED: dict[str, Text] = {"last": _("in the last … days"), "next": _("in the next … days")}
UNKNOWN = _("Say today, yesterday, tomorrow, this-week, last-month, next-year, last-7-days or next-30-days.")


def read(text: str) -> str:
    """A period as views keep it. Raises ValueError("period")."""
    word = text.strip().lower()
    counted = _DAYS.fullmatch(word)
    if word not in PERIODS and (counted is None or int(counted[2]) > MOST_DAYS):
        raise ValueError("period")
    return word


def worded(period: str) -> Text:
    """A period in words. Raises ValueError("period")."""
    if period in PERIODS:
        return PERIODS[period][0]
    counted = _DAYS.fullmatch(period)
    if counted is None:
        raise ValueError("period")
    text = _("in the last {days} days") if counted[1] == "last" else _("in the next {days} days")
    return text(days=counted[2])


def days_of(period: str, today: date) -> Days:
    """The first and the last day of a period. Raises ValueError("period")."""
    word = read(period)
    if word in PERIODS:
        return PERIODS[word][1](today)
    direction, count = word.split("-")[:2]
    distance = int(count) * DAY
    return (today - distance, today) if direction == "last" else (today, today + distance)


def resolved(
    condition: Condition, now: datetime, timezone: str, *, moments: bool
) -> tuple[Condition, Condition]:
    """The days a relative condition means now, in the dealership's zone; `moments` are points in time."""
    first, last = days_of(condition.value, now.astimezone(ZoneInfo(timezone)).date())
    if not moments:
        return Condition(condition.field, "gte", first), Condition(condition.field, "lte", last)
    start, end = midnight(first, timezone), midnight(last + DAY, timezone)
    return Condition(condition.field, "gte", start), Condition(condition.field, "lt", end)
