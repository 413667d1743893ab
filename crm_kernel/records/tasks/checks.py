"""Rules for the fields of a task."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from crm_kernel.errors import FieldError, Invalid
from crm_kernel.records.kinds import LONG_TEXT, TEXT
from crm_kernel.text import messages

_ = messages("kernel")

LENGTHS = {"title": 200, "remark": 4000}
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def check(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, tidied. Raises Invalid for those that cannot be kept."""
    tidy = dict(values)
    errors = []
    for name, most in LENGTHS.items():
        if name not in tidy:
            continue
        tidy[name] = (TEXT if name == "title" else LONG_TEXT).parse(tidy[name])
        if len(tidy[name]) > most:
            errors.append(FieldError(name, "too_long", _("At most {count} characters.")(count=most)))
    if "title" in tidy and not tidy["title"]:
        errors.append(FieldError("title", "required", _("Say what is to be done.")))
    for name in ("due_at", "remind_at"):
        moment = tidy.get(name)
        if moment is None:
            continue
        if moment.tzinfo is None:
            errors.append(FieldError(name, "moment", _("Say in which time zone.")))
        elif not EARLIEST <= moment <= LATEST:
            errors.append(FieldError(name, "out_of_range", _("This value is out of range.")))
        else:
            tidy[name] = moment.astimezone(UTC)
    if errors:
        raise Invalid(errors)
    return tidy


def check_choice(name: str, value: str, choices: Collection[str]) -> None:
    """Raise Invalid unless the value is one of the choices."""
    if value not in choices:
        raise Invalid.one(name, "choice", _("This is not one of the choices."))
