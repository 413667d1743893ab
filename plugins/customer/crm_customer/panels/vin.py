"""What the VIN says, on the vehicle's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_customer.entities.vehicle import CHECKS
from crm_customer.service.vin_reading import vin_reading
from crm_customer.trade.reading import VinReading
from crm_kernel.actor import Actor
from crm_kernel.contributions import PanelContent
from crm_kernel.i18n import translate
from crm_kernel.records.view import RecordView
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")

TONES = {"ok": "success", "wrong": "danger", "not_applicable": "neutral"}


async def vin_says(kernel: Kernel, actor: Actor, vehicle: RecordView) -> PanelContent:
    """Check digit, maker, and the model years that are possible."""
    told = vin_reading(kernel, actor, vehicle)
    if told is None:
        return PanelContent("")
    values: dict[str, Any] = {
        "told": told,
        "verdict": translate(dict(CHECKS)[told.check], actor.locale),
        "tone": TONES[told.check],
        "why": translate(why(told), actor.locale),
    }
    return PanelContent("customer/vin.html", values)


def why(told: VinReading) -> Text:
    """Why it is this model year and no other."""
    if not told.years:
        return _("The tenth character {code} is the maker's own and names no year.")(code=told.year_code)
    early, late = told.years
    if told.year is None:
        text = _(
            "The tenth character {code} stands for {early} and {late}: neither fits the day of purchase."
        )
    elif told.sold_on is None and told.year == late:
        text = _(
            "The tenth character {code} stands for {early} and {late}, "
            "since the codes recur after thirty years. "
            "No day of purchase is known; {late} is the latest that is possible today."
        )
    elif told.sold_on is None:
        text = _("The tenth character {code} stands for {early} and {late}: {late} is still to come.")
    elif told.year == late:
        text = _(
            "The tenth character {code} stands for {early} and {late}, "
            "since the codes recur after thirty years. "
            "{late} is the latest that a car bought on {day} can have."
        )
    else:
        text = _(
            "The tenth character {code} stands for {early} and {late}, "
            "since the codes recur after thirty years. "
            "A car bought on {day} cannot be of {late}."
        )
    return text(code=told.year_code, early=early, late=late, day=told.sold_on or told.today)
