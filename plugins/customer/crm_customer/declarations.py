"""What this module puts into the house's menus, slots and registers of services."""

from __future__ import annotations

from crm_customer.models import (
    Consent,
    Contact,
    Invoice,
    Payment,
    Policy,
    Purchase,
    Relation,
    RepairOrder,
    Vehicle,
    VehiclePerson,
)
from crm_customer.service.affairs import PolicyService, PurchaseService
from crm_customer.service.consents import ConsentService
from crm_customer.service.contacts import ContactService
from crm_customer.service.customers import CustomerService
from crm_customer.service.directories import Customers, Vehicles
from crm_customer.service.duplicates import CustomerDuplicates
from crm_customer.service.handing_over import hand_over
from crm_customer.service.relations import RelationService
from crm_customer.service.repair_orders import RepairOrderService
from crm_customer.service.vehicle_duplicates import VehicleDuplicates
from crm_customer.service.vehicles import VehicleService
from crm_kernel.contributions import (
    Link,
    MenuItem,
    NotificationType,
    Offer,
    SearchAction,
    Slot,
    Subscription,
)
from crm_kernel.records.events import RecordChanged
from crm_kernel.text import messages

_ = messages("customer")

OFFERS = (
    Offer("customer.customers", CustomerService),
    Offer("customer.vehicles", VehicleService),
    Offer("customer.repair_orders", RepairOrderService),
    Offer("customer.contacts", ContactService),
    Offer("customer.relations", RelationService),
    Offer("customer.consents", ConsentService),
    Offer("customer.purchases", PurchaseService),
    Offer("customer.policies", PolicyService),
    Offer("customer.duplicates", CustomerDuplicates),
    Offer("vehicle.duplicates", VehicleDuplicates),
    Offer("customer.directory", Customers),
    Offer("vehicle.directory", Vehicles),
)

GROUP = _("Customers")
MENU = (
    MenuItem(_("Customers"), "/customers", "customer.view", "users", GROUP, 10),
    MenuItem(_("Vehicles"), "/vehicles", "vehicle.view", "car", GROUP, 20),
    MenuItem(_("Repair orders"), "/repair-orders", "repair_order.view", "tool", GROUP, 30),
    MenuItem(_("Purchases"), "/purchases", "purchase.view", "shopping-cart", GROUP, 40),
    MenuItem(_("Insurance policies"), "/policies", "policy.view", "shield", GROUP, 50),
    MenuItem(_("Invoices"), "/invoices", "invoice.view", "file-invoice", GROUP, 60),
    MenuItem(_("Payments"), "/payments", "payment.view", "cash", GROUP, 70),
)

SLOTS = (
    Slot("customer.record", _("On the customer's page")),
    Slot("vehicle.record", _("On the vehicle's page")),
    Slot("repair_order.record", _("On the repair order's page")),
)

SEARCH = (
    SearchAction(
        _("Add a customer"), "/customers/new", "customer.create", "user-plus", ("客户", "新增", "customer")
    ),
    SearchAction(_("Add a vehicle"), "/vehicles/new", "vehicle.create", "car", ("车辆", "新增", "vehicle")),
    SearchAction(
        _("Import customers"), "/imports/new?kind=customers", "customer.import", "upload", ("导入", "import")
    ),
)

NOTIFICATIONS = (NotificationType("customer.assigned", _("A customer was assigned to you")),)

SUBSCRIPTIONS = (Subscription("customer.hand_over", "customer.changed", RecordChanged, hand_over),)

LINKS = (
    Link("customer", Contact, "customer_id"),
    Link("customer", Relation, "customer_id"),
    Link("customer", Relation, "other_id"),
    Link("customer", Consent, "customer_id"),
    Link("customer", Vehicle, "customer_id"),
    Link("customer", VehiclePerson, "customer_id"),
    Link("customer", RepairOrder, "customer_id"),
    Link("customer", Purchase, "customer_id"),
    Link("customer", Invoice, "customer_id"),
    Link("customer", Payment, "customer_id"),
    Link("vehicle", Invoice, "vehicle_id"),
    Link("vehicle", RepairOrder, "vehicle_id"),
    Link("vehicle", Purchase, "vehicle_id"),
    Link("vehicle", Policy, "vehicle_id"),
)
