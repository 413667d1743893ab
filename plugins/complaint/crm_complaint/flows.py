"""The flow complaints go through, with what it means here, and the sums that need approval."""

from __future__ import annotations

from decimal import Decimal

from crm_complaint.entities.complaint import COMPENSATION as COMPLAINT_COMPENSATION
from crm_complaint.permissions import COMPENSATE
from crm_complaint.process import DEFINITION, FIXED
from crm_complaint.service.steps import refuse, taken
from crm_kernel.contributions import ApprovalKind, Flow
from crm_kernel.text import messages

_ = messages("complaint")

COMPLAINT = Flow(
    "complaint",
    _("Complaint"),
    "complaint",
    DEFINITION,
    due="next_due_at",
    fixed=FIXED,
    guard=refuse,
    taken=taken,
)

COMPENSATION = ApprovalKind(
    COMPLAINT_COMPENSATION,
    _("Compensation"),
    COMPENSATE,
    {
        "service_agent": Decimal(0),
        "service_advisor": Decimal(200),
        "sales_consultant": Decimal(200),
        "customer_service_supervisor": Decimal(2000),
        "sales_manager": Decimal(2000),
        "general_manager": Decimal(50_000),
    },
)

FLOWS = (COMPLAINT, COMPENSATION)
