"""Number plates of China after GA 36: form, kind and power of the car that carries one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
USUAL_LETTERS = 2

_DROPPED = str.maketrans("", "", " \t\r\n\u00a0·•‧・．.。-‐–—_")
_SERIAL = "[A-HJ-NP-Z0-9]"
_HEAD = f"[{PROVINCES}][A-HJ-Z]"

_SPECIAL = {
    "挂": "trailer",
    "学": "training",
    "警": "police",
    "港": "hong_kong",
    "澳": "macao",
    "领": "consulate",
    "试": "test",
    "超": "oversize",
}

_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ordinary", re.compile(f"{_HEAD}{_SERIAL}{{5}}")),
    ("new_energy", re.compile(f"{_HEAD}(?:[A-HJK]{_SERIAL}\\d{{4}}|\\d{{5}}[A-HJK])")),
    ("special", re.compile(f"{_HEAD}{_SERIAL}{{4}}[{''.join(_SPECIAL)}]")),
    ("embassy", re.compile(r"使\d{6}|\d{6}使")),
    ("armed_police", re.compile(f"WJ[{PROVINCES}]?[A-Z0-9]{{5,6}}")),
    ("military", re.compile(r"(?:军[A-Z]|[A-HJ-NP-Z]{2})[0-9]{5}")),
    ("temporary", re.compile(f"临?[{PROVINCES}][A-HJ-Z]?临?[A-Z0-9]{{4,6}}临?")),
)


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate in the form it is stored in.

    `kind` is ordinary, new_energy, trailer, training, police, hong_kong, macao, consulate, test, oversize,
    embassy, military, armed_police or temporary. `electric` tells battery cars from other new-energy ones
    and is None elsewhere. `unusual` asks for a second look: more letters than are normally issued.
    """

    text: str
    kind: str
    electric: bool | None = None
    unusual: bool = False


def normalise(text: str) -> str:
    """Upper case, half width, without dots, dashes and blanks."""
    return unicodedata.normalize("NFKC", text).translate(_DROPPED).upper()


def parse(text: str) -> Plate:
    """Read what was typed. Raises ValueError("plate") where it is no plate."""
    plate = normalise(text)
    for kind, form in _FORMS:
        if form.fullmatch(plate) and (kind != "temporary" or "临" in plate):
            return _described(plate, kind)
    raise ValueError("plate")


def _described(plate: str, kind: str) -> Plate:
    if kind == "special":
        return Plate(plate, _SPECIAL[plate[-1]])
    if kind == "new_energy":
        sign = plate[2] if plate[2].isalpha() else plate[-1]
        return Plate(plate, kind, electric=sign in "ABCDE")
    letters = sum(c.isalpha() for c in plate[2:])
    return Plate(plate, kind, unusual=kind == "ordinary" and letters > USUAL_LETTERS)


def shown(plate: str) -> str:
    """With the dot people are used to: 粤B·12345."""
    return f"{plate[:2]}·{plate[2:]}" if plate[:1] in PROVINCES and len(plate) > 2 else plate
