"""What runs by itself: looking for early signs once a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_kernel.contributions import Job
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")


async def look(kernel: Kernel) -> int:
    """Tell of what rises. May run twice: nobody hears of the same again."""
    return int(await kernel.service("complaint.signs").tell())


JOBS = (Job("complaint.signs", look, _("Look for complaints that rise"), cron="40 23 * * *"),)
