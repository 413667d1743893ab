"""Checks on codes and names that people type for parts of the organisation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import available_timezones

from crm_kernel.errors import FieldError, Invalid
from crm_kernel.text import Text, messages

_ = messages("kernel")

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+")
_SHORT = {"position": 60, "level": 40, "mobile": 40, "locale": 10, "currency": 3}


def check(values: Mapping[str, object]) -> dict[str, object]:
    """The values, texts stripped; raises Invalid with everything that is wrong."""
    errors: list[FieldError] = []
    kept: dict[str, object] = {}
    for name, value in values.items():
        kept[name] = value = value.strip() if isinstance(value, str) else value
        message = _fault(name, value)
        if message is not None:
            errors.append(FieldError(name, "invalid", message))
    if errors:
        raise Invalid(errors)
    return kept


def _fault(name: str, value: object) -> Text | None:
    text = value if isinstance(value, str) else ""
    if name == "code" and not _CODE.fullmatch(text):
        return _("Use at most 40 letters, digits, - or _.")
    if name == "name" and not 0 < len(text) <= 120:
        return _("Give a name of at most 120 characters.")
    if name == "timezone" and text not in available_timezones():
        return _("There is no such time zone.")
    if name == "currency" and not re.fullmatch(r"[A-Z]{3}", text):
        return _("A currency is three capital letters.")
    if name == "locale" and text not in ("", "zh-CN", "en"):
        return _("Choose zh-CN or en.")
    if name == "email" and text and (len(text) > 200 or not _EMAIL.fullmatch(text)):
        return _("This is no e-mail address.")
    if len(text) > _SHORT.get(name, 200):
        return _("This is too long.")
    return None
