"""Codes of a list, ids of other records, tags, and lists of things."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from crm_kernel.contributions import Kind
from crm_kernel.records.kinds.texts import TEXT, halfwidth
from crm_kernel.text import messages

_ = messages("kernel")


def _reference(text: str) -> UUID:
    try:
        return UUID(halfwidth(text))
    except ValueError as fault:
        raise ValueError("reference") from fault


def distinct(words: Iterable[str]) -> list[str]:
    """Each word once, whatever the case of its letters, in the spelling that came first."""
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(word.casefold(), word)
    return list(found.values())


def _tags(text: str) -> list[str]:
    """Names parted by commas, semicolons or bars of either script, each once."""
    plain = text
    for sign in "，、；;|｜\n":
        plain = plain.replace(sign, ",")
    return distinct(TEXT.parse(part) for part in plain.split(",") if part.strip())


def _list(text: str) -> list[Any]:
    plain = text.strip()
    if not plain.startswith("["):
        return list(_tags(plain))
    try:
        return msgspec.json.decode(plain, type=list[Any])
    except msgspec.DecodeError as fault:
        raise ValueError("list") from fault


def _show_list(value: Any, locale: str) -> str:
    if not value:
        return ""
    separator = "、" if locale.startswith("zh") else ", "
    return separator.join(
        " ".join(str(part) for part in item.values() if part) if isinstance(item, dict) else str(item)
        for item in value
    )


def _show(value: Any, _locale: str) -> str:
    return "" if value is None else str(value)


CHOICE = Kind(
    "choice",
    parse=TEXT.parse,
    show=_show,
    operators=("eq", "ne", "in", "empty"),
    control="select",
    messages={"choice": _("This is not one of the choices.")},
)
"""A code of the field's `options` or of its dictionary; the label belongs to the field, not to the kind."""

REFERENCE = Kind(
    "reference",
    parse=_reference,
    show=_show,
    operators=("eq", "ne", "in", "empty"),
    control="lookup",
    messages={"reference": _("There is no such record.")},
)

TAGS = Kind("tags", parse=_tags, show=_show_list, operators=("eq", "in", "empty"), control="tags")

LIST = Kind(
    "list",
    parse=_list,
    show=_show_list,
    operators=("empty",),
    control="list",
    messages={"list": _("This list cannot be read.")},
)
"""A JSON list, for instance staff ids or `{number, kind}` pairs."""
