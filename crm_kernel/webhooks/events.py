"""What this room tells: that somebody tries an endpoint out."""

from __future__ import annotations

from uuid import UUID

import msgspec

from crm_kernel.contributions import EventType
from crm_kernel.text import messages

_ = messages("kernel")

TESTED = "webhook.tested"


class WebhookTested(msgspec.Struct, frozen=True):
    """A message to see whether the endpoint takes it; goes to that endpoint only."""

    endpoint_id: UUID


EVENTS = (
    EventType(TESTED, WebhookTested, lambda: WebhookTested(UUID(int=1)), _("An endpoint is tried out")),
)
