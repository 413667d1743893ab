"""The suggestion."""

from __future__ import annotations

from crm_complaint.models import Suggestion
from crm_kernel.contributions import Entity, Field, Numbering
from crm_kernel.records.kinds import LONG_TEXT
from crm_kernel.text import messages

_ = messages("complaint")

ADOPTIONS = (
    ("open", _("Not decided")),
    ("adopted", _("Taken up")),
    ("partly", _("Taken up in part")),
    ("declined", _("Not taken up")),
)

SUGGESTION = Entity(
    name="suggestion",
    plural="suggestions",
    model=Suggestion,
    label=_("Suggestion"),
    plural_label=_("Suggestions"),
    prefix="suggestion",
    icon="bulb",
    title="number",
    key=("number",),
    numbering=Numbering("number", "JY-{year}-{seq:04d}", restart="yearly"),
    service="complaint.suggestions",
    default_sort=("-received_at",),
    importable=False,
    fields=(
        Field("number", _("Number"), sort=True, filter=True, search=True, listed=True, form=False),
        Field("subject", _("Subject"), required=True, search=True, listed=True),
        Field("customer_id", _("Customer"), reference="customer", filter=True, listed=True),
        Field("category", _("Category"), choices="complaint.suggestion", filter=True, listed=True),
        Field("text", _("Suggestion"), LONG_TEXT, search=True),
        Field("received_at", _("Received"), sort=True, filter=True, listed=True),
        Field("answer", _("Answer"), LONG_TEXT),
        Field("answered_at", _("Answered"), read_only=True, form=False),
        Field("adoption", _("Adoption"), options=ADOPTIONS, default="open", filter=True, listed=True),
    ),
)
