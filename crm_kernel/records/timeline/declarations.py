"""What the timeline brings to the records room."""

from __future__ import annotations

from crm_kernel.contributions import Offer
from crm_kernel.records.timeline.models import TimelineEntry
from crm_kernel.records.timeline.service import Timeline

MODELS = (TimelineEntry,)
OFFERS = (Offer("timeline", Timeline),)
