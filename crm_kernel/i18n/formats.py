"""Dates, times, numbers and money as the reader writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from datetime import date as Date
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers

from crm_kernel.i18n.locales import babel_locale, current_locale, current_timezone
from crm_kernel.i18n.translation import translate
from crm_kernel.text import messages

_ = messages("kernel")


def date(value: Date | datetime | None, locale: str | None = None, *, style: str = "medium") -> str:
    """A day (`2026年11月23日`, `Nov 23, 2026`); a moment is shown as its day in the reader's zone."""
    if value is None:
        return ""
    day = value.astimezone(ZoneInfo(current_timezone())) if isinstance(value, datetime) else value
    return dates.format_date(day, format=style, locale=babel_locale(locale or current_locale()))


def moment(value: datetime | None, locale: str | None = None, *, timezone: str | None = None) -> str:
    """Day and minute in the reader's zone, always with the year."""
    if value is None:
        return ""
    zone = ZoneInfo(timezone or current_timezone())
    return dates.format_datetime(
        value.astimezone(zone), "yyyy-MM-dd HH:mm", locale=babel_locale(locale or current_locale())
    )


def clock_time(value: datetime | None, locale: str | None = None) -> str:
    """Hour and minute in the reader's zone."""
    if value is None:
        return ""
    zone = ZoneInfo(current_timezone())
    return dates.format_time(value.astimezone(zone), "HH:mm", locale=babel_locale(locale or current_locale()))


def today() -> Date:
    """The day it is in the reader's zone."""
    return datetime.now(ZoneInfo(current_timezone())).date()


def relative(
    value: datetime | Date | None,
    now: datetime | None = None,
    locale: str | None = None,
    *,
    today: Date | None = None,
) -> str:
    """How far away: `3 hours ago`, `2天后`. A day counts in whole days from `today` in the reader's zone."""
    if value is None:
        return ""
    babel = babel_locale(locale or current_locale())
    reference = now or datetime.now(UTC)
    if isinstance(value, datetime):
        return dates.format_timedelta(value - reference, add_direction=True, locale=babel)
    today = today or reference.astimezone(ZoneInfo(current_timezone())).date()
    if value == today:
        return translate(_("today"), locale)
    return dates.format_timedelta(value - today, granularity="day", add_direction=True, locale=babel)


def duration(value: timedelta, locale: str | None = None) -> str:
    """A length of time in its largest unit (`1 hour`, `2天`)."""
    return dates.format_timedelta(value, locale=babel_locale(locale or current_locale()))


def number(value: int | float | Decimal | None, locale: str | None = None) -> str:
    """A number with its thousands grouped."""
    if value is None:
        return ""
    return numbers.format_decimal(value, locale=babel_locale(locale or current_locale()))


def percent(value: float | Decimal | None, locale: str | None = None) -> str:
    """A share (0.25) as a percentage with at most one decimal place."""
    if value is None:
        return ""
    return numbers.format_percent(value, "#,##0.#%", locale=babel_locale(locale or current_locale()))


def money(amount: Decimal | int | None, currency: str = "CNY", locale: str | None = None) -> str:
    """An amount with its currency (`¥12,800.00`, `CN¥12,800.00`)."""
    if amount is None:
        return ""
    return numbers.format_currency(amount, currency, locale=babel_locale(locale or current_locale()))
