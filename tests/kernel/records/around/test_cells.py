"""Text in cells of files that spreadsheets open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_kernel.records.cells import guard, unguard

FORMULAS = [
    "=1+1",
    "+86 138",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u00a0=1",
    "\x01=cmd|' /C calc'!A0",
    "＝1+1",
    "'=1",
    "''=1",
    "-2+3+cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_ever_a_formula(text: str) -> None:
    assert guard(text).startswith("'")


@pytest.mark.parametrize("text", ["", "张伟", "a=b", "'引号'", "'s-Hertogenbosch", "13800138000", "1-2"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert guard(text) == text
    assert unguard(text) == text


@given(st.text(alphabet=st.one_of(st.sampled_from("'=+-@＝\t\r\n a1"), st.characters()), max_size=20))
def test_reading_a_written_cell_gives_the_same_text(text: str) -> None:
    assert unguard(guard(text)) == text
