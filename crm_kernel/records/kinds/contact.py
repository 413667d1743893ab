"""Mobiles, other telephone numbers, e-mail addresses: kept normalised, shown masked."""

from __future__ import annotations

import re
from typing import Any

from crm_kernel.contributions import Kind
from crm_kernel.records.kinds.texts import halfwidth
from crm_kernel.text import messages

_ = messages("kernel")

_FILLERS = re.compile(r"[\s\-‐‑–—·.()（）]")
_KEPT = re.compile(r"\+861[3-9][0-9]{9}")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:\+?86|0086)?0?([1-9]\d{1,2}\d{7,8})")
_SERVICE = re.compile(r"(?:400|800)\d{7}|\d{5}|\d{7,8}")
_FOREIGN = re.compile(r"\+(?!86)[1-9]\d{6,14}")
_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
MOBILE_LENGTH = 14
"""Of a mobile in E.164."""
LOOKUPS = ("eq", "contains", "empty")


def digits_of(text: str) -> str:
    """The digits of a number as people type it, and a leading plus."""
    if text.isascii() and text.isdigit():
        return text
    return _FILLERS.sub("", halfwidth(text))


def mobile(text: str) -> str:
    """A mobile of the Chinese mainland in E.164 (`+8613800138000`).

    Carrier prefixes are not checked: ranges are issued anew and numbers are ported.
    Raises ValueError("mobile").
    """
    if _KEPT.fullmatch(text):
        return text
    found = _MOBILE.fullmatch(digits_of(text))
    if found is None:
        raise ValueError("mobile")
    return f"+86{found[1]}"


def phone(text: str) -> str:
    """A mobile, landline, service or foreign number: `+86...`, `+<country>...`, or its bare digits.

    A landline keeps its area code without the zero (`+862161234567`). Raises ValueError("phone").
    """
    if _KEPT.fullmatch(text):
        return text
    plain = digits_of(text)
    found = _MOBILE.fullmatch(plain)
    if found is not None:
        return f"+86{found[1]}"
    found = _LANDLINE.fullmatch(plain)
    if found is not None and (plain.startswith(("0", "+86", "86"))):
        return f"+86{found[1]}"
    if _SERVICE.fullmatch(plain) or _FOREIGN.fullmatch(plain):
        return plain
    raise ValueError("phone")


def national(number: str) -> str:
    """A kept number as it is dialled at home: without +86, a landline with its zero."""
    if not number.startswith("+86"):
        return number
    rest = number[3:]
    return rest if _MOBILE.fullmatch(rest) else f"0{rest}"


def mask_number(value: Any) -> str:
    """`138****8000`; shorter numbers keep their last two digits only."""
    text = str(value)
    if len(text) == MOBILE_LENGTH and text.startswith("+861"):
        return f"{text[3:6]}****{text[10:]}"
    number = national(text)
    if len(number) >= 10:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    return f"{'*' * max(len(number) - 2, 1)}{number[-2:]}"


def _show(value: Any, _locale: str) -> str:
    return "" if value is None else national(str(value))


def _email(text: str) -> str:
    plain = halfwidth(text).lower()
    if len(plain) > 200 or not _EMAIL.fullmatch(plain):
        raise ValueError("email")
    return plain


def _mask_email(value: Any) -> str:
    name, _at, domain = str(value).partition("@")
    return f"{name[:1]}***@{domain}"


MOBILE = Kind(
    "mobile",
    parse=mobile,
    show=_show,
    operators=LOOKUPS,
    control="tel",
    mask=mask_number,
    messages={"mobile": _("This is not a mobile number of eleven digits.")},
    normalise=mobile,
)

PHONE = Kind(
    "phone",
    parse=phone,
    show=_show,
    operators=LOOKUPS,
    control="tel",
    mask=mask_number,
    messages={"phone": _("This is not a telephone number.")},
    normalise=phone,
)

EMAIL = Kind(
    "email",
    parse=_email,
    show=lambda value, _locale: value or "",
    operators=("eq", "empty"),
    control="email",
    mask=_mask_email,
    messages={"email": _("This is not an e-mail address.")},
    normalise=_email,
)
