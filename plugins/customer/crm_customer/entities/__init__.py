"""What each record of this module is: its fields, their labels and what may be done with them."""

from crm_customer.entities.affairs import POLICY, PURCHASE, REPAIR_ORDER
from crm_customer.entities.customer import CUSTOMER
from crm_customer.entities.finance import INVOICE, PAYMENT
from crm_customer.entities.ties import CONSENT, CONTACT, RELATION
from crm_customer.entities.vehicle import VEHICLE

ENTITIES = (CUSTOMER, VEHICLE, REPAIR_ORDER, CONTACT, RELATION, CONSENT, PURCHASE, POLICY, INVOICE, PAYMENT)

__all__ = [
    "CONSENT",
    "CONTACT",
    "CUSTOMER",
    "ENTITIES",
    "INVOICE",
    "PAYMENT",
    "POLICY",
    "PURCHASE",
    "RELATION",
    "REPAIR_ORDER",
    "VEHICLE",
]
