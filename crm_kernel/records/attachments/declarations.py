"""What attachments bring to the records room."""

from __future__ import annotations

from crm_kernel.contributions import Job, Offer
from crm_kernel.records.attachments.files import FolderStore
from crm_kernel.records.attachments.models import Attachment
from crm_kernel.records.attachments.service import MEGABYTES, PER_RECORD, Attachments
from crm_kernel.records.attachments.sweeping import sweep
from crm_kernel.text import messages

_ = messages("kernel")

MODELS = (Attachment,)
OFFERS = (
    Offer("file_store", lambda kernel: FolderStore(kernel.settings.home)),
    Offer("attachments", Attachments),
)
SETTINGS = (MEGABYTES, PER_RECORD)
JOBS = (Job("attachments.sweep", sweep, _("Destroy deleted files"), cron="20 18 * * *"),)
