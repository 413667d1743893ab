"""Contact persons of companies."""

from __future__ import annotations

from crm_customer.entities import CONTACT
from crm_customer.models import Contact, Customer
from crm_customer.service.hanging import HangingService


class ContactService(HangingService[Contact]):
    """Offered as `customer.contacts`."""

    entity = CONTACT
    hangs_on = "customer_id", Customer
