"""The vehicle identification number: legal characters, check digit, model year.

Sources: ISO 3779 and GB 16735 (form and model year), 49 CFR 565.15 (check digit, taken over by GB 16735).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

LENGTH = 17
_LEGAL = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_DROPPED = str.maketrans("", "", " \t\r\n-‐‑–—\u00a0")
_LOOKALIKES = str.maketrans("OIQ", "010")

_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True)
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
CHECK_PLACE = 8
_REMAINDERS = "0123456789X"

_YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
YEAR_PLACE = 9
_FIRST_YEAR = 1980
_CYCLE = len(_YEAR_CODES)

OK = "ok"
WRONG = "wrong"
NOT_APPLICABLE = "not_applicable"


def normalise(text: str) -> str:
    """Upper case, half width, without blanks and hyphens. O, I and Q stay: see `suggest`."""
    return unicodedata.normalize("NFKC", text).translate(_DROPPED).upper()


def is_legal(vin: str) -> bool:
    """Whether a normalised number has 17 characters, none of them I, O or Q."""
    return _LEGAL.fullmatch(vin) is not None


def is_chinese(vin: str) -> bool:
    """Whether the car was built in China, where the check digit is compulsory (first character L or H)."""
    return vin[:1] in ("L", "H")


def check_digit(vin: str) -> str:
    """The ninth character a legal number ought to have."""
    return _REMAINDERS[sum(_VALUES[c] * w for c, w in zip(vin, _WEIGHTS, strict=True)) % 11]


def check(vin: str) -> str:
    """`ok`, `wrong`, or `not_applicable` where it differs but the maker need not keep the rule."""
    if vin[CHECK_PLACE] == check_digit(vin):
        return OK
    return WRONG if is_chinese(vin) else NOT_APPLICABLE


def suggest(text: str) -> str | None:
    """What was probably meant where O, I or Q were typed for 0 and 1; None where that makes no number.

    Only ever offered, never applied: the person at the car decides.
    """
    typed = normalise(text)
    meant = typed.translate(_LOOKALIKES)
    if meant == typed or not is_legal(meant) or check(meant) == WRONG:
        return None
    return meant


def year_candidates(vin: str) -> tuple[int, ...]:
    """The two model years, thirty apart, the tenth character may mean; none for a maker's own code."""
    place = _YEAR_CODES.find(vin[YEAR_PLACE])
    return () if place < 0 else (_FIRST_YEAR + place, _FIRST_YEAR + _CYCLE + place)


def model_year(vin: str, sold_on: date) -> int | None:
    """The latest candidate a car sold on that day can have; model years run at most one year ahead."""
    possible = [year for year in year_candidates(vin) if year <= sold_on.year + 1]
    return max(possible, default=None)
