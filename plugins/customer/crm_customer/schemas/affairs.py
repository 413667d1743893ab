"""A repair order as programs send it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from crm_kernel.records.kinds import Money

Text = str | None | UnsetType
Day = date | None | UnsetType


class RepairOrderFields(Struct, kw_only=True, forbid_unknown_fields=True):
    """Everything about a visit but the car."""

    number: str | UnsetType = UNSET
    customer_id: UUID | UnsetType | None = UNSET
    arrived_on: Day = UNSET
    settled_on: Day = UNSET
    mileage_km: int | UnsetType | None = UNSET
    kind: Text = UNSET
    amount: Money | UnsetType | None = UNSET
    advisor: Text = UNSET
    remark: Text = UNSET
    owner_id: UUID | UnsetType | None = UNSET
    tags: list[str] | UnsetType = UNSET
    custom: dict[str, Any] | UnsetType = UNSET


class RepairOrderCreate(RepairOrderFields, kw_only=True, forbid_unknown_fields=True):
    """A new visit: the car is enough; its customer follows from the car unless given."""

    vehicle_id: UUID


class RepairOrderChange(RepairOrderFields, kw_only=True, forbid_unknown_fields=True):
    """What is to be altered."""

    vehicle_id: UUID | UnsetType = UNSET
