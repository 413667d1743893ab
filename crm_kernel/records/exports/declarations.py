"""What exports bring to the records room."""

from __future__ import annotations

from datetime import timedelta

from crm_kernel.contributions import Job, Offer
from crm_kernel.records.exports.models import ExportRun
from crm_kernel.records.exports.running import JOB, ExportRuns, run, sweep
from crm_kernel.records.exports.service import Exports
from crm_kernel.records.printing import Printing
from crm_kernel.text import messages

_ = messages("kernel")

MODELS = (ExportRun,)
OFFERS = (Offer("exports", Exports), Offer("export_runs", ExportRuns), Offer("printing", Printing))
JOBS = (
    Job(JOB, run, _("Make an export")),
    Job("exports.sweep", sweep, _("Remove exports that were not fetched"), every=timedelta(hours=1)),
)
