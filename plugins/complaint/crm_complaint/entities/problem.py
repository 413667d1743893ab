"""The recurring problem."""

from __future__ import annotations

from crm_complaint.models import Problem
from crm_kernel.contributions import Entity, Field, Numbering
from crm_kernel.records.kinds import LONG_TEXT
from crm_kernel.text import messages

_ = messages("complaint")

STATES = (
    ("open", _("Open")),
    ("measure", _("Measure under way")),
    ("checking", _("Effect being checked")),
    ("solved", _("Solved")),
)

PROBLEM = Entity(
    name="problem",
    plural="problems",
    model=Problem,
    label=_("Recurring problem"),
    plural_label=_("Recurring problems"),
    prefix="problem",
    icon="alert-triangle",
    key=("number",),
    numbering=Numbering("number", "WT-{year}-{seq:04d}", restart="yearly"),
    service="complaint.problems",
    importable=False,
    fields=(
        Field("number", _("Number"), sort=True, filter=True, search=True, listed=True, form=False),
        Field("name", _("Problem"), required=True, search=True, listed=True),
        Field("problem_type", _("Kind"), choices="complaint.problem", filter=True, listed=True),
        Field("model", _("Model"), filter=True, listed=True),
        Field("part", _("Part"), filter=True),
        Field("cause", _("Cause"), LONG_TEXT),
        Field("measure", _("Measure"), LONG_TEXT),
        Field("due_on", _("Due"), sort=True, filter=True, listed=True),
        Field("state", _("State"), options=STATES, default="open", filter=True, listed=True),
        Field("effect", _("Effect"), LONG_TEXT),
        Field("checked_on", _("Effect checked on"), filter=True),
    ),
)
