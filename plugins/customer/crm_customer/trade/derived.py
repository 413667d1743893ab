"""What follows from a VIN and is kept beside it."""

from __future__ import annotations

from crm_customer.trade import vin


def of_vin(number: str) -> dict[str, str]:
    """Columns of a vehicle: the verdict on the check digit, and the last six characters to find it by."""
    return {"vin_check": vin.check(number), "vin_tail": number[-6:]}
