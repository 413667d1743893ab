"""What this module shows on the pages of customers and vehicles: their complaints, open ones first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_complaint.process import CLOSED, DEFINITION
from crm_complaint.service.intake import CaseLine
from crm_kernel.actor import Actor
from crm_kernel.contributions import Panel, PanelContent
from crm_kernel.i18n import formats, translate
from crm_kernel.records.view import RecordView
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")


async def of_customer(kernel: Kernel, actor: Actor, customer: RecordView) -> PanelContent:
    """His complaints."""
    cases = await kernel.service("complaint.intake").cases_of_customer(actor, customer.id)
    return _content(actor, cases, f"customer_id={customer.id}")


async def of_vehicle(kernel: Kernel, actor: Actor, vehicle: RecordView) -> PanelContent:
    """Complaints about it."""
    cases = await kernel.service("complaint.intake").cases_of_vehicle(actor, vehicle.id)
    return _content(actor, cases, f"vehicle_id={vehicle.id}")


def _content(actor: Actor, cases: Sequence[CaseLine], given: str) -> PanelContent:
    items: list[dict[str, Any]] = []
    for case in cases:
        state = DEFINITION.state(case.status)
        items.append(
            {
                "path": f"/complaints/{case.id}",
                "label": case.subject,
                "state": translate(state.label if state else case.status, actor.locale),
                "detail": f"{case.number} · {formats.date(case.received_at, actor.locale)}",
                "open": case.status != CLOSED,
            }
        )
    count = sum(item["open"] for item in items)
    add = f"/complaints/new?{given}" if actor.may("complaint.create") else None
    return PanelContent("complaint/cases.html", {"items": items, "add": add}, count)


NOTHING = PanelContent("")
TONES = {"reached": "danger", "near": "warning", "open": "success", "over": "neutral", "unknown": "neutral"}
STANDINGS = {
    "reached": _("reached: have it checked"),
    "near": _("near"),
    "open": _("not reached"),
    "over": _("period over"),
    "unknown": _("day of sale missing"),
}


async def guarantees_of_case(kernel: Kernel, actor: Actor, complaint: RecordView) -> PanelContent:
    """The three guarantees, on a complaint's page: of its vehicle."""
    vehicle = complaint.get("vehicle_id")
    return NOTHING if vehicle is None else await _guarantees(kernel, actor, UUID(str(vehicle)))


async def guarantees_of_vehicle(kernel: Kernel, actor: Actor, vehicle: RecordView) -> PanelContent:
    """The three guarantees, on a vehicle's page."""
    return await _guarantees(kernel, actor, vehicle.id)


async def _guarantees(kernel: Kernel, actor: Actor, vehicle_id: UUID) -> PanelContent:
    found = await kernel.service("complaint.guarantees").of_vehicle(actor, vehicle_id)
    if found is None:
        return NOTHING
    locale = actor.locale
    hints = [
        {
            "label": translate(one.rule.label, locale),
            "state": translate(STANDINGS[one.standing], locale),
            "tone": TONES[one.standing],
            "detail": translate(
                _("{count} of {threshold}")(count=one.count, threshold=one.rule.threshold), locale
            ),
        }
        for one in found.hints
    ]
    facts = _("VIN {vin}, sold on {sold}, {mileage} km")(
        vin=found.vin or "—",
        sold=formats.date(found.sold_on, locale) if found.sold_on else "—",
        mileage="—" if found.mileage_km is None else found.mileage_km,
    )
    count = sum(one.standing == "reached" for one in found.hints)
    return PanelContent(
        "complaint/guarantees.html", {"hints": hints, "facts": translate(facts, locale)}, count
    )


async def of_problem(kernel: Kernel, actor: Actor, problem: RecordView) -> PanelContent:
    """The complaints counted to it, and those that look alike."""
    found = await kernel.service("complaint.problem_links").cases(actor, problem.id)
    may = actor.may("complaint.change")
    path = f"/problems/{problem.id}/cases"
    return PanelContent(
        "complaint/problem_cases.html",
        {
            "cases": [_related(actor, one, f"{path}/{one.id}/delete" if may else "") for one in found.items],
            "fitting": [_related(actor, one, f"{path}/{one.id}" if may else "") for one in found.fitting],
            "all": f"/complaints?problem_id={problem.id}" if found.count > len(found.items) else "",
            "again": f"/problems/{problem.id}/panels/complaint.of_problem",
        },
        found.count,
    )


def _related(actor: Actor, case: CaseLine, change: str) -> dict[str, Any]:
    state = DEFINITION.state(case.status)
    return {
        "path": f"/complaints/{case.id}",
        "label": case.subject,
        "state": translate(state.label if state else case.status, actor.locale),
        "detail": f"{case.number} · {formats.date(case.received_at, actor.locale)}",
        "change": change,
    }


PANELS = (
    Panel(
        "complaint.record",
        "complaint.guarantees",
        _("Three guarantees"),
        "complaint.view",
        guarantees_of_case,
        60,
    ),
    Panel(
        "vehicle.record",
        "complaint.vehicle_guarantees",
        _("Three guarantees"),
        "complaint.view",
        guarantees_of_vehicle,
        60,
    ),
    Panel("problem.record", "complaint.of_problem", _("Complaints"), "complaint.view", of_problem, 15),
    Panel("customer.record", "complaint.of_customer", _("Complaints"), "complaint.view", of_customer, 15),
    Panel("vehicle.record", "complaint.of_vehicle", _("Complaints"), "complaint.view", of_vehicle, 15),
)
