"""Dates and moments, in the many ways dealers' files write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from crm_kernel.contributions import Kind
from crm_kernel.records.kinds.numbers import RANGE
from crm_kernel.records.kinds.texts import halfwidth
from crm_kernel.text import messages

_ = messages("kernel")

EARLIEST, LATEST = 1900, 2200
_CLOCK = r"(?:[T\s]+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
_FORMS = (
    re.compile(r"(?P<y>\d{4})\s*(?P<s>[-/.])\s*(?P<m>\d{1,2})\s*(?P=s)\s*(?P<d>\d{1,2})" + _CLOCK),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})" + _CLOCK),
    re.compile(r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]?" + _CLOCK),
)


def _read(text: str, code: str) -> tuple[date, str | None, str | None]:
    plain = halfwidth(text)
    for form in _FORMS:
        found = form.fullmatch(plain)
        if found is None:
            continue
        year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
        if not EARLIEST <= year <= LATEST:
            break
        try:
            return date(year, month, day), found["clock"], found["zone"]
        except ValueError as fault:
            raise ValueError(code) from fault
    raise ValueError(code)


def _date(text: str) -> date:
    found, clock, _zone = _read(text, "date")
    if clock is not None:
        _time(clock, "date")
    return found


def _time(clock: str, code: str) -> tuple[int, int, int, int]:
    hour, minute, *rest = clock.split(":")
    seconds = float(rest[0]) if rest else 0.0
    if int(hour) > 23 or int(minute) > 59 or seconds >= 60:
        raise ValueError(code)
    return int(hour), int(minute), int(seconds), round((seconds % 1) * 1_000_000) % 1_000_000


def _moment(text: str) -> datetime:
    day, clock, zone = _read(text, "moment")
    hour, minute, second, micro = _time(clock, "moment") if clock else (0, 0, 0, 0)
    moment = datetime(day.year, day.month, day.day, hour, minute, second, micro, tzinfo=UTC)
    if zone and zone != "Z":
        moment = datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S.%f}{zone}").astimezone(UTC)
    return moment


def _show_date(value: Any, _locale: str) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)[:10]


def _show_moment(value: Any, _locale: str) -> str:
    if value is None:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{moment:%Y-%m-%d %H:%M}"


DATED = (*RANGE, "within")
"""Days are also compared by their distance from today (see crm_kernel.records.relative)."""

DATE = Kind(
    "date",
    parse=_date,
    show=_show_date,
    operators=DATED,
    control="date",
    messages={"date": _("This is not a date. Write it like 2024-06-01.")},
)
"""A calendar day; accepts 2019.12.20, 2023/12/24, 20230625, 2023年12月9日, 2026-06-12 00:00:00."""

MOMENT = Kind(
    "moment",
    parse=_moment,
    show=_show_moment,
    operators=DATED,
    control="datetime",
    messages={"moment": _("This is not a date with a time. Write it like 2024-06-01 14:30.")},
)
"""A point in time, kept in UTC. `parse` reads a time without zone as UTC and `show` writes the zone the
value carries: callers convert from and to the dealership's zone."""
