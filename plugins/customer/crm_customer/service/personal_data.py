"""What we hold about one person: handed over on request, or made unrecognisable (PIPL articles 45 and 47)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_customer.entities import CUSTOMER
from crm_customer.models import Customer
from crm_customer.repository.customers import replace_phones
from crm_customer.repository.personal import PersonalRepository
from crm_kernel.actor import Access
from crm_kernel.contributions import Entity, PersonalData
from crm_kernel.records.leftovers import forget
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")

ERASED = "—"


async def export(kernel: Kernel, access: Access, customer_id: UUID) -> Mapping[str, Any]:
    """Everything personal, open, by record type; empty for somebody out of reach."""
    found = await PersonalRepository(kernel.db).about(access, customer_id)
    return {name: [_told(kernel, name, row) for row in rows] for name, rows in found.items()}


def _told(kernel: Kernel, name: str, row: Any) -> dict[str, Any]:
    entity = kernel.registry.entity(name)
    fields = entity.fields if entity is not None else ()
    return {field.name: getattr(row, field.name) for field in fields if hasattr(row, field.name)}


async def erase(kernel: Kernel, access: Access, customer_id: UUID) -> int:
    """Overwrite what identifies the person, with notes, files and timeline; business figures stay.

    Gives the number of records touched.
    """
    async with kernel.db.work(access, now=kernel.clock.now()) as work:
        work.reason = "erasure"
        found = await PersonalRepository(kernel.db).about(access, customer_id)
        customers = found["customer"]
        for row in customers:
            _blank(CUSTOMER, row)
            row.name = ERASED
            row.do_not_contact = True
            await replace_phones(work, row.dealership_id, [(row.id, ())])
            await forget(kernel, work, CUSTOMER.name, row)
        touched = len(customers)
        for name in ("contact", "relation"):
            for row in found[name]:
                await work.remove(row)
                touched += 1
        if kernel.offers("audit"):
            for name in ("customer", "contact", "relation"):
                await kernel.service("audit").forget(work, name, [row.id for row in found[name]])
    return touched


def _blank(entity: Entity, row: Customer) -> None:
    columns = row.__table__.columns
    for field in entity.fields:
        if field.personal and field.name != "name" and columns[field.name].nullable:
            setattr(row, field.name, None)
    row.sex = "unknown"
    row.remark = None


PERSONAL_DATA = (PersonalData("customer", export, erase),)
