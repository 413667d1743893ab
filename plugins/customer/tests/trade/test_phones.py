"""Several numbers per customer, each normalised, shown masked."""

from __future__ import annotations

import pytest

from crm_customer.trade import phones
from crm_customer.trade.phones import PHONES


def test_a_cell_with_several_numbers_is_taken_apart() -> None:
    assert PHONES.parse("021-51021808，138 0013 8000") == [
        {"number": "+862151021808", "kind": "landline"},
        {"number": "+8613800138000", "kind": "mobile"},
    ]


def test_the_same_number_written_twice_is_one() -> None:
    assert len(phones.read(["13800138000", {"number": "+86 138-0013-8000", "kind": "work"}])) == 1


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^phone$"):
        PHONES.parse("无")


def test_nobody_sees_a_whole_number_unasked() -> None:
    assert PHONES.mask is not None
    assert PHONES.mask(PHONES.parse("13800138000"))[0]["number"] == "138****8000"
    assert PHONES.show(PHONES.parse("021-51021808"), "zh-CN") == "02151021808"


def test_a_new_mobile_takes_the_place_of_the_former_one() -> None:
    kept = phones.read(["13800138000", "021-51021808"])
    changed = phones.with_mobile(kept, "+8613900139000", "+8613800138000")
    assert [one["number"] for one in changed] == ["+8613900139000", "+862151021808"]
    assert phones.first_mobile(changed) == "+8613900139000"
    assert phones.with_mobile(kept, "+8613800138000") == kept
