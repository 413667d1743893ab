"""What this module shows on the pages of customers and vehicles, its own and those of other modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_customer.entities.finance import STATUSES
from crm_customer.panels.vin import vin_says
from crm_customer.trade import plate
from crm_customer.trade.kinds import MILEAGE
from crm_kernel.actor import Actor
from crm_kernel.contributions import Panel, PanelContent
from crm_kernel.dal.query import Condition, Query
from crm_kernel.i18n import formats, translate
from crm_kernel.records.view import RecordView
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")

LINES = 8
RELATED = "customer/related.html"
Item = dict[str, Any]


def _content(items: Sequence[Item], count: int | None = None, **more: Any) -> PanelContent:
    return PanelContent(RELATED, {"items": items, **more}, len(items) if count is None else count)


async def _labels(kernel: Kernel, actor: Actor, dictionary: str) -> Mapping[str, str]:
    entries = await kernel.service("dictionaries").entries(actor, dictionary, inactive=True)
    return {entry.code: translate(entry.label, actor.locale) for entry in entries}


async def _list(kernel: Kernel, actor: Actor, plural: str, field: str, id: UUID) -> Sequence[RecordView]:
    query = Query((Condition(field, "eq", id),), limit=LINES)
    page = await kernel.service("records").list(actor, plural, query)
    found: Sequence[RecordView] = page.items
    return found


def _day(value: Any) -> str:
    return str(value)[:10] if value else ""


async def vehicles(kernel: Kernel, actor: Actor, customer: RecordView) -> PanelContent:
    """The cars he owns or drives."""
    cards = await kernel.service("vehicle.directory").of_customer(actor, customer.id)
    return _content(
        [
            {
                "path": f"/vehicles/{card.id}",
                "label": card.title or card.plate or card.vin,
                "state": MILEAGE.show(card.mileage_km, actor.locale) if card.mileage_km is not None else "",
                "detail": card.model,
            }
            for card in cards
        ],
        add=f"/vehicles/new?customer_id={customer.id}" if actor.may("vehicle.create") else None,
    )


async def orders_of_customer(kernel: Kernel, actor: Actor, customer: RecordView) -> PanelContent:
    """His latest visits to the workshop."""
    return await _orders(kernel, actor, "customer_id", customer.id)


async def orders_of_vehicle(kernel: Kernel, actor: Actor, vehicle: RecordView) -> PanelContent:
    """The car's latest visits to the workshop."""
    return await _orders(kernel, actor, "vehicle_id", vehicle.id)


async def _orders(kernel: Kernel, actor: Actor, field: str, id: UUID) -> PanelContent:
    kinds = await _labels(kernel, actor, "customer.repair_kind")
    orders = await _list(kernel, actor, "repair-orders", field, id)
    return _content(
        [
            {
                "path": f"/repair-orders/{order.id}",
                "label": _day(order.get("arrived_on")) or order.get("number"),
                "state": _money(order.get("amount")),
                "detail": " · ".join(
                    part
                    for part in (kinds.get(order.get("kind"), order.get("kind")), order.get("advisor"))
                    if part
                ),
            }
            for order in orders
        ]
    )


def _money(value: Any) -> str:
    return formats.money(value.amount, value.currency) if value is not None else ""


async def contacts(kernel: Kernel, actor: Actor, customer: RecordView) -> PanelContent:
    """Who speaks for the company; nothing for a person."""
    if customer.get("kind") != "company":
        return PanelContent("")
    people = await _list(kernel, actor, "contacts", "customer_id", customer.id)
    return _content(
        [
            {
                "path": f"/contacts/{one.id}",
                "label": one.get("name"),
                "state": one.get("mobile") or "",
                "detail": one.get("position") or "",
            }
            for one in people
        ],
        add=f"/contacts/new?customer_id={customer.id}" if actor.may("contact.create") else None,
    )


async def relations(kernel: Kernel, actor: Actor, customer: RecordView) -> PanelContent:
    """Family, referrers, employers: from whichever side they were entered."""
    kinds = await _labels(kernel, actor, "customer.relation")
    found = await kernel.service("customer.relations").of(actor, customer.id)
    return _content(
        [
            {
                "path": f"/customers/{one.other_id}",
                "label": one.name,
                "state": translate(one.label, actor.locale) if one.label else kinds.get(one.kind, one.kind),
                "detail": one.remark,
            }
            for one in found
        ],
        add=f"/relations/new?customer_id={customer.id}" if actor.may("relation.create") else None,
    )


