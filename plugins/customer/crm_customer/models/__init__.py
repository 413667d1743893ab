"""The tables of the customer module, all named `crm_customer_*`."""

from crm_customer.models.affairs import Policy, Purchase, RepairOrder
from crm_customer.models.base import Base
from crm_customer.models.customer import Customer, Phone
from crm_customer.models.finance import Invoice, Payment
from crm_customer.models.ties import Consent, Contact, Relation
from crm_customer.models.vehicle import PlatePeriod, Reading, Vehicle, VehiclePerson

MODELS: tuple[type[Base], ...] = (
    Customer,
    Phone,
    Contact,
    Relation,
    Consent,
    Vehicle,
    PlatePeriod,
    VehiclePerson,
    Reading,
    Policy,
    Purchase,
    RepairOrder,
    Invoice,
    Payment,
)

__all__ = [
    "MODELS",
    "Base",
    "Consent",
    "Contact",
    "Customer",
    "Invoice",
    "Payment",
    "Phone",
    "PlatePeriod",
    "Policy",
    "Purchase",
    "Reading",
    "Relation",
    "RepairOrder",
    "Vehicle",
    "VehiclePerson",
]
