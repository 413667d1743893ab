"""What the complaint module adds to the file of a complaint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_kernel.actor import Actor
from crm_kernel.contributions import DossierPart, DossierSection
from crm_kernel.errors import NotFound
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")


async def problem(kernel: Kernel, actor: Actor, complaint: Any) -> Sequence[DossierPart]:
    """The recurring problem it is counted to, with what is done about it."""
    if complaint.get("problem_id") is None:
        return []
    try:
        found = await kernel.service("records").get(actor, "problem", complaint.problem_id, typed=True)
    except NotFound:  # It lies out of the reader's reach.
        return []
    labels = (
        ("number", _("Number")),
        ("name", _("Problem")),
        ("cause", _("Cause")),
        ("measure", _("Measure")),
        ("effect", _("Effect")),
    )
    pairs = tuple((label, str(found.get(name) or "")) for name, label in labels)
    return [DossierPart(pairs=pairs)]


SECTIONS = (
    DossierSection("complaint", "complaint.problem", _("Recurring problem"), "problem.view", problem),
)
