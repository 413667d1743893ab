"""The workshop and the cars on the start page: what is due soon, and how many cars came in week by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crm_kernel.actor import Actor
from crm_kernel.contributions import Panel, PanelContent
from crm_kernel.dal.query import Condition, Query
from crm_kernel.i18n import formats, translate
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")

SOON, LATELY = "next-30-days", "last-30-days"
WEEKS = 8
WEEK = timedelta(days=7)


def _today(kernel: Kernel, actor: Actor) -> date:
    return kernel.clock.now().astimezone(ZoneInfo(actor.timezone)).date()


async def _count(kernel: Kernel, actor: Actor, plural: str, conditions: Sequence[Condition]) -> int:
    found: int = await kernel.service("records").count(actor, plural, Query(tuple(conditions)))
    return found


async def worth_a_call(kernel: Kernel, actor: Actor, _subject: Any) -> PanelContent:
    """Insurance that ends soon and cars still in the workshop, each with the list behind it."""
    items = []
    if actor.may("policy.view"):
        ending = (Condition("ends_on", "within", SOON),)
        items.append(
            {
                "path": f"/policies?ends_on[within]={SOON}&sort=ends_on",
                "label": translate(_("Insurance ends within 30 days")),
                "state": formats.number(await _count(kernel, actor, "policies", ending)),
            }
        )
    if actor.may("repair_order.view"):
        inside = (Condition("arrived_on", "within", LATELY), Condition("settled_on", "empty", True))
        items.append(
            {
                "path": f"/repair-orders?arrived_on[within]={LATELY}&settled_on[empty]=true",
                "label": translate(_("In the workshop, not settled")),
                "state": formats.number(await _count(kernel, actor, "repair-orders", inside)),
            }
        )
    return PanelContent("customer/related.html", {"items": items}) if items else PanelContent("")


async def arrivals(kernel: Kernel, actor: Actor, _subject: Any) -> PanelContent:
    """Cars that came into the workshop in the last eight weeks."""
    today = _today(kernel, actor)
    monday = today - timedelta(days=today.weekday())
    names, values, urls = [], [], []
    for back in range(WEEKS - 1, -1, -1):
        first = monday - back * WEEK
        last = first + WEEK - timedelta(days=1)
        bounds = (Condition("arrived_on", "gte", first), Condition("arrived_on", "lte", last))
        names.append(f"{first:%m-%d}")
        values.append(await _count(kernel, actor, "repair-orders", bounds))
        urls.append(f"/repair-orders?arrived_on[gte]={first}&arrived_on[lte]={last}")
    series = {"name": translate(_("Cars in the workshop")), "values": values}
    return PanelContent("customer/arrivals.html", {"weeks": names, "series": series, "paths": urls})


HOME_PANELS = (
    Panel("home", "customer.worth_a_call", _("Worth a call now"), "customer.view", worth_a_call, 10),
    Panel("home", "customer.arrivals", _("Cars in the workshop, by week"), "repair_order.view", arrivals, 20),
)
