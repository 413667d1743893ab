"""What presence brings to the records room."""

from __future__ import annotations

from datetime import timedelta

from crm_kernel.contributions import Job, Offer
from crm_kernel.records.presence.models import Presence
from crm_kernel.records.presence.service import PresenceService, sweep
from crm_kernel.text import messages

_ = messages("kernel")

MODELS = (Presence,)
OFFERS = (Offer("presence", PresenceService),)
JOBS = (Job("presence.sweep", sweep, _("Forget who had records open"), every=timedelta(minutes=10)),)
