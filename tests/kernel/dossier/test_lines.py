"""Chinese is broken between any two characters, but marks neither begin nor end a line wrongly."""

from __future__ import annotations

import pytest

from crm_kernel.dossier.lines import broken


def width(text: str) -> float:
    """As a fixed font would have it: two for a Chinese character, one for a Latin one."""
    return sum(2 if ord(one) > 0x2E80 else 1 for one in text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("刹车异响严重", ["刹车异响严", "重"]),
        ("刹车异响严，重", ["刹车异响严，", "重"]),
        ("刹车异响（左前）", ["刹车异响", "（左前）"]),
        ("换 TS-2026 件", ["换 TS-2026", "件"]),
        ("ABCDEFGHIJKLM", ["ABCDEFGHIJ", "KLM"]),
        ("一\n\n二", ["一", "", "二"]),
        ("", [""]),
    ],
)
def test_lines(text: str, lines: list[str]) -> None:
    assert broken(text, 10, width) == lines


def test_no_line_is_wider_than_the_column_but_by_one_mark_that_hangs_out() -> None:
    text = "客户表示，低速制动时（约 20km/h）有金属摩擦声！已更换：刹车片、刹车盘。" * 20
    for line in broken(text, 20, width):
        assert width(line) <= 22
        assert line[0] not in "，。！：、）"
        assert line[-1] != "（"
