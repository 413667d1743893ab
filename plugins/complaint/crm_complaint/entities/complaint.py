"""The complaint."""

from __future__ import annotations

from crm_complaint.models import Complaint
from crm_complaint.process import DEFINITION
from crm_kernel.contributions import Entity, Field, Lookup, Numbering
from crm_kernel.flow import figures_store as flows
from crm_kernel.records.kinds import LIST, LONG_TEXT, MOBILE, PHONE
from crm_kernel.text import messages

_ = messages("complaint")

WHO = _("Who complains")
WHAT = _("What about")
STAND = _("Where it stands")
OUTCOMES = (
    ("satisfied", _("Satisfied")),
    ("invalid", _("Not justified, explained")),
    ("forced", _("Closed without satisfaction")),
)

COMPENSATION = "complaint_compensation"
CLOCKS = tuple((rule.kind, rule.label) for rule in DEFINITION.clocks)
LOOKUPS = {
    "clock_missed": Lookup(_("Deadline missed"), flows.clock_missed(Complaint), options=CLOCKS),
    "clock_kept": Lookup(_("Deadline kept"), flows.clock_kept(Complaint), options=CLOCKS),
    "compensated": Lookup(
        _("Compensation approved"), flows.approved_within(Complaint, COMPENSATION), offered=False
    ),
}
"""Filters that lead from figures to the records behind them."""

COMPLAINT = Entity(
    name="complaint",
    plural="complaints",
    model=Complaint,
    label=_("Complaint"),
    plural_label=_("Complaints"),
    prefix="complaint",
    icon="message-report",
    title="number",
    key=("number",),
    numbering=Numbering("number", "TS-{date}-{seq:04d}", restart="daily"),
    service="complaint.complaints",
    default_sort=("-received_at",),
    importable=False,
    lookups=LOOKUPS,
    secret_from="staff_concerned",
    fields=(
        Field("number", _("Number"), sort=True, filter=True, search=True, listed=True, form=False),
        Field("customer_id", _("Customer"), reference="customer", filter=True, listed=True, group=WHO),
        Field("contact", _("Contact"), personal=True, search=True, group=WHO),
        Field("mobile", _("Mobile"), MOBILE, sensitive=True, personal=True, listed=True, group=WHO),
        Field("phone", _("Further number"), PHONE, sensitive=True, personal=True, group=WHO),
        Field("vehicle_id", _("Vehicle"), reference="vehicle", filter=True, group=WHO),
        Field("model", _("Model"), filter=True, group=WHO, help=_("The vehicle's own where it is known.")),
        Field(
            "attitude", _("Customer's attitude"), choices="complaint.attitude", filter=True, group=WHO
        ),
        Field("subject", _("Subject"), required=True, search=True, listed=True, group=WHAT),
        Field(
            "level",
            _("Level"),
            choices="complaint.level",
            required=True,
            default="general",
            sort=True,
            filter=True,
            listed=True,
            group=WHAT,
        ),
        Field(
            "channel",
            _("Channel"),
            choices="complaint.channel",
            required=True,
            default="phone",
            filter=True,
            group=WHAT,
        ),
        Field(
            "complaint_type", _("Type"), choices="complaint.type", filter=True, listed=True, group=WHAT
        ),
        Field("problem_type", _("Problem"), choices="complaint.problem", filter=True, group=WHAT),
        Field("description", _("Description"), LONG_TEXT, search=True, personal=True, group=WHAT),
        Field(
            "staff_concerned",
            _("Staff concerned"),
            LIST,
            reference="staff",
            help=_("They may not handle it."),
            group=WHAT,
        ),
        Field("received_at", _("Received"), sort=True, filter=True, group=STAND),
        Field("receiver_id", _("Received by"), reference="staff", filter=True, group=STAND),
        Field(
            "handler_id", _("Handler"), reference="staff", filter=True, listed=True, read_only=True,
            form=False, group=STAND,
        ),
        Field(
            "status", _("State"), sort=True, filter=True, listed=True, read_only=True, form=False,
            group=STAND,
        ),
        Field(
            "next_due_at", _("Next deadline"), sort=True, filter=True, listed=True, read_only=True,
            form=False, group=STAND,
        ),
        Field(
            "valid", _("Justified"), filter=True, operators=("eq", "empty"), read_only=True, form=False,
            group=STAND,
        ),
        Field(
            "outcome", _("Outcome"), options=OUTCOMES, filter=True, read_only=True, form=False, group=STAND
        ),
        Field("rounds", _("Rounds"), sort=True, filter=True, read_only=True, form=False, group=STAND),
        Field("score", _("Score"), filter=True, read_only=True, form=False, group=STAND),
        Field("cost", _("Cost"), sort=True, filter=True, read_only=True, form=False, group=STAND),
        Field("closed_at", _("Closed"), sort=True, filter=True, read_only=True, form=False, group=STAND),
        Field("problem_id", _("Recurring problem"), reference="problem", filter=True, group=STAND),
    ),
)  # fmt: skip
