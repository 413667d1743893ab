"""Text in the cells of files that spreadsheets open: never a formula, and the same text when read again."""

from __future__ import annotations

SIGN = "'"
STARTERS = frozenset("=+-@＝＋－＠\t\r\n")
"""What makes a spreadsheet take a cell for a formula, full-width forms included."""


def guard(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would calculate it.

    Blanks and control characters before the sign do not hide it. Text that is guarded already is guarded
    once more, so that `unguard` gives back exactly what was written.
    """
    return SIGN + text if _dangerous(text.lstrip(SIGN)) else text


def unguard(text: str) -> str:
    """The text that `guard` was given; text of other origin stays as it is."""
    if text.startswith(SIGN) and _dangerous(text.lstrip(SIGN)):
        return text[1:]
    return text


def _dangerous(text: str) -> bool:
    if text[:1] in STARTERS and text:
        return True
    for sign in text:
        if sign in STARTERS:
            return True
        if not sign.isspace() and sign.isprintable():
            return False
    return False
