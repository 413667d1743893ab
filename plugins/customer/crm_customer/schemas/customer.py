"""A customer as programs send it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

Text = str | None | UnsetType


class PhoneNumber(Struct, forbid_unknown_fields=True):
    """One number; without `kind` it follows from the number."""

    number: str
    kind: str = ""


class CustomerFields(Struct, kw_only=True, forbid_unknown_fields=True):
    """Everything about a customer but the name."""

    code: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    sex: str | UnsetType = UNSET
    birthday: date | UnsetType | None = UNSET
    id_number: Text = UNSET
    mobile: Text = UNSET
    phones: list[PhoneNumber] | UnsetType | None = UNSET
    email: Text = UNSET
    wechat: Text = UNSET
    address: Text = UNSET
    preferred_channel: Text = UNSET
    preferred_time: Text = UNSET
    do_not_contact: bool | UnsetType = UNSET
    level: Text = UNSET
    source: Text = UNSET
    classification: Text = UNSET
    registered_on: date | UnsetType | None = UNSET
    advisor: Text = UNSET
    preferences: Text = UNSET
    occupation: Text = UNSET
    employer: Text = UNSET
    education: Text = UNSET
    interests: Text = UNSET
    industry: Text = UNSET
    size: Text = UNSET
    tax_number: Text = UNSET
    bank_account: Text = UNSET
    loan: Text = UNSET
    remark: Text = UNSET
    owner_id: UUID | UnsetType | None = UNSET
    tags: list[str] | UnsetType = UNSET
    custom: dict[str, Any] | UnsetType = UNSET


class CustomerCreate(CustomerFields, kw_only=True, forbid_unknown_fields=True):
    """A new customer: the name is enough."""

    name: str


class CustomerChange(CustomerFields, kw_only=True, forbid_unknown_fields=True):
    """What is to be altered."""

    name: str | UnsetType = UNSET
