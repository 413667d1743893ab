"""Rules for the fields of a note."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from crm_kernel.errors import FieldError, Invalid
from crm_kernel.records.kinds import LONG_TEXT
from crm_kernel.text import messages

_ = messages("kernel")

MAX_BODY = 10_000
MAX_MINUTES = 24 * 60
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


def check(values: dict[str, Any], now: datetime) -> None:
    """Tidy the text in place. Raises Invalid for values that cannot be kept."""
    errors = []
    if "body" in values:
        values["body"] = LONG_TEXT.parse(values["body"])
        if not values["body"] and values.get("outcome") is None:
            errors.append(FieldError("body", "required", _("Write something.")))
        elif len(values["body"]) > MAX_BODY:
            errors.append(FieldError("body", "too_long", _("At most {count} characters.")(count=MAX_BODY)))
    if (minutes := values.get("minutes")) is not None and not 0 <= minutes <= MAX_MINUTES:
        errors.append(FieldError("minutes", "out_of_range", _("This value is out of range.")))
    if (happened := values.get("happened_at")) is not None:
        if happened.tzinfo is None:
            errors.append(FieldError("happened_at", "moment", _("Say in which time zone.")))
        elif not EARLIEST <= happened <= now + timedelta(days=1):
            errors.append(
                FieldError("happened_at", "out_of_range", _("A note tells of what has happened already."))
            )
        else:
            values["happened_at"] = happened.astimezone(UTC)
    if errors:
        raise Invalid(errors)
