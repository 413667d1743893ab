"""Breaks text into lines as Chinese is set: between any two characters, but marks keep to theirs."""

from __future__ import annotations

import re
from collections.abc import Callable

TOKEN = re.compile(r"[A-Za-z0-9_./:@#%&+\-¥$€]+|\s|.", re.DOTALL)
NOT_FIRST = frozenset("，。、；：？！）》」』】〕”’…—·,.;:?!)]}%‰℃")
"""Marks that do not begin a line."""
NOT_LAST = frozenset("（《「『【〔“‘([{¥$€")
"""Marks that do not end one."""


def broken(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The lines of a text; a word longer than a line is cut. Line ends of the text stay."""
    found: list[str] = []
    for paragraph in text.replace("\r\n", "\n").split("\n"):
        found += _paragraph(paragraph, width, measure)
    return found


def _paragraph(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    line = ""
    for token in TOKEN.findall(text):
        if not line and token.isspace():
            continue
        if measure(line + token) <= width or (token in NOT_FIRST and line and not _full(line, token)):
            line += token
            continue
        line, carried = _taken_over(line)
        if line:
            lines.append(line.rstrip())
        line = carried + ("" if token.isspace() else token)
        while measure(line) > width and len(line) > 1:
            cut = _fitting(line, width, measure)
            lines.append(line[:cut])
            line = line[cut:]
    lines.append(line.rstrip())
    return lines


def _full(line: str, token: str) -> bool:
    """Whether a mark hangs out already: two of them would be seen."""
    return line[-1] in NOT_FIRST and token in NOT_FIRST


def _taken_over(line: str) -> tuple[str, str]:
    """A line without the opening marks at its end, and these."""
    end = len(line)
    while end > 1 and line[end - 1] in NOT_LAST:
        end -= 1
    return line[:end], line[end:]


def _fitting(text: str, width: float, measure: Callable[[str], float]) -> int:
    cut = 1
    while cut < len(text) and measure(text[: cut + 1]) <= width:
        cut += 1
    return cut
