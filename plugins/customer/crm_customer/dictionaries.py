"""Editable code lists with presets of the trade; a dealership may rename, add and switch off entries."""

from __future__ import annotations

from crm_kernel.contributions import Dictionary
from crm_kernel.text import messages

_ = messages("customer")


LEVEL = Dictionary.of(
    "customer.level",
    _("Customer level"),
    ("normal", _("Normal")),
    ("silver", _("Silver card"), "gray"),
    ("gold", _("Gold card"), "yellow"),
    ("vip", _("VIP"), "purple"),
)

SOURCE = Dictionary.of(
    "customer.source",
    _("Source of customers"),
    ("walk_in", _("Walk-in")),
    ("phone", _("Phone call")),
    ("web", _("Internet")),
    ("show", _("Motor show")),
    ("referral", _("Referral")),
    ("repurchase", _("Bought again")),
    ("campaign", _("Campaign")),
    ("other", _("Other")),
)

CLASSIFICATION = Dictionary.of(
    "customer.classification",
    _("Classification"),
    ("private", _("Private buyer")),
    ("business", _("Business customer")),
    ("fleet", _("Fleet")),
    ("taxi", _("Taxi or ride hailing")),
    ("government", _("Public body")),
    ("dealer", _("Dealer or broker")),
)

EDUCATION = Dictionary.of(
    "customer.education",
    _("Education"),
    ("school", _("School")),
    ("college", _("College")),
    ("bachelor", _("Bachelor")),
    ("postgraduate", _("Postgraduate")),
)

COMPANY_SIZE = Dictionary.of(
    "customer.company_size",
    _("Company size"),
    ("micro", _("Up to 10 people")),
    ("small", _("Up to 100 people")),
    ("medium", _("Up to 300 people")),
    ("large", _("Over 300 people")),
)

CHANNEL = Dictionary.of(
    "customer.channel",
    _("Channel"),
    ("phone", _("Telephone")),
    ("sms", _("Text message")),
    ("wechat", _("WeChat")),
    ("email", _("E-mail")),
    ("post", _("Letter")),
)

PURPOSE = Dictionary.of(
    "customer.purpose",
    _("Purpose of a consent"),
    ("service", _("Service and maintenance reminders")),
    ("marketing", _("Offers and campaigns")),
    ("survey", _("Satisfaction surveys")),
    ("sharing", _("Handing on to maker or insurer")),
    ("credit", _("Credit and finance check")),
    ("tracking", _("Vehicle location and tracks")),
)

RELATION = Dictionary.of(
    "customer.relation",
    _("Relation between customers"),
    ("family", _("Family")),
    ("referred_by", _("Referred by")),
    ("employer", _("Works for")),
    ("parent_company", _("Belongs to the company")),
    ("supplies_to", _("Supplies to")),
)

VEHICLE_ROLE = Dictionary.of(
    "customer.vehicle_role",
    _("Role with a vehicle"),
    ("owner", _("Owner")),
    ("driver", _("Driver")),
    ("sender", _("Brings it to the workshop")),
    ("payer", _("Pays the bills")),
)

REPAIR_KIND = Dictionary.of(
    "customer.repair_kind",
    _("Kind of repair order"),
    ("first_service", _("First service")),
    ("regular_service", _("Regular service")),
    ("minor_repair", _("Minor repair")),
    ("major_repair", _("Major repair")),
    ("accident", _("Accident repair")),
    ("warranty", _("Warranty claim")),
    ("recall", _("Recall")),
)

POLICY_KIND = Dictionary.of(
    "customer.policy_kind",
    _("Kind of insurance"),
    ("compulsory", _("Compulsory insurance")),
    ("commercial", _("Commercial insurance")),
)

PAYMENT = Dictionary.of(
    "customer.payment",
    _("Way of payment"),
    ("full", _("Paid in full")),
    ("loan", _("Loan")),
    ("lease", _("Lease")),
)

INVOICE_KIND = Dictionary.of(
    "customer.invoice_kind",
    _("Kind of invoice"),
    ("vehicle", _("Vehicle sale")),
    ("service", _("Workshop")),
    ("parts", _("Parts and accessories")),
    ("insurance", _("Insurance agency")),
)

PAYMENT_METHOD = Dictionary.of(
    "customer.payment_method",
    _("Means of payment"),
    ("cash", _("Cash")),
    ("card", _("Bank card")),
    ("transfer", _("Bank transfer")),
    ("mobile", _("Mobile payment")),
)

DICTIONARIES = (
    LEVEL,
    SOURCE,
    CLASSIFICATION,
    EDUCATION,
    COMPANY_SIZE,
    CHANNEL,
    PURPOSE,
    RELATION,
    VEHICLE_ROLE,
    REPAIR_KIND,
    POLICY_KIND,
    PAYMENT,
    INVOICE_KIND,
    PAYMENT_METHOD,
)
