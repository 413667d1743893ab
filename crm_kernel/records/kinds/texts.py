"""Text of one line and of many."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from crm_kernel.contributions import Kind

UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2028\u2029\ufeff]")
TEXT_OPERATORS = ("eq", "ne", "in", "contains", "startswith", "endswith", "empty")


def halfwidth(text: str) -> str:
    """Full-width digits, letters and signs as their ordinary forms, without blanks around."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).strip()


def _line(text: str) -> str:
    if text.isalnum():
        return text
    return " ".join(UNSEEN.sub("", text).split())


def _lines(text: str) -> str:
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _plain(value: Any, _locale: str) -> str:
    return "" if value is None else str(value)


TEXT = Kind("text", parse=_line, show=_plain, operators=TEXT_OPERATORS)

LONG_TEXT = Kind("long_text", parse=_lines, show=_plain, operators=("contains", "empty"), control="textarea")