async def consents(kernel: Kernel, actor: Actor, customer: RecordView) -> PanelContent:
    """What he agreed to, and what he took back."""
    purposes = await _labels(kernel, actor, "customer.purpose")
    channels = await _labels(kernel, actor, "customer.channel")
    found = await kernel.service("customer.consents").current(actor, customer.id)
    items = [
        {
            "path": f"/consents/{one.id}",
            "label": purposes.get(one.purpose, one.purpose),
            "withdrawn": one.withdrawn_at is not None,
            "detail": f"{channels.get(one.channel, one.channel)} · "
            f"{formats.date(one.withdrawn_at or one.given_at, actor.locale)}",
        }
        for one in found
    ]
    values = {
        "items": items,
        "banned": bool(customer.get("do_not_contact")),
        "may_change": actor.may("consent.change"),
        "add": f"/consents/new?customer_id={customer.id}" if actor.may("consent.create") else None,
    }
    return PanelContent("customer/consents.html", values, len(items))


async def purchases(kernel: Kernel, actor: Actor, customer: RecordView) -> PanelContent:
    """What he bought from us."""
    found = await _list(kernel, actor, "purchases", "customer_id", customer.id)
    return _content(
        [
            {
                "path": f"/purchases/{one.id}",
                "label": _day(one.get("bought_on")),
                "state": _money(one.get("amount")),
                "detail": one.get("consultant") or "",
            }
            for one in found
        ],
        add=f"/purchases/new?customer_id={customer.id}" if actor.may("purchase.create") else None,
    )


async def invoices(kernel: Kernel, actor: Actor, customer: RecordView) -> PanelContent:
    """What he was billed, as the finance system has it."""
    states = {code: translate(label) for code, label in STATUSES}
    found = await _list(kernel, actor, "invoices", "customer_id", customer.id)
    return _content(
        [
            {
                "path": f"/invoices/{one.id}",
                "label": one.get("number"),
                "state": _money(one.get("amount")),
                "detail": f"{_day(one.get('issued_on'))} {states.get(one.get('status'), '')}",
            }
            for one in found
        ]
    )


async def payments(kernel: Kernel, actor: Actor, customer: RecordView) -> PanelContent:
    """What he paid."""
    methods = await _labels(kernel, actor, "customer.payment_method")
    found = await _list(kernel, actor, "payments", "customer_id", customer.id)
    return _content(
        [
            {
                "path": f"/payments/{one.id}",
                "label": one.get("number"),
                "state": _money(one.get("amount")),
                "detail": f"{_day(one.get('paid_on'))} {methods.get(one.get('method'), '')}",
            }
            for one in found
        ]
    )


async def policies(kernel: Kernel, actor: Actor, vehicle: RecordView) -> PanelContent:
    """How the car is insured."""
    kinds = await _labels(kernel, actor, "customer.policy_kind")
    found = await _list(kernel, actor, "policies", "vehicle_id", vehicle.id)
    return _content(
        [
            {
                "path": f"/policies/{one.id}",
                "label": kinds.get(one.get("kind"), one.get("kind")),
                "state": _day(one.get("ends_on")),
                "detail": one.get("insurer") or "",
            }
            for one in found
        ],
        add=f"/policies/new?vehicle_id={vehicle.id}" if actor.may("policy.create") else None,
    )


async def life(kernel: Kernel, actor: Actor, vehicle: RecordView) -> PanelContent:
    """The car's plates, people and odometer over time."""
    roles = await _labels(kernel, actor, "customer.vehicle_role")
    told = await kernel.service("customer.vehicles").life(actor, vehicle.id)
    values = {
        "life": told,
        "roles": roles,
        "plate": plate.shown,
        "mileage": lambda km: MILEAGE.show(km, actor.locale),
        "may_change": actor.may("vehicle.change"),
    }
    return PanelContent("customer/life.html", values)


RECORD_PANELS = (
    Panel("vehicle.record", "vehicle.vin", _("What the VIN says"), "vehicle.view", vin_says, 25),
    Panel("customer.record", "customer.vehicles", _("Vehicles"), "vehicle.view", vehicles, 10),
    Panel("customer.record", "customer.orders", _("Visits"), "repair_order.view", orders_of_customer, 20),
    Panel("customer.record", "customer.contacts", _("Contact persons"), "contact.view", contacts, 30),
    Panel("customer.record", "customer.relations", _("Relations"), "relation.view", relations, 40),
    Panel("customer.record", "customer.consents", _("Consents"), "consent.view", consents, 50),
    Panel("customer.record", "customer.purchases", _("Purchases"), "purchase.view", purchases, 60),
    Panel("customer.record", "customer.invoices", _("Invoices"), "invoice.view", invoices, 70),
    Panel("customer.record", "customer.payments", _("Payments"), "payment.view", payments, 80),
    Panel("vehicle.record", "vehicle.orders", _("Visits"), "repair_order.view", orders_of_vehicle, 10),
    Panel("vehicle.record", "vehicle.policies", _("Insurance"), "policy.view", policies, 20),
    Panel("vehicle.record", "vehicle.life", _("Plates, people, mileage"), "vehicle.view", life, 30),
)
