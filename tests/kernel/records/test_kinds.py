"""How dealers write things, and how they are kept and shown."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from crm_kernel.records import kinds

DAY = date(2023, 12, 9)


@pytest.mark.parametrize(
    "text",
    [
        "2023.12.09", "2023/12/9", "20231209", "2023年12月9日", "2023-12-09 00:00:00", "2023-12-9",
        "２０２３－１２－０９", " 2023 / 12 / 09 ", "2023年12月09号", "2023-12-09T08:30:00Z",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form_dealers_use(text):
    assert kinds.DATE.parse(text) == DAY


@pytest.mark.parametrize(
    "text",
    ["2023-02-30", "2023-13-01", "09.12.2023", "23-12-09", "0001-01-01", "2023-12-09 25:00", "昨天", "20231"],
)
def test_what_is_no_day_is_refused_as_such(text):
    with pytest.raises(ValueError, match=r"^date$"):
        kinds.DATE.parse(text)


def test_a_moment_keeps_its_zone_and_is_stored_in_utc():
    assert kinds.MOMENT.parse("2024-06-01T14:30:00+08:00") == datetime(2024, 6, 1, 6, 30, tzinfo=UTC)
    assert kinds.MOMENT.parse("2024/6/1 14:30") == datetime(2024, 6, 1, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "+86 138 0013 8000",
        "008613800138000",
        "138-0013-8000",
        "１３８００１３８０００",
        "8613800138000",
    ],
)
def test_a_mobile_is_kept_in_one_form_and_shown_masked(text):
    kept = kinds.MOBILE.parse(text)
    assert kept == "+8613800138000"
    assert kinds.MOBILE.mask(kept) == "138****8000"
    assert kinds.MOBILE.show(kept, "zh-CN") == "13800138000"
    assert kinds.MOBILE.parse(kept) == kept


@pytest.mark.parametrize("text", ["1380013800", "12345", "无", "23800138000", "1064812345678", "12800138000"])
def test_what_is_no_mobile_is_refused_as_such(text):
    with pytest.raises(ValueError, match=r"^mobile$"):
        kinds.MOBILE.parse(text)


@pytest.mark.parametrize(
    ("text", "kept", "shown"),
    [
        ("021-61234567", "+862161234567", "02161234567"),
        ("(0755) 8123 4567", "+8675581234567", "075581234567"),
        ("13800138000", "+8613800138000", "13800138000"),
        ("400-820-8820", "4008208820", "4008208820"),
        ("+49 30 1234567", "+49301234567", "+49301234567"),
    ],
)
def test_other_telephones_are_kept_apart_from_mobiles(text, kept, shown):
    assert kinds.PHONE.parse(text) == kept
    assert kinds.PHONE.parse(kept) == kept
    assert kinds.PHONE.show(kept, "zh-CN") == shown


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("￥2,792.50", "2792.50"),
        ("¥4,686", "4686.00"),
        ("１２３元", "123.00"),
        ("-5.5", "-5.50"),
        ("CNY 10", "10.00"),
    ],
)
def test_amounts_lose_sign_and_commas(text, amount):
    assert kinds.MONEY.parse(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1,23", "12.345", "很多", "1e5", "NaN", "1,2345.00", "9" * 16])
def test_what_is_no_amount_is_refused_as_such(text):
    with pytest.raises(ValueError, match=r"^amount$"):
        kinds.MONEY.parse(text)


@pytest.mark.parametrize(
    ("text", "km"), [("84284 km", 84284), ("54846公里", 54846), ("8.5万公里", 85000), ("32,373", 32373)]
)
def test_mileages_lose_their_unit(text, km):
    assert kinds.MILEAGE.parse(text) == km


def test_an_identity_number_must_be_right_in_birthday_and_check_digit():
    assert kinds.ID_NUMBER.parse("11010519491231002x") == "11010519491231002X"
    assert kinds.ID_NUMBER.mask("11010519491231002X") == "110***********002X"
    for wrong in ("110105194912310021", "110105194913310029"):
        with pytest.raises(ValueError, match=r"^id_number$"):
            kinds.ID_NUMBER.parse(wrong)
    assert kinds.ID_NUMBER.parse("E12345678") == "E12345678"


def test_masks_tell_too_little_to_find_somebody():
    assert kinds.EMAIL.mask("wang.xiaoming@example.com") == "w***@example.com"
    assert kinds.ADDRESS.mask("上海市浦东新区世纪大道796号1203室") == "上海市浦东新区****"
    assert kinds.PHONE.mask("95555") == "***55"


@pytest.mark.parametrize("text", ["no at", "a@b", "a@b..de", "@example.com", "a b@example.com"])
def test_what_is_no_address_of_mail_is_refused(text):
    with pytest.raises(ValueError, match=r"^email$"):
        kinds.EMAIL.parse(text)


def test_tags_and_lists_are_read_from_a_cell():
    assert kinds.TAGS.parse("VIP，回访; VIP、 潜在") == ["VIP", "回访", "潜在"]
    assert kinds.LIST.parse('[{"number": "1"}]') == [{"number": "1"}]
    assert kinds.LIST.show([{"number": "1", "kind": "home"}], "en") == "1 home"


def test_yes_and_no_in_the_readers_language():
    assert kinds.SWITCH.parse("是") is True
    assert kinds.SWITCH.parse("off") is False
    assert kinds.SWITCH.show(True, "en") == "Yes"


def test_text_loses_what_nobody_sees():
    assert kinds.TEXT.parse(" 王\u200b小\u0000明  先生 ") == "王小明 先生"
    assert kinds.LONG_TEXT.parse("a\r\n b\x07 ") == "a\n b"
    assert kinds.REFERENCE.parse("0190a0c0-0000-7000-8000-000000000000") == UUID(
        "0190a0c0-0000-7000-8000-000000000000"
    )
