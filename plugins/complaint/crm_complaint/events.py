"""What this module tells others. Payloads carry ids and codes, never a name, a number or what was said."""

from __future__ import annotations

from uuid import UUID

import msgspec

from crm_kernel.contributions import EventType
from crm_kernel.text import messages

_ = messages("complaint")

_CASE = UUID("01900000-0000-7000-8000-000000000011")
_CUSTOMER = UUID("01900000-0000-7000-8000-000000000001")
_CAR = UUID("01900000-0000-7000-8000-000000000002")


class ComplaintTold(msgspec.Struct, frozen=True):
    """Something happened to a complaint. `outcome` says how it ended, empty while it is open."""

    complaint_id: UUID
    customer_id: UUID | None
    vehicle_id: UUID | None
    level: str
    status: str
    outcome: str = ""


def _example() -> ComplaintTold:
    return ComplaintTold(_CASE, _CUSTOMER, _CAR, "general", "closed", "satisfied")


EVENTS = (
    EventType("complaint.received", ComplaintTold, _example, _("A complaint was received")),
    EventType("complaint.assigned", ComplaintTold, _example, _("A complaint was assigned")),
    EventType("complaint.moved", ComplaintTold, _example, _("A complaint took a step")),
    EventType("complaint.closed", ComplaintTold, _example, _("A complaint was closed")),
    EventType("complaint.reopened", ComplaintTold, _example, _("A complaint was opened again")),
)
