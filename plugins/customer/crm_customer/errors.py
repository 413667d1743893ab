"""What this module refuses, in the dealer's words."""

from __future__ import annotations

from uuid import UUID

from crm_kernel.contributions import Kind
from crm_kernel.errors import Conflict, Invalid
from crm_kernel.records.kinds import PHONE
from crm_kernel.text import messages

_ = messages("customer")


def check_digit_needs_reason(suggestion: str | None) -> Invalid:
    """A VIN of a Chinese-built car whose check digit does not fit, without a reason for keeping it."""
    if suggestion:
        message = _("The check digit does not fit. Is it {vin}? If it is right as typed, give a reason.")
        return Invalid.one("vin", "check_digit", message(vin=suggestion))
    return Invalid.one(
        "vin", "check_digit", _("The check digit does not fit. Compare with the car, or give a reason.")
    )


def vin_taken(vehicle_id: UUID, *, deleted: bool) -> Conflict:
    """The dealership already has this car, perhaps deleted."""
    message = (
        _("A vehicle with this VIN was deleted. Restore it instead of adding it again.")
        if deleted
        else _("There is already a vehicle with this VIN.")
    )
    return Conflict(message, code="vin_taken", open=[{"entity": "vehicle", "id": str(vehicle_id)}])


def known_relation() -> Invalid:
    """The very relation that is entered exists already."""
    return Invalid.one("other_id", "taken", _("This relation is known already."))


def date_order(field: str) -> Invalid:
    """An end before its beginning."""
    return Invalid.one(field, "date_order", _("This date lies before the one it follows."))


def itself(field: str) -> Invalid:
    """A customer related to himself."""
    return Invalid.one(field, "itself", _("A customer cannot be related to himself."))


def kept(field: str) -> Invalid:
    """Something that is part of a history and stays as it was."""
    return Invalid.one(field, "kept", _("This stays as it was. Withdraw the consent and enter a new one."))


def no_phone() -> Invalid:
    """A number in the list of numbers that is none."""
    return Invalid.one("phones", "phone", PHONE.messages["phone"])


def checked(field: str, kind: Kind, typed: str) -> str:
    """What was typed, as its kind keeps it. Raises Invalid at the field in the kind's words."""
    try:
        return str(kind.parse(typed))
    except ValueError as fault:
        code = str(fault)
        raise Invalid.one(field, code, kind.messages[code]) from fault


def owner_by_change() -> Invalid:
    """The owner is the vehicle's customer, not one of its other people."""
    return Invalid.one("role", "owner", _("The owner is changed on the vehicle itself."))


def unknown_role() -> Invalid:
    """A role with a car that no list knows."""
    return Invalid.one("role", "choice", _("Choose one of the roles in the list."))
