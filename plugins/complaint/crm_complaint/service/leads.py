"""Who complains: found by number or plate, with open cases, and what of it goes into the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crm_complaint.process import CLOSED
from crm_complaint.service.intake import Caller, CaseLine, Intake, mobile_of
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access, Actor
from crm_kernel.contracts.lead_finder import Lead
from crm_kernel.i18n import translate
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")

SHORTEST = 5
"""Fewer signs are neither a number nor a plate."""


class ComplaintLeads:
    """Offered as `complaint.leads`."""

    prompt = _("Mobile or plate of who is calling")

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted("complaint.create")
    async def leads(self, access: Access, q: str) -> Sequence[Lead]:
        """Callers that fit, each with his open cases; a number nobody has is at least put into the form."""
        actor, number = access.actor, (mobile_of(q) or "").removeprefix("+86")
        if len(q) < SHORTEST:
            return []
        intake: Intake = self._kernel.service("complaint.intake")
        found = await intake.look(actor, q if number else "", "" if number else q)
        levels, states = await self._levels(actor), await self._states(actor)
        leads = [self._lead(one, number, q, levels, states) for one in found.items]
        if number and not found.items:
            fill = {"mobile": (number, number)}
            leads.append(Lead(_("Unknown number"), number, "", _open(found.complaints, states), fill))
        return leads

    def _lead(
        self, one: Caller, number: str, q: str, levels: Mapping[str, str], states: Mapping[str, str]
    ) -> Lead:
        fill = {"customer_id": (str(one.customer_id), one.name), "contact": (one.name, one.name)}
        if number:
            fill["mobile"] = (number, number)
        typed = q.replace("·", "").replace(" ", "").upper()
        same = [car for car in one.vehicles if str(car["plate"] or "").replace("·", "").upper() == typed]
        for car in (same or one.vehicles)[:1] if same or len(one.vehicles) == 1 else ():
            fill["vehicle_id"] = (str(car["id"]), str(car["plate"] or car["vin"]))
        cars = "、".join(str(car["plate"] or car["vin"]) for car in one.vehicles)
        detail = " · ".join(part for part in (one.mobile, cars) if part)
        return Lead(one.name, detail, levels.get(one.level, one.level), _open(one.complaints, states), fill)

    async def _levels(self, actor: Actor) -> Mapping[str, str]:
        """What the levels of customers are called, where somebody keeps customers."""
        entity = self._kernel.registry.entity("customer")
        field = entity.field("level") if entity is not None else None
        if field is None or not field.choices:
            return {}
        entries = await self._kernel.service("dictionaries").entries(actor, field.choices)
        return {entry.code: translate(entry.label) for entry in entries}

    async def _states(self, actor: Actor) -> Mapping[str, str]:
        if not actor.may("complaint.view"):
            return {}
        states = await self._kernel.service("flows").states(actor, "complaint")
        return {state.key: translate(state.label) for state in states}


def _open(cases: Sequence[CaseLine], states: Mapping[str, str]) -> list[tuple[Text | str, str]]:
    return [
        (f"{case.number} {case.subject} · {states.get(case.status, case.status)}", f"/complaints/{case.id}")
        for case in cases
        if case.status != CLOSED
    ]
