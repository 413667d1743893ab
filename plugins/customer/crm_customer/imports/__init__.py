"""How files of a dealer system become customers, vehicles and repair orders, beyond what the fields say."""

from crm_customer.entities import INVOICE, PAYMENT, PURCHASE
from crm_customer.imports.affairs import AffairImporter, PurchaseImporter
from crm_customer.imports.customers import CustomerImporter
from crm_customer.imports.repair_orders import RepairOrderImporter
from crm_customer.imports.vehicles import VehicleImporter
from crm_kernel.contributions import Importer, SyncKind
from crm_kernel.text import messages

_ = messages("customer")

IMPORTERS = (
    Importer("customers", "customer", CustomerImporter, order=10),
    Importer("vehicles", "vehicle", VehicleImporter, order=20),
    Importer("repair_orders", "repair_order", RepairOrderImporter, order=30),
)

SYNC_KINDS = (
    SyncKind("customers", _("Customers"), "customer", order=20),
    SyncKind("vehicles", _("Vehicles"), "vehicle", order=30),
    SyncKind("repair_orders", _("Repair orders"), "repair_order", order=40),
    SyncKind("orders", _("Purchases"), "purchase", lambda kernel: PurchaseImporter(kernel, PURCHASE), 50),
    SyncKind("invoices", _("Invoices"), "invoice", lambda kernel: AffairImporter(kernel, INVOICE), 60),
    SyncKind("payments", _("Payments"), "payment", lambda kernel: AffairImporter(kernel, PAYMENT), 70),
)

__all__ = ["IMPORTERS", "SYNC_KINDS", "CustomerImporter", "RepairOrderImporter", "VehicleImporter"]
