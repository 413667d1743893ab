"""Repair orders, purchases, insurance policies."""

from __future__ import annotations

from crm_customer.entities.heads import REPAIR_ORDER as HEADS
from crm_customer.models import Policy, Purchase, RepairOrder
from crm_customer.schemas.affairs import RepairOrderChange, RepairOrderCreate
from crm_customer.trade.kinds import MILEAGE
from crm_kernel.contributions import Entity, Field, Numbering
from crm_kernel.records.kinds import LONG_TEXT
from crm_kernel.text import messages

_ = messages("customer")

REPAIR_ORDER = Entity(
    name="repair_order",
    plural="repair-orders",
    model=RepairOrder,
    label=_("Repair order"),
    plural_label=_("Repair orders"),
    prefix="repair_order",
    icon="tool",
    title="number",
    key=("number",),
    numbering=Numbering("number", "RO{date}{seq:04d}", restart="daily"),
    service="customer.repair_orders",
    create=RepairOrderCreate,
    change=RepairOrderChange,
    default_sort=("-arrived_on",),
    fields=(
        Field(
            "number",
            _("Order number"),
            sort=True,
            filter=True,
            search=True,
            listed=True,
            help=_("Left empty, the next number is given."),
            aliases=HEADS["number"],
        ),
        Field(
            "vehicle_id",
            _("Vehicle"),
            reference="vehicle",
            required=True,
            filter=True,
            listed=True,
            aliases=HEADS["vehicle_id"],
        ),
        Field(
            "customer_id",
            _("Customer"),
            reference="customer",
            filter=True,
            listed=True,
            aliases=HEADS["customer_id"],
        ),
        Field(
            "arrived_on",
            _("Arrived on"),
            sort=True,
            filter=True,
            listed=True,
            aliases=HEADS["arrived_on"],
        ),
        Field(
            "settled_on",
            _("Settled on"),
            sort=True,
            filter=True,
            listed=True,
            aliases=HEADS["settled_on"],
        ),
        Field(
            "mileage_km",
            _("Mileage"),
            MILEAGE,
            filter=True,
            listed=True,
            aliases=HEADS["mileage_km"],
        ),
        Field(
            "kind",
            _("Kind"),
            choices="customer.repair_kind",
            sort=True,
            filter=True,
            listed=True,
            aliases=HEADS["kind"],
        ),
        Field(
            "amount",
            _("Amount"),
            sort=True,
            filter=True,
            listed=True,
            aliases=HEADS["amount"],
        ),
        Field("advisor", _("Service advisor"), filter=True, listed=True, aliases=HEADS["advisor"]),
        Field("remark", _("Remark"), LONG_TEXT, aliases=HEADS["remark"]),
    ),
)

PURCHASE = Entity(
    name="purchase",
    plural="purchases",
    model=Purchase,
    label=_("Purchase"),
    plural_label=_("Purchases"),
    prefix="purchase",
    icon="shopping-cart",
    title="order_number",
    service="customer.purchases",
    default_sort=("-bought_on",),
    importable=False,
    fields=(
        Field("customer_id", _("Customer"), reference="customer", required=True, filter=True, listed=True),
        Field("vehicle_id", _("Vehicle"), reference="vehicle", filter=True, listed=True),
        Field("bought_on", _("Bought on"), required=True, sort=True, filter=True, listed=True),
        Field("order_number", _("Order number"), filter=True, search=True, listed=True),
        Field("invoice_number", _("Invoice number"), filter=True),
        Field("amount", _("Price"), sort=True, filter=True, listed=True),
        Field("payment", _("Way of payment"), choices="customer.payment", filter=True),
        Field("consultant", _("Sales consultant"), filter=True, listed=True),
        Field("remark", _("Remark"), LONG_TEXT),
    ),
)

POLICY = Entity(
    name="policy",
    plural="policies",
    model=Policy,
    label=_("Insurance policy"),
    plural_label=_("Insurance policies"),
    prefix="policy",
    icon="shield",
    title="number",
    service="customer.policies",
    default_sort=("-ends_on",),
    importable=False,
    fields=(
        Field("vehicle_id", _("Vehicle"), reference="vehicle", required=True, filter=True, listed=True),
        Field("kind", _("Kind"), choices="customer.policy_kind", required=True, filter=True, listed=True),
        Field("insurer", _("Insurer"), filter=True, listed=True),
        Field("number", _("Policy number"), filter=True, search=True),
        Field("starts_on", _("From"), sort=True, filter=True),
        Field("ends_on", _("Until"), required=True, sort=True, filter=True, listed=True),
        Field("amount", _("Premium"), sort=True, filter=True),
        Field("remark", _("Remark"), LONG_TEXT),
    ),
)
