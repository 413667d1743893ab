"""Plates as dealers type them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_customer.trade import plate
from crm_customer.trade.kinds import PLATE

heads = st.builds(lambda p, c: p + c, st.sampled_from(plate.PROVINCES), st.sampled_from("ABCDEFGHJKLMN"))
serials = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=5, max_size=5)


@pytest.mark.parametrize(
    ("typed", "stored", "kind"),
    [
        ("京A12345", "京A12345", "ordinary"),
        ("粤B·12345", "粤B12345", "ordinary"),
        ("粤b.1234c", "粤B1234C", "ordinary"),
        ("鲁D H4487", "鲁DH4487", "ordinary"),
        ("鲁D-H4487", "鲁DH4487", "ordinary"),
        ("粤Ｂ１２３４５", "粤B12345", "ordinary"),
        ("粤BD12345", "粤BD12345", "new_energy"),
        ("鄂A·DE0809", "鄂ADE0809", "new_energy"),
        ("粤B12345D", "粤B12345D", "new_energy"),
        ("沪A12345G", "沪A12345G", "new_energy"),
        ("粤Z1234港", "粤Z1234港", "hong_kong"),
        ("粤Z1234澳", "粤Z1234澳", "macao"),
        ("京A1234警", "京A1234警", "police"),
        ("京A1234学", "京A1234学", "training"),
        ("京A1234挂", "京A1234挂", "trailer"),
        ("沪A1234领", "沪A1234领", "consulate"),
        ("使014578", "使014578", "embassy"),
        ("224578使", "224578使", "embassy"),
        ("VA12345", "VA12345", "military"),
        ("WJ京12345", "WJ京12345", "armed_police"),
        ("临沪A12345", "临沪A12345", "temporary"),
        ("沪A12345临", "沪A12345临", "temporary"),
    ],
)
def test_plates_are_recognised_however_they_are_typed(typed: str, stored: str, kind: str) -> None:
    found = plate.parse(typed)
    assert (found.text, found.kind) == (stored, kind)


@pytest.mark.parametrize(
    "typed",
    [
        "京AI2345",
        "京A1234O",
        "粤BL12345",
        "京AD1B234",
        "粤BDAB234",
        "粤B123",
        "12345",
        "",
        "A12345",
        "无",
        "京I12345",
    ],
)
def test_what_is_no_plate_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^plate$"):
        PLATE.parse(typed)


def test_a_green_plate_tells_whether_the_car_is_electric() -> None:
    assert plate.parse("粤BD12345").electric is True
    assert plate.parse("粤BF12345").electric is False
    assert plate.parse("粤B12345F").electric is False
    assert plate.parse("粤B12345").electric is None


def test_three_letters_ask_for_a_second_look() -> None:
    assert plate.parse("京AABC12").unusual
    assert not plate.parse("京AAB123").unusual


def test_people_see_the_dot() -> None:
    assert PLATE.show("粤B12345", "zh-CN") == "粤B·12345"
    assert PLATE.show("使014578", "zh-CN") == "使014578"


@given(heads, serials, st.sampled_from(["", "·", ".", " ", "-"]))
def test_punctuation_and_case_never_make_another_plate(head: str, serial: str, mark: str) -> None:
    assert plate.parse(f"{head}{mark}{serial.lower()}".replace("q", "Q")).text == head + serial


@given(heads, serials)
def test_what_was_read_can_be_read_again(head: str, serial: str) -> None:
    found = plate.parse(head + serial)
    assert plate.parse(found.text) == found
    assert plate.parse(plate.shown(found.text)) == found


@given(st.text("ABCDIO0123456789港临·", max_size=9))
def test_without_province_or_kind_nothing_is_a_plate(typed: str) -> None:
    if not re.match(r"[·临]*[A-HJ-NP-Z]{2}[·]*\d", typed):
        with pytest.raises(ValueError, match=r"^plate$"):
            plate.parse(typed)
