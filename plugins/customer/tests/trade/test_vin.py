"""A chassis number tells whether it was copied correctly, who built the car, and when."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_customer.trade import vin
from crm_customer.trade.kinds import VIN, read_vin
from crm_customer.trade.makers import identifier, maker

LEGAL = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
numbers = st.text(LEGAL, min_size=17, max_size=17)
chinese = st.text(LEGAL, min_size=16, max_size=16).map(lambda rest: "L" + rest)


@pytest.mark.parametrize(
    "number",
    [
        "1M8GDM9AXKP042788",
        "11111111111111111",
        "LJCPCBLCX11000237",
        "1G4AH59H45G118341",
        "JHMCM56557C404453",
        "LSVAA49J132012345",
        "LRW3E7FA6NC123456",
        "LGXCE4CB9P0123456",
    ],
)
def test_correct_numbers_pass(number: str) -> None:
    assert vin.check(read_vin(number)) == "ok"


def test_a_european_filler_is_no_fault() -> None:
    assert vin.check("WVWZZZ1KZAW000001") == "not_applicable"


def test_a_slip_in_a_chinese_number_is_noticed() -> None:
    assert vin.check("LSVAA49J132012346") == "wrong"


@pytest.mark.parametrize(
    "typed", [" lgxce4cb9p0123456", "LGXCE4CB-9P0123456", "ＬＧＸＣＥ４ＣＢ９Ｐ０１２３４５６"]
)
def test_blanks_dashes_small_and_wide_letters_do_not_matter(typed: str) -> None:
    assert read_vin(typed) == "LGXCE4CB9P0123456"


@pytest.mark.parametrize(
    "typed", ["", "LGXCE4CB9P012345", "LGXCE4CB9P01234567", "LGXCE4CB9PO123456", "LGXCE4CB9P01234_6"]
)
def test_what_is_no_chassis_number_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^vin$"):
        VIN.parse(typed)
    assert "17" in str(VIN.messages["vin"])


def test_letters_that_look_like_digits_are_offered_not_replaced() -> None:
    assert vin.suggest("LGXCE4CB9PO123456") == "LGXCE4CB9P0123456"
    assert vin.suggest("LGXCE4CB9P0123456") is None
    assert vin.suggest("LGXCE4CB9PO12345") is None
    assert vin.suggest("LSVAA49J1320I2346") is None, "the check digit says otherwise"


def test_the_model_year_follows_from_the_day_of_sale() -> None:
    assert vin.year_candidates("LGXCE4CB9P0123456") == (1993, 2023)
    assert vin.model_year("LGXCE4CB9P0123456", date(2023, 5, 1)) == 2023
    assert vin.model_year("LGXCE4CB9P0123456", date(2022, 11, 1)) == 2023, "next year's model sold early"
    assert vin.model_year("LGXCE4CB9P0123456", date(1994, 5, 1)) == 1993
    assert vin.model_year("LGXCE4CB9Y0123456", date(2026, 1, 1)) == 2000
    assert vin.model_year("WVWZZZ1KZ0W000001", date(2020, 1, 1)) is None, "0 is no year"


def test_the_maker_is_named_in_the_readers_language() -> None:
    assert maker("LSVAA49J132012345") == "上汽大众"
    assert maker("LSVAA49J132012345", "en") == "SAIC Volkswagen"
    assert maker("XXXAA49J132012345") == ""
    assert identifier("L99AA49J132A12345") == "L99A12", "small makers share a third character"


@given(numbers)
def test_reading_twice_changes_nothing(number: str) -> None:
    assert read_vin(read_vin(number)) == number


@given(chinese)
def test_the_computed_digit_always_passes(number: str) -> None:
    corrected = number[:8] + vin.check_digit(number) + number[9:]
    assert vin.check(corrected) == "ok"


@given(chinese, st.integers(1, 16).filter(lambda place: place != 8), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, digit: int, off: int) -> None:
    typed = number[:place] + str(digit) + number[place + 1 :]
    correct = typed[:8] + vin.check_digit(typed) + typed[9:]
    assert vin.check(correct[:place] + str((digit + off) % 10) + correct[place + 1 :]) == "wrong"


@given(st.text(max_size=30))
def test_anything_typed_is_a_number_or_refused(typed: str) -> None:
    if vin.is_legal(vin.normalise(typed)):
        assert vin.is_legal(read_vin(typed))
    else:
        with pytest.raises(ValueError, match=r"^vin$"):
            read_vin(typed)
    suggested = vin.suggest(typed)
    assert suggested is None or vin.is_legal(suggested)


@given(numbers, st.dates(date(1981, 1, 1), date(2038, 12, 31)))
def test_no_car_is_of_a_year_after_the_next(number: str, sold_on: date) -> None:
    year = vin.model_year(number, sold_on)
    assert year is None or sold_on.year - 30 < year <= sold_on.year + 1
