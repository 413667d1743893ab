"""The customer."""

from __future__ import annotations

from crm_customer.entities import lookup_store
from crm_customer.entities.heads import CUSTOMER as HEADS
from crm_customer.models import Customer
from crm_customer.permissions import FINANCE
from crm_customer.schemas.customer import CustomerChange, CustomerCreate
from crm_customer.trade.phones import PHONES
from crm_kernel.contributions import Entity, Field, Numbering
from crm_kernel.records.kinds import ADDRESS, EMAIL, ID_NUMBER, LONG_TEXT, MOBILE
from crm_kernel.text import messages

_ = messages("customer")

WHO = _("Who it is")
REACH = _("How to reach")
SALES = _("For us")
PERSON = _("Background")
COMPANY = _("Company")
MONEY = _("Bank and loan")

IF_PERSON, IF_COMPANY = ("kind", "person"), ("kind", "company")
KINDS = (("person", _("Person")), ("company", _("Company")))
SEXES = (("male", _("Male")), ("female", _("Female")), ("unknown", _("Unknown")))
STATUSES = (("prospect", _("Prospect")), ("customer", _("Customer")), ("inactive", _("Inactive")))

CUSTOMER = Entity(
    name="customer",
    plural="customers",
    model=Customer,
    label=_("Customer"),
    plural_label=_("Customers"),
    prefix="customer",
    icon="users",
    key=("code",),
    numbering=Numbering("code", "KH{year}{seq:06d}", restart="yearly"),
    service="customer.customers",
    create=CustomerCreate,
    change=CustomerChange,
    lookups=lookup_store.CUSTOMER,
    found_through={"vehicle": "customer_id"},
    fields=(
        Field(
            "code",
            _("Customer code"),
            sort=True,
            filter=True,
            search=True,
            listed=True,
            group=WHO,
            help=_("Left empty, the next number is given."),
            aliases=HEADS["code"],
        ),
        Field(
            "name",
            _("Name"),
            required=True,
            sort=True,
            filter=True,
            search=True,
            listed=True,
            personal=True,
            group=WHO,
            aliases=HEADS["name"],
        ),
        Field(
            "kind", _("Kind"), options=KINDS, filter=True, default="person", group=WHO, aliases=HEADS["kind"]
        ),
        Field(
            "status",
            _("Status"),
            options=STATUSES,
            filter=True,
            listed=True,
            default="prospect",
            group=WHO,
            aliases=HEADS["status"],
        ),
        Field(
            "sex",
            _("Sex"),
            options=SEXES,
            filter=True,
            personal=True,
            default="unknown",
            group=WHO,
            only=IF_PERSON,
            aliases=HEADS["sex"],
        ),
        Field(
            "birthday",
            _("Birthday"),
            sort=True,
            filter=True,
            personal=True,
            group=WHO,
            only=IF_PERSON,
            aliases=HEADS["birthday"],
        ),
        Field(
            "id_number",
            _("Identity number"),
            ID_NUMBER,
            personal=True,
            sensitive=True,
            filter=True,
            group=WHO,
            only=IF_PERSON,
            aliases=HEADS["id_number"],
        ),
        Field(
            "mobile",
            _("Mobile"),
            MOBILE,
            filter=True,
            search=True,
            listed=True,
            personal=True,
            sensitive=True,
            group=REACH,
            aliases=HEADS["mobile"],
        ),
        Field(
            "phones",
            _("Further numbers"),
            PHONES,
            search=True,
            personal=True,
            sensitive=True,
            group=REACH,
            aliases=HEADS["phones"],
        ),
        Field(
            "email",
            _("E-mail"),
            EMAIL,
            filter=True,
            personal=True,
            sensitive=True,
            group=REACH,
            aliases=HEADS["email"],
        ),
        Field("wechat", _("WeChat"), personal=True, group=REACH, aliases=HEADS["wechat"]),
        Field(
            "address",
            _("Address"),
            ADDRESS,
            personal=True,
            sensitive=True,
            group=REACH,
            aliases=HEADS["address"],
        ),
        Field(
            "preferred_channel", _("Preferred channel"), choices="customer.channel", filter=True, group=REACH
        ),
        Field(
            "preferred_time", _("Preferred time"), group=REACH, help=_("For instance: evenings, not Mondays.")
        ),
        Field(
            "do_not_contact",
            _("Do not contact"),
            filter=True,
            default=False,
            group=REACH,
            help=_("No calls, texts or mail, whatever was consented to."),
            aliases=HEADS["do_not_contact"],
        ),
        Field(
            "level",
            _("Level"),
            choices="customer.level",
            sort=True,
            filter=True,
            listed=True,
            group=SALES,
            aliases=HEADS["level"],
        ),
        Field(
            "source",
            _("Source"),
            choices="customer.source",
            filter=True,
            listed=True,
            group=SALES,
            aliases=HEADS["source"],
        ),
        Field(
            "classification",
            _("Classification"),
            choices="customer.classification",
            filter=True,
            group=SALES,
            aliases=HEADS["classification"],
        ),
        Field(
            "registered_on",
            _("Registered on"),
            sort=True,
            filter=True,
            listed=True,
            group=SALES,
            aliases=HEADS["registered_on"],
        ),
        Field(
            "advisor",
            _("Advisor"),
            filter=True,
            listed=True,
            group=SALES,
            aliases=HEADS["advisor"],
        ),
        Field(
            "preferences",
            _("Preferences"),
            LONG_TEXT,
            personal=True,
            group=SALES,
            aliases=HEADS["preferences"],
        ),
        Field(
            "occupation",
            _("Occupation"),
            personal=True,
            group=PERSON,
            only=IF_PERSON,
            aliases=HEADS["occupation"],
        ),
        Field(
            "employer",
            _("Employer"),
            filter=True,
            personal=True,
            group=PERSON,
            only=IF_PERSON,
            aliases=HEADS["employer"],
        ),
        Field(
            "education",
            _("Education"),
            choices="customer.education",
            personal=True,
            group=PERSON,
            only=IF_PERSON,
            aliases=HEADS["education"],
        ),
        Field(
            "interests",
            _("Interests"),
            LONG_TEXT,
            personal=True,
            group=PERSON,
            only=IF_PERSON,
            aliases=HEADS["interests"],
        ),
        Field(
            "industry", _("Industry"), filter=True, group=COMPANY, only=IF_COMPANY, aliases=HEADS["industry"]
        ),
        Field(
            "size",
            _("Company size"),
            choices="customer.company_size",
            group=COMPANY,
            only=IF_COMPANY,
            aliases=HEADS["size"],
        ),
        Field("tax_number", _("Tax number"), group=COMPANY, only=IF_COMPANY, aliases=HEADS["tax_number"]),
        Field(
            "bank_account",
            _("Bank account"),
            permission=FINANCE,
            personal=True,
            sensitive=True,
            importable=False,
            export=False,
            group=MONEY,
        ),
        Field(
            "loan",
            _("Loan"),
            LONG_TEXT,
            permission=FINANCE,
            personal=True,
            sensitive=True,
            importable=False,
            export=False,
            group=MONEY,
        ),
        Field("remark", _("Remark"), LONG_TEXT, group=SALES, aliases=HEADS["remark"]),
    ),
)
