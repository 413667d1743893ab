"""Dates, numbers and money as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from crm_kernel.i18n import formats, use_locale

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)


def test_a_moment_is_shown_in_the_dealerships_zone() -> None:
    with use_locale("zh-CN", "Asia/Shanghai"):
        assert formats.moment(NOW) == "2026-11-24 01:30"
        assert formats.date(NOW) == "2026年11月24日"
        assert formats.clock_time(NOW) == "01:30"
    with use_locale("en", "UTC"):
        assert formats.moment(NOW) == "2026-11-23 17:30"
        assert formats.date(NOW) == "Nov 23, 2026"


def test_distances_in_time_are_spoken() -> None:
    with use_locale("zh-CN", "Asia/Shanghai"):
        assert formats.relative(NOW - timedelta(hours=3), NOW) == "3小时前"
        assert formats.relative(date(2026, 11, 26), NOW) == "2天后"
    with use_locale("en", "UTC"):
        assert formats.relative(NOW + timedelta(minutes=5), NOW) == "in 5 minutes"
        assert formats.relative(date(2026, 11, 23), NOW) == "today"


def test_numbers_and_money_follow_the_language() -> None:
    assert formats.number(1234567, "zh-CN") == "1,234,567"
    assert formats.money(Decimal("12800.50"), "CNY", "zh-CN") == "¥12,800.50"
    assert formats.money(Decimal("12800.50"), "CNY", "en") == "CN¥12,800.50"
    assert formats.percent(0.253, "en") == "25.3%"


def test_nothing_is_shown_as_nothing() -> None:
    assert [f(None) for f in (formats.date, formats.moment, formats.relative, formats.number)] == [""] * 4
    assert formats.money(None) == ""
