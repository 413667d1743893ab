"""What a car is called in one line."""

from __future__ import annotations


def vehicle_title(plate: str | None, vin: str | None, series: str | None) -> str:
    """By plate and series, as people at the counter name a car (京A12345 帕萨特); by its VIN in place of the
    plate where it has none. Empty where none of them is known.
    """
    return " ".join(part for part in (plate or vin, series) if part)
