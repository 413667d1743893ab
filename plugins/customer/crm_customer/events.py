"""What this module tells beyond the kernel's own `<record>.created|changed|deleted|restored|purged`.

Payloads carry ids and facts, never a name or a number of a person.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from crm_kernel.contributions import EventType
from crm_kernel.text import messages

_ = messages("customer")

_SOMEBODY = UUID("01900000-0000-7000-8000-000000000001")
_SOMETHING = UUID("01900000-0000-7000-8000-000000000002")


class PlateChanged(msgspec.Struct, frozen=True):
    """A car got another plate; `from_vehicle_id` is the car that gave it away."""

    vehicle_id: UUID
    plate: str
    since: date
    from_vehicle_id: UUID | None = None


class OwnerChanged(msgspec.Struct, frozen=True):
    """A car got another owner, or one for the first time; None where nobody is known now."""

    vehicle_id: UUID
    customer_id: UUID | None
    former_id: UUID | None = None


class ConsentTold(msgspec.Struct, frozen=True):
    """A consent was given or withdrawn."""

    customer_id: UUID
    purpose: str
    channel: str
    at: datetime


def _consent() -> ConsentTold:
    return ConsentTold(_SOMEBODY, "service", "phone", datetime(2026, 11, 20, 2, 0, tzinfo=UTC))


EVENTS = (
    EventType(
        "vehicle.plate_changed",
        PlateChanged,
        lambda: PlateChanged(_SOMETHING, "粤B12345", date(2026, 11, 20), _SOMEBODY),
        _("A plate was changed"),
    ),
    EventType(
        "vehicle.owner_changed",
        OwnerChanged,
        lambda: OwnerChanged(_SOMETHING, _SOMEBODY),
        _("A vehicle has a new owner"),
    ),
    EventType("consent.given", ConsentTold, _consent, _("A consent was given")),
    EventType("consent.withdrawn", ConsentTold, _consent, _("A consent was withdrawn")),
)
