"""Whole numbers, decimals, amounts of money, readings of an odometer."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from crm_kernel.contributions import Kind
from crm_kernel.records.kinds.texts import halfwidth
from crm_kernel.text import messages

_ = messages("kernel")

RANGE = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "empty")
LARGEST = Decimal(10) ** 15
_CURRENCY_SIGNS = re.compile(r"^(?:[¥￥$€£]|RMB|CNY|人民币)\s*|\s*(?:元|CNY|RMB)$", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?|[+-]?\.\d+")
_UNIT = re.compile(r"\s*(万)?\s*(?:km|kms|公里|千米)?\.?$", re.IGNORECASE)


class Money(msgspec.Struct, frozen=True):
    """An amount as the API writes it: `{"amount": "123.45", "currency": "CNY"}`."""

    amount: Decimal
    currency: str


def _number(text: str, code: str) -> Decimal:
    plain = halfwidth(text).replace(" ", "")
    if not _GROUPED.fullmatch(plain):
        raise ValueError(code)
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation as fault:
        raise ValueError(code) from fault
    if abs(value) >= LARGEST:
        raise ValueError(code)
    return value


def _integer(text: str) -> int:
    value = _number(text, "integer")
    if value != value.to_integral_value():
        raise ValueError("integer")
    return int(value)


def _decimal(text: str) -> Decimal:
    return _number(text, "number")


def _amount(text: str) -> Decimal:
    plain = _CURRENCY_SIGNS.sub("", halfwidth(text))
    value = _number(_CURRENCY_SIGNS.sub("", plain), "amount")
    exact = value.quantize(Decimal("0.01"))
    if exact != value:
        raise ValueError("amount")
    return exact


def _kilometres(text: str) -> int:
    plain = halfwidth(text)
    unit = _UNIT.search(plain)
    value = _number(plain[: unit.start()] if unit else plain, "mileage")
    if unit and unit.group(1):
        value *= 10_000
    if value < 0 or value != value.to_integral_value() or value > 9_999_999:
        raise ValueError("mileage")
    return int(value)


def _show_number(value: Any, _locale: str) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int | Decimal) else str(value)


def _show_money(value: Any, _locale: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Money):
        sign = {"CNY": "¥", "USD": "$", "EUR": "€"}.get(value.currency)
        return f"{sign}{value.amount:,.2f}" if sign else f"{value.amount:,.2f} {value.currency}"
    return f"{Decimal(value):,.2f}"


INTEGER = Kind(
    "integer",
    parse=_integer,
    show=_show_number,
    operators=RANGE,
    control="number",
    align="right",
    messages={"integer": _("This is not a whole number.")},
)

DECIMAL = Kind(
    "decimal",
    parse=_decimal,
    show=_show_number,
    operators=RANGE,
    control="number",
    align="right",
    messages={"number": _("This is not a number.")},
)

MONEY = Kind(
    "money",
    parse=_amount,
    show=_show_money,
    operators=RANGE,
    control="money",
    align="right",
    messages={"amount": _("This is not an amount of money with at most two decimals.")},
)

MILEAGE = Kind(
    "mileage",
    parse=_kilometres,
    show=_show_number,
    operators=RANGE,
    control="number",
    align="right",
    messages={"mileage": _("This is not a mileage in whole kilometres.")},
)
"""Kilometres; accepts `84284 km`, `84,284公里` and `8.5万公里`."""
