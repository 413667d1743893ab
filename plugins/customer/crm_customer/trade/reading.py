"""What a VIN says of its car, and how sure that is."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from crm_customer.trade import vin
from crm_customer.trade.makers import identifier, maker


class VinReading(Struct, frozen=True):
    """`check` is the verdict (`ok`, `wrong`, `not_applicable`) on the ninth character `digit`, which ought to
    be `expected`. `maker` is empty where `maker_code` is not listed.

    `years` are the model years that the tenth character `year_code` stands for, thirty apart: none where it
    is the maker's own. `possible` are those a car sold on `sold_on` (None: not known, so seen on `today`)
    can have, `year` is the latest of them.
    """

    vin: str
    check: str
    digit: str
    expected: str
    maker_code: str
    maker: str
    year_code: str
    years: tuple[int, ...]
    possible: tuple[int, ...]
    year: int | None
    sold_on: date | None
    today: date


def read(number: str, sold_on: date | None, today: date, locale: str) -> VinReading:
    """Read a legal number."""
    years = vin.year_candidates(number)
    day = sold_on or today
    possible = tuple(year for year in years if year <= day.year + 1)
    return VinReading(
        number,
        vin.check(number),
        number[vin.CHECK_PLACE],
        vin.check_digit(number),
        identifier(number),
        maker(number, locale),
        number[vin.YEAR_PLACE],
        years,
        possible,
        vin.model_year(number, day),
        sold_on,
        today,
    )
