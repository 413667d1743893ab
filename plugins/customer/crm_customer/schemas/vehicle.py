"""A vehicle as programs send it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

Text = str | None | UnsetType
Day = date | None | UnsetType


class VehicleFields(Struct, kw_only=True, forbid_unknown_fields=True):
    """Everything about a car but its VIN. `vin_reason` tells why a wrong check digit is right.

    `plate_since` is the day from which the car carries `plate`. Another car that carries it keeps it, and the
    answer tells of both, unless `move_plate` says that it gives it up on that day.
    """

    vin_reason: Text = UNSET
    plate: Text = UNSET
    plate_since: Day = UNSET
    move_plate: bool | UnsetType = UNSET
    brand: Text = UNSET
    series: Text = UNSET
    model: Text = UNSET
    color: Text = UNSET
    purchased_on: Day = UNSET
    warranty_until: Day = UNSET
    compulsory_until: Day = UNSET
    commercial_until: Day = UNSET
    mileage_km: int | UnsetType | None = UNSET
    customer_id: UUID | UnsetType | None = UNSET
    remark: Text = UNSET
    owner_id: UUID | UnsetType | None = UNSET
    tags: list[str] | UnsetType = UNSET
    custom: dict[str, Any] | UnsetType = UNSET


class VehicleCreate(VehicleFields, kw_only=True, forbid_unknown_fields=True):
    """A new car: the VIN is enough."""

    vin: str


class VehicleChange(VehicleFields, kw_only=True, forbid_unknown_fields=True):
    """What is to be altered. A new plate closes the period of the old one today."""

    vin: str | UnsetType = UNSET


class PlateChange(Struct, forbid_unknown_fields=True):
    """A car gets a plate on a day (None: today), perhaps from the owner's former car."""

    plate: str
    since: date | None = None


class PersonChange(Struct, forbid_unknown_fields=True):
    """A customer takes or gives up a role with a car on a day (None: today)."""

    customer_id: UUID
    role: str = "owner"
    on: date | None = None


class NewReading(Struct, forbid_unknown_fields=True):
    """What the odometer showed on a day (None: today)."""

    mileage_km: int
    read_on: date | None = None
