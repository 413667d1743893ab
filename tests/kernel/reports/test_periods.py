"""The stretch of time a report speaks of."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crm_kernel.errors import Invalid
from crm_kernel.reports.periods import Period, period_of

SHANGHAI = "Asia/Shanghai"
NOW = datetime(2026, 11, 26, 17, tzinfo=UTC)
"""In Shanghai the next day has begun."""


@pytest.mark.parametrize(
    ("asked", "first", "last", "before_first", "before_last"),
    [
        ("today", (11, 27), (11, 27), (11, 26), (11, 26)),
        ("week", (11, 21), (11, 27), (11, 14), (11, 20)),
        ("month", (11, 1), (11, 27), (10, 1), (10, 27)),
        ("last_month", (10, 1), (10, 31), (9, 1), (9, 30)),
        ("quarter", (10, 1), (11, 27), (7, 1), (8, 27)),
        ("last_quarter", (7, 1), (9, 30), (4, 1), (6, 30)),
    ],
)
def test_a_period_and_the_same_part_of_the_one_before(asked, first, last, before_first, before_last) -> None:
    period = period_of({"period": asked}, NOW, SHANGHAI)
    before = period.before()
    assert (period.first, period.last) == (date(2026, *first), date(2026, *last))
    assert (before.first, before.last) == (date(2026, *before_first), date(2026, *before_last))


def test_a_year_is_compared_with_the_year_before() -> None:
    period = period_of({"period": "year"}, NOW, SHANGHAI)
    assert period.before() == Period("custom", date(2025, 1, 1), date(2025, 11, 27))
    last = period_of({"period": "last_year"}, NOW, SHANGHAI)
    assert (last.first, last.before().first) == (date(2025, 1, 1), date(2024, 1, 1))


def test_a_month_of_thirty_one_days_is_compared_with_all_of_a_shorter_one() -> None:
    assert Period("month", date(2026, 3, 1), date(2026, 3, 31)).before().last == date(2026, 2, 28)


def test_days_of_ones_own_choice_are_compared_with_as_many_before() -> None:
    period = period_of({"from": "2026-03-01", "to": "2026-03-10"}, NOW, SHANGHAI)
    assert period.before() == Period("custom", date(2026, 2, 19), date(2026, 2, 28))
    assert period.moments(SHANGHAI)[0] == datetime(2026, 2, 28, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "asked",
    [
        {"period": "decade"},
        {"from": "gestern"},
        {"from": "2026-02-30"},
        {"from": "2026-03-10", "to": "2026-03-01"},
        {"from": "2001-01-01", "to": "2026-03-01"},
        {"from": "0001-01-01", "to": "0001-01-02"},
        {"period": "custom", "to": "9999-12-31"},
    ],
)
def test_what_is_no_period_is_refused_in_words(asked) -> None:
    with pytest.raises(Invalid):
        period_of(asked, NOW, SHANGHAI)


def test_the_months_of_a_period_are_cut_to_it() -> None:
    months = Period("custom", date(2026, 1, 15), date(2026, 3, 10)).months()
    assert [(one.first.day, one.last.day) for one in months] == [(15, 31), (1, 28), (1, 10)]
    assert len(Period("month", date(2026, 3, 1), date(2026, 3, 9)).stretched(12).months()) == 12
