"""What the figures ask that is not counted by the kernel alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crm_complaint.entities.complaint import COMPENSATION
from crm_complaint.models import Complaint
from crm_kernel.actor import Access
from crm_kernel.contributions import Asked
from crm_kernel.dal.database import Database
from crm_kernel.flow import figures_store as flows


async def punctuality(
    database: Database, access: Access, asked: Asked
) -> Sequence[tuple[str, Any, int, int]]:
    """(kind of clock, level, complaints whose clock has ended or run out, those of which it ran out)."""
    return await flows.punctuality(database, access, Complaint, Complaint.level, Complaint.received_at, asked)


async def compensation(
    database: Database, access: Access, asked: Asked
) -> Sequence[tuple[Any, str, int, Decimal]]:
    """(type, currency, complaints, sum) of compensation approved in the period."""
    kind = Complaint.complaint_type
    return await flows.approved_sums(database, access, Complaint, COMPENSATION, kind, asked)
