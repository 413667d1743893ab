"""Contacts of companies, relations between customers, consents."""

from __future__ import annotations

from crm_customer.models import Consent, Contact, Relation
from crm_kernel.contributions import Entity, Field
from crm_kernel.records.kinds import EMAIL, LONG_TEXT, MOBILE
from crm_kernel.text import messages

_ = messages("customer")

CONTACT = Entity(
    name="contact",
    plural="contacts",
    model=Contact,
    label=_("Contact person"),
    plural_label=_("Contact persons"),
    prefix="contact",
    icon="address-book",
    service="customer.contacts",
    importable=False,
    fields=(
        Field("customer_id", _("Company"), reference="customer", required=True, filter=True, listed=True),
        Field(
            "name", _("Name"), required=True, sort=True, filter=True, search=True, listed=True, personal=True
        ),
        Field("position", _("Position"), listed=True, personal=True),
        Field(
            "mobile",
            _("Mobile"),
            MOBILE,
            filter=True,
            search=True,
            listed=True,
            personal=True,
            sensitive=True,
        ),
        Field("email", _("E-mail"), EMAIL, filter=True, personal=True, sensitive=True),
        Field("wechat", _("WeChat"), personal=True),
        Field("main", _("Main contact"), filter=True, listed=True, default=False),
        Field("remark", _("Remark"), LONG_TEXT),
    ),
)

RELATION = Entity(
    name="relation",
    plural="relations",
    model=Relation,
    label=_("Relation"),
    plural_label=_("Relations"),
    prefix="relation",
    icon="link",
    title="kind",
    service="customer.relations",
    importable=False,
    timeline=False,
    fields=(
        Field("customer_id", _("Customer"), reference="customer", required=True, filter=True, listed=True),
        Field("kind", _("Relation"), choices="customer.relation", required=True, filter=True, listed=True),
        Field("other_id", _("Other customer"), reference="customer", required=True, filter=True, listed=True),
        Field("remark", _("Remark"), LONG_TEXT),
    ),
)

CONSENT = Entity(
    name="consent",
    plural="consents",
    model=Consent,
    label=_("Consent"),
    plural_label=_("Consents"),
    prefix="consent",
    icon="writing-sign",
    title="purpose",
    service="customer.consents",
    default_sort=("-given_at",),
    importable=False,
    fields=(
        Field("customer_id", _("Customer"), reference="customer", required=True, filter=True, listed=True),
        Field("purpose", _("Purpose"), choices="customer.purpose", required=True, filter=True, listed=True),
        Field("channel", _("Channel"), choices="customer.channel", required=True, filter=True, listed=True),
        Field("given_at", _("Given at"), sort=True, filter=True, listed=True),
        Field(
            "proof",
            _("Proof"),
            LONG_TEXT,
            required=True,
            help=_("How it was given: form signed on, recording, screenshot."),
        ),
        Field("withdrawn_at", _("Withdrawn at"), filter=True, listed=True, read_only=True, form=False),
        Field("withdrawal", _("How it was withdrawn"), LONG_TEXT, read_only=True, form=False),
    ),
)
