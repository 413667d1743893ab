"""Who built a car: the world manufacturer identifier (ISO 3780) and the names dealers use."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

SMALL_MAKER = "9"


def identifier(vin: str) -> str:
    """The maker's identifier: three characters, six for makers of less than a thousand cars a year."""
    return vin[:3] + (vin[11:14] if vin[2] == SMALL_MAKER else "")


def maker(vin: str, locale: str = "zh-CN") -> str:
    """The maker's name in Chinese or English, empty when not listed in `makers.tsv`."""
    names = _names().get(identifier(vin))
    if names is None:
        return ""
    return names[0] if locale.startswith("zh") else names[1]


@cache
def _names() -> dict[str, tuple[str, str]]:
    table = files(__package__).joinpath("makers.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines())
    return {code: (chinese, english) for code, chinese, english in rows}
