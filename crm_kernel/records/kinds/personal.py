"""Identity numbers and addresses: kept encrypted, shown masked."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from crm_kernel.contributions import Kind
from crm_kernel.records.kinds.texts import TEXT, halfwidth
from crm_kernel.text import messages

_ = messages("kernel")

_RESIDENT = re.compile(r"[1-9]\d{16}[\dX]")
_OTHER = re.compile(r"[A-Z0-9()-]{5,30}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def _id_number(text: str) -> str:
    plain = re.sub(r"\s", "", halfwidth(text)).upper()
    if len(plain) == 18 and plain[:17].isdigit():
        if not _RESIDENT.fullmatch(plain) or not _resident_number_holds(plain):
            raise ValueError("id_number")
        return plain
    if not _OTHER.fullmatch(plain):
        raise ValueError("id_number")
    return plain


def _resident_number_holds(number: str) -> bool:
    """Birthday and check digit of a resident identity number (GB 11643-1999)."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == number[17]


def _mask_id(value: Any) -> str:
    text = str(value)
    if len(text) >= 15:
        return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
    return f"{'*' * (len(text) - 2)}{text[-2:]}"


_STREET = re.compile(r".*?(?:省|自治区|市|区|县|州|盟|旗|特别行政区)(?=.)")


def _mask_address(value: Any) -> str:
    """Province, city and district stay; street and house do not."""
    text = str(value)
    end = 0
    while (found := _STREET.match(text, end)) is not None and found.end() <= 18:
        end = found.end()
    return f"{text[:end] or text[:2]}****"


def _show(value: Any, _locale: str) -> str:
    return "" if value is None else str(value)


ID_NUMBER = Kind(
    "id_number",
    parse=_id_number,
    show=_show,
    operators=("eq", "empty"),
    mask=_mask_id,
    messages={"id_number": _("This is not a valid identity number.")},
    normalise=_id_number,
)
"""A resident identity number (checked), or a passport or permit number."""

ADDRESS = Kind(
    "address", parse=TEXT.parse, show=_show, operators=("empty",), control="text", mask=_mask_address
)
