"""What a step means beyond the state: who must not take it, and what it brings about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crm_complaint.events import ComplaintTold
from crm_complaint.process import CLOSED
from crm_kernel.actor import Actor
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Invalid
from crm_kernel.flow.definition import Step
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_complaint.models import Complaint
    from crm_kernel.kernel import Kernel

_ = messages("complaint")

CONCERNED = _("This complaint concerns you. Somebody else must handle it.")
OUTCOMES = {"satisfied": "satisfied", "explain": "invalid", "force_close": "forced"}


async def refuse(kernel: Kernel, actor: Actor, complaint: Complaint, step: Step) -> Text | None:
    """Whoever a complaint concerns takes no step in it."""
    if str(actor.id) in complaint.staff_concerned:
        return CONCERNED
    return None


async def taken(
    kernel: Kernel, work: UnitOfWork, complaint: Complaint, step: Step, facts: Mapping[str, Any]
) -> None:
    """The consequences of a step, in its transaction. Raises Invalid for a handler whom it concerns."""
    if step.key == "assign":
        if str(complaint.handler_id) in complaint.staff_concerned:
            raise Invalid.one("handler", "concerned", _("The complaint concerns this person."))
        complaint.owner_id = complaint.handler_id
        await _tell_handler(kernel, work, complaint)
    elif step.key == "unsatisfied":
        complaint.rounds += 1
    elif step.key == "reject":
        complaint.valid = False
    elif step.key == "propose":
        complaint.valid = True
    elif step.key == "reopen":
        complaint.outcome = complaint.closed_at = None
    if step.target == CLOSED:
        complaint.outcome, complaint.closed_at = OUTCOMES.get(step.key, "satisfied"), work.now
    await work.flush()
    emit(kernel, work, _event(step), complaint)


def _event(step: Step) -> str:
    if step.target == CLOSED:
        return "complaint.closed"
    named = {"assign": "complaint.assigned", "reopen": "complaint.reopened"}
    return named.get(step.key, "complaint.moved")


def emit(kernel: Kernel, work: UnitOfWork, name: str, complaint: Complaint) -> None:
    """Tell other modules."""
    told = ComplaintTold(
        complaint.id,
        complaint.customer_id,
        complaint.vehicle_id,
        complaint.level,
        complaint.status,
        complaint.outcome or "",
    )
    kernel.events.emit(
        work,
        name,
        told,
        entity="complaint",
        record_id=complaint.id,
        dealership_id=complaint.dealership_id,
    )


async def _tell_handler(kernel: Kernel, work: UnitOfWork, complaint: Complaint) -> None:
    actor = work.actor
    if complaint.handler_id is None or (actor and complaint.handler_id == actor.id):
        return
    if kernel.offers("notifications"):
        text = _("Complaint {number} is yours: {subject}")(number=complaint.number, subject=complaint.subject)
        path = f"/complaints/{complaint.id}"
        await kernel.service("notifications").notify(
            work, [complaint.handler_id], "complaint.assigned", text, path
        )
