"""Working time over the real Chinese year 2026, its holidays and its working Saturdays and Sundays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_kernel.flow.calendars import DAY, USUAL
from crm_kernel.flow.national_days import ChineseDays
from crm_kernel.flow.working_time import MINUTES, WorkingTime, around_the_clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = WorkingTime(SHANGHAI, USUAL, ChineseDays(), DAY)
STATUTORY = WorkingTime(SHANGHAI, (((0, MINUTES),),) * 5 + ((), ()), ChineseDays(), ((0, MINUTES),))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_the_holidays_of_2026_and_the_days_worked_for_them() -> None:
    free = ("2026-01-02", "2026-02-17", "2026-04-06", "2026-05-05", "2026-06-19", "2026-09-25", "2026-10-07")
    worked = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")
    assert [OFFICE.hours(date.fromisoformat(day)) for day in free] == [()] * len(free)
    assert [OFFICE.hours(date.fromisoformat(day)) for day in worked] == [DAY] * len(worked)


def test_a_year_not_announced_yet_is_worked_from_monday_to_friday() -> None:
    days = ChineseDays()
    year = days.known_until + 1
    assert days.works(date(year, 6, 1)) is None
    monday = next(date(year, 6, day) for day in range(1, 8) if date(year, 6, day).weekday() == 0)
    assert OFFICE.hours(monday) == DAY
    assert OFFICE.hours(monday + timedelta(days=5)) == ()


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23 09:00", 4, "2026-11-23 13:00"),
        ("2026-11-23 16:30", 4, "2026-11-24 11:30"),
        ("2026-11-20 16:30", 8, "2026-11-23 15:30"),
        ("2026-11-21 12:00", 4, "2026-11-23 12:30"),
        ("2026-02-13 17:00", 4, "2026-02-14 12:00"),
        ("2026-02-14 16:30", 4, "2026-02-24 11:30"),
        ("2026-09-30 17:30", 24, "2026-10-10 14:30"),
        ("2026-12-31 16:30", 1, "2026-12-31 17:30"),
    ],
)
def test_hours_pass_only_while_the_dealership_works(start: str, hours: float, due: str) -> None:
    assert OFFICE.after(at(start), timedelta(hours=hours)) == at(due)


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2026-11-23 09:00", 7, "2026-12-02"),
        ("2026-09-28 18:00", 7, "2026-10-13"),
        ("2026-02-12 10:00", 7, "2026-02-28"),
        ("2026-02-12 10:00", 45, "2026-04-23"),
    ],
)
def test_seven_and_forty_five_working_days_end_with_their_last_day(start: str, days: int, last: str) -> None:
    due = STATUTORY.after_days(at(start), days)
    day = date.fromisoformat(last)
    assert due == datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    counted = [
        day
        for offset in range(1, 400)
        if (day := at(start).date() + timedelta(days=offset)) < due.astimezone(SHANGHAI).date()
        and ChineseDays().works(day)
    ]
    assert len(counted) == days


def minutes_worked(start: datetime, end: datetime) -> int:
    """The oracle: minute by minute."""
    count, moment = 0, start
    while moment < end:
        local = moment.astimezone(SHANGHAI)
        minute = local.hour * 60 + local.minute
        count += any(opens <= minute < closes for opens, closes in OFFICE.hours(local.date()))
        moment += timedelta(minutes=1)
    return count


moments = st.integers(0, 350 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(start=moments, length=st.integers(0, 3 * 1440))
def test_time_between_two_moments_is_what_one_counts_minute_by_minute(start: datetime, length: int) -> None:
    end = start + timedelta(minutes=length)
    assert OFFICE.between(start, end) == timedelta(minutes=minutes_worked(start, end))


@given(start=moments, minutes=st.integers(1, 6000))
def test_after_so_much_time_exactly_so_much_has_passed(start: datetime, minutes: int) -> None:
    due = OFFICE.after(start, timedelta(minutes=minutes))
    assert OFFICE.between(start, due) == timedelta(minutes=minutes)
    assert OFFICE.between(due - timedelta(minutes=1), due) == timedelta(minutes=1)


def test_a_place_with_summer_time_neither_gains_nor_loses_an_hour() -> None:
    berlin = around_the_clock(ZoneInfo("Europe/Berlin"))
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert berlin.after(start, timedelta(hours=24)) == start + timedelta(hours=24)
    assert berlin.between(start, start + timedelta(days=2)) == timedelta(days=2)


def test_own_exceptions_win_over_the_countrys() -> None:
    open_all_week = WorkingTime(
        SHANGHAI, USUAL, ChineseDays(), DAY, {date(2026, 10, 1): DAY, date(2026, 11, 24): ()}
    )
    assert open_all_week.hours(date(2026, 10, 1)) == DAY
    assert open_all_week.after(at("2026-11-23 17:30"), timedelta(hours=1)) == at("2026-11-25 09:30")


def test_a_calendar_without_working_time_says_so_instead_of_searching_for_ever() -> None:
    closed = WorkingTime(SHANGHAI, ((),) * 7)
    with pytest.raises(ValueError, match="no working time"):
        closed.after(at("2026-11-23 09:00"), timedelta(hours=1))
    with pytest.raises(ValueError, match="no working time"):
        closed.after_days(at("2026-11-23 09:00"), 1)
