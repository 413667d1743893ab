"""How fields of the trade are read, shown and compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from crm_customer.trade import plate, vin
from crm_customer.trade.periods import Period, open_ones
from crm_kernel.contributions import Kind
from crm_kernel.records.kinds import INTEGER, LIST
from crm_kernel.text import messages

_ = messages("customer")

_MILEAGE = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(万)?(?:KM|公里|千米)?")
MILEAGE_LIMIT = 9_999_999


def read_vin(text: str) -> str:
    """Seventeen legal characters. Raises ValueError("vin")."""
    number = vin.normalise(text)
    if not vin.is_legal(number):
        raise ValueError("vin")
    return number


def read_plate(text: str) -> str:
    """A plate in stored form. Raises ValueError("plate")."""
    return plate.parse(text).text


def read_mileage(text: str) -> int:
    """Whole kilometres from "84,284 km", "77633公里" or "8.4万公里". Raises ValueError("mileage")."""
    typed = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
    found = _MILEAGE.fullmatch(typed)
    if found is None:
        raise ValueError("mileage")
    whole, part, myriad = found.groups()
    value = float(f"{whole.replace(',', '')}.{part or 0}") * (10_000 if myriad else 1)
    if value > MILEAGE_LIMIT:
        raise ValueError("mileage")
    return round(value)


VIN = Kind(
    name="vin",
    parse=read_vin,
    show=lambda value, _locale: str(value),
    operators=("eq", "ne", "in", "startswith", "endswith"),
    control="vin",
    messages={"vin": _("A VIN has 17 characters: digits and letters without I, O and Q.")},
    normalise=vin.normalise,
)

PLATE = Kind(
    name="plate",
    parse=read_plate,
    show=lambda value, _locale: plate.shown(value),
    operators=("eq", "ne", "in", "startswith", "empty"),
    control="plate",
    messages={"plate": _("This is not a number plate. Example: 粤B·12345 or 粤B·D12345.")},
    normalise=plate.normalise,
)

MILEAGE = Kind(
    name="mileage",
    parse=read_mileage,
    show=lambda value, locale: f"{value:,} {'公里' if locale.startswith('zh') else 'km'}",
    operators=("eq", "ne", "gte", "lte", "gt", "lt", "empty"),
    control="number",
    align="right",
    messages={"mileage": _("A mileage is a number of kilometres.")},
)

YEAR = replace(INTEGER, show=lambda value, _locale: str(value), align="left")
"""A year: a number that is not grouped."""


def _plates(value: Sequence[Period] | None, locale: str) -> str:
    separator = "、" if locale.startswith("zh") else ", "
    return separator.join(plate.shown(period["plate"]) for period in value or ())


def _people(value: Sequence[Period] | None, _locale: str) -> str:
    return str(len({person["customer_id"] for person in open_ones(value or ())}))


PLATES = replace(LIST, show=_plates)
"""Periods of plates, as trade.periods keeps them."""
PEOPLE = replace(LIST, show=_people)
"""Periods of people; in a line of text only how many there are now, because names are asked for apart."""
