"""The numbers of a customer: several, each with a kind, the first mobile first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from crm_kernel.contributions import Kind
from crm_kernel.records.kinds import PHONE
from crm_kernel.records.kinds.contact import mask_number, national
from crm_kernel.text import messages

_ = messages("customer")

Entry = dict[str, str]
MOBILE, LANDLINE, OTHER = "mobile", "landline", "other"
_SEPARATORS = str.maketrans(dict.fromkeys("，、；;/|\n", ","))


def kind_of(number: str) -> str:
    """`mobile`, `landline` or `other` (service and foreign numbers) of a normalised number."""
    if not number.startswith("+86"):
        return OTHER
    return MOBILE if len(number) == 14 and number[3] == "1" else LANDLINE


def entry(number: str) -> Entry:
    """A normalised number as the list keeps it."""
    return {"number": number, "kind": kind_of(number)}


def read(items: Iterable[str | Mapping[str, Any]]) -> list[Entry]:
    """Numbers as typed or sent, normalised, each once. Raises ValueError("phone")."""
    found: dict[str, Entry] = {}
    for item in items:
        number = PHONE.parse(item if isinstance(item, str) else str(item.get("number", "")))
        kind = "" if isinstance(item, str) else str(item.get("kind") or "")
        found.setdefault(number, {"number": number, "kind": kind[:20] or kind_of(number)})
    return list(found.values())


def first_mobile(phones: Sequence[Entry]) -> str | None:
    """The number people are called on."""
    return next((one["number"] for one in phones if kind_of(one["number"]) == MOBILE), None)


def with_mobile(phones: Sequence[Entry], mobile: str | None, former: str | None = None) -> list[Entry]:
    """The list led by `mobile`, which takes the place of the `former` one."""
    rest = [one for one in phones if one["number"] not in (mobile, former)]
    return [entry(mobile), *rest] if mobile else rest


def _parse(text: str) -> list[Entry]:
    if text.startswith("["):
        return read(_listed(text))
    return read(part for part in text.translate(_SEPARATORS).split(",") if part.strip())


def _listed(text: str) -> list[str | dict[str, Any]]:
    try:
        return msgspec.json.decode(text, type=list[str | dict[str, Any]])
    except msgspec.DecodeError as fault:
        raise ValueError("phone") from fault


def _mask(value: Any) -> Any:
    return [{**one, "number": mask_number(one["number"])} for one in value]


def _show(value: Any, _locale: str) -> str:
    return ", ".join(national(one["number"]) for one in value or ())


PHONES = Kind(
    name="phones",
    parse=_parse,
    show=_show,
    operators=("empty",),
    control="phones",
    mask=_mask,
    messages={"phone": PHONE.messages["phone"]},
)
"""A list of `{"number", "kind"}`, also as JSON; several numbers of a file's cell are parted by commas or
strokes."""
