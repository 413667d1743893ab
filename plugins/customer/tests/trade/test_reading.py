"""What a VIN says of its car, and why it is this model year."""

from __future__ import annotations

from datetime import date

import pytest

from crm_customer.panels.vin import why
from crm_customer.trade.reading import read

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("number", "bought", "years", "possible", "year", "reason"),
    [
        ("LGXCE4CB9P0123456", date(2023, 5, 1), (1993, 2023), (1993, 2023), 2023, "bought on 2023-05-01 can"),
        ("LGXCE4CB9P0123456", date(1994, 5, 1), (1993, 2023), (1993,), 1993, "cannot be of 2023"),
        ("LGXCE4CB9P0123456", None, (1993, 2023), (1993, 2023), 2023, "No day of purchase is known"),
        ("LGXCE4CB9X0123456", None, (1999, 2029), (1999,), 1999, "2029 is still to come"),
        ("LGXCE4CB9P0123456", date(1990, 5, 1), (1993, 2023), (), None, "neither fits"),
        ("LGXCE4CB900123456", None, (), (), None, "maker's own"),
    ],
)
def test_both_model_years_are_told_and_why_it_is_one_of_them(
    number, bought, years, possible, year, reason
) -> None:
    told = read(number, bought, TODAY, "en")
    assert (told.years, told.possible, told.year) == (years, possible, year)
    assert reason in str(why(told))


def test_a_wrong_check_digit_is_told_with_the_right_one() -> None:
    told = read("LSVAA49J132012346", None, TODAY, "zh-CN")
    assert (told.check, told.digit, told.expected) == ("wrong", "1", "3")
    assert (told.maker_code, told.maker) == ("LSV", "上汽大众")
    assert read("LZZ00000000000000", None, TODAY, "zh-CN").maker == ""
