"""Mileages as advisors write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_customer.trade.kinds import MILEAGE, MILEAGE_LIMIT


@pytest.mark.parametrize(
    ("typed", "kilometres"),
    [
        ("32373", 32373),
        ("84284 km", 84284),
        ("77633公里", 77633),
        ("84,284KM", 84284),
        ("８０００ 公里", 8000),
        ("8.4万公里", 84000),
        ("1234.5 km", 1234),
        ("0", 0),
    ],
)
def test_units_commas_and_wide_digits_are_understood(typed: str, kilometres: int) -> None:
    assert MILEAGE.parse(typed) == kilometres


@pytest.mark.parametrize("typed", ["", "km", "-5", "12 miles", "1,23", "99999999", "约三万"])
def test_what_is_no_mileage_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^mileage$"):
        MILEAGE.parse(typed)


@given(st.integers(0, MILEAGE_LIMIT), st.sampled_from(["zh-CN", "en"]))
def test_what_is_shown_can_be_typed_again(kilometres: int, locale: str) -> None:
    assert MILEAGE.parse(MILEAGE.show(kilometres, locale)) == kilometres
