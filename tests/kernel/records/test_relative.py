"""Days by their distance from today."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crm_kernel.dal.query import Condition
from crm_kernel.records.relative import days_of, read, resolved, worded

THURSDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("today", "2026-11-26", "2026-11-26"),
        ("yesterday", "2026-11-25", "2026-11-25"),
        ("tomorrow", "2026-11-27", "2026-11-27"),
        ("this-week", "2026-11-23", "2026-11-29"),
        ("last-week", "2026-11-16", "2026-11-22"),
        ("next-week", "2026-11-30", "2026-12-06"),
        ("this-month", "2026-11-01", "2026-11-30"),
        ("last-month", "2026-10-01", "2026-10-31"),
        ("next-month", "2026-12-01", "2026-12-31"),
        ("this-year", "2026-01-01", "2026-12-31"),
        ("last-7-days", "2026-11-19", "2026-11-26"),
        (" Next-30-Days ", "2026-11-26", "2026-12-26"),
    ],
)
def test_a_period_is_worked_out_from_today(period, first, last) -> None:
    assert days_of(period, THURSDAY) == (date.fromisoformat(first), date.fromisoformat(last))
    assert str(worded(read(period)))


def test_months_and_leap_years_end_where_they_end() -> None:
    assert days_of("next-month", date(2026, 12, 31)) == (date(2027, 1, 1), date(2027, 1, 31))
    assert days_of("this-month", date(2028, 2, 29)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert days_of("last-month", date(2028, 3, 31)) == (date(2028, 2, 1), date(2028, 2, 29))


@pytest.mark.parametrize("typed", ["", "soon", "next-0-days", "last-x-days", "next-9999-days", "next-٣-days"])
def test_what_is_no_period_is_refused(typed) -> None:
    with pytest.raises(ValueError, match=r"^period$"):
        read(typed)


def test_today_is_the_dealerships_and_a_moment_lies_between_its_midnights() -> None:
    evening = datetime(2026, 11, 25, 17, tzinfo=UTC)
    asked = Condition("at", "within", "today")
    assert [c.value for c in resolved(asked, evening, "Asia/Shanghai", moments=False)] == [THURSDAY, THURSDAY]
    assert [(c.op, c.value) for c in resolved(asked, evening, "Asia/Shanghai", moments=True)] == [
        ("gte", datetime(2026, 11, 25, 16, tzinfo=UTC)),
        ("lt", datetime(2026, 11, 26, 16, tzinfo=UTC)),
    ]
    assert resolved(asked, evening, "UTC", moments=False)[0].value == date(2026, 11, 25)
