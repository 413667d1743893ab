"""Invoices and payments: mirrored from the finance system, only looked at here."""

from __future__ import annotations

from crm_customer.models import Invoice, Payment
from crm_kernel.contributions import Entity, Field
from crm_kernel.records.kinds import LONG_TEXT
from crm_kernel.text import messages

_ = messages("customer")

STATUSES = (
    ("open", _("open")),
    ("partly_paid", _("partly paid")),
    ("paid", _("paid")),
    ("void", _("void")),
)

INVOICE = Entity(
    name="invoice",
    plural="invoices",
    model=Invoice,
    label=_("Invoice"),
    plural_label=_("Invoices"),
    prefix="invoice",
    icon="file-invoice",
    title="number",
    default_sort=("-issued_on",),
    importable=False,
    mirrored=True,
    fields=(
        Field("number", _("Invoice number"), required=True, filter=True, search=True, listed=True),
        Field("customer_id", _("Customer"), reference="customer", required=True, filter=True, listed=True),
        Field("vehicle_id", _("Vehicle"), reference="vehicle", filter=True, listed=True),
        Field("kind", _("Kind"), choices="customer.invoice_kind", filter=True, listed=True),
        Field("issued_on", _("Issued on"), required=True, sort=True, filter=True, listed=True),
        Field("due_on", _("Due on"), sort=True, filter=True),
        Field("amount", _("Amount"), required=True, sort=True, filter=True, listed=True),
        Field("status", _("Status"), options=STATUSES, default="open", filter=True, listed=True),
        Field("remark", _("Remark"), LONG_TEXT),
    ),
)

PAYMENT = Entity(
    name="payment",
    plural="payments",
    model=Payment,
    label=_("Payment"),
    plural_label=_("Payments"),
    prefix="payment",
    icon="cash",
    title="number",
    default_sort=("-paid_on",),
    importable=False,
    mirrored=True,
    fields=(
        Field("number", _("Payment number"), required=True, filter=True, search=True, listed=True),
        Field("customer_id", _("Customer"), reference="customer", required=True, filter=True, listed=True),
        Field("invoice_id", _("Invoice"), reference="invoice", filter=True, listed=True),
        Field("paid_on", _("Paid on"), required=True, sort=True, filter=True, listed=True),
        Field("amount", _("Amount"), required=True, sort=True, filter=True, listed=True),
        Field("method", _("Means of payment"), choices="customer.payment_method", filter=True, listed=True),
        Field("remark", _("Remark"), LONG_TEXT),
    ),
)
