"""Consents by purpose and channel: given, proved, withdrawn, never overwritten (PIPL articles 14 to 16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_customer import errors
from crm_customer.entities import CONSENT
from crm_customer.events import ConsentTold
from crm_customer.models import Consent, Customer
from crm_customer.repository.customers import CustomerRepository
from crm_customer.repository.ties import TieRepository
from crm_customer.service.hanging import HangingService
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Invalid
from crm_kernel.records.entity_service import Columns
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")


class ConsentService(HangingService[Consent]):
    """Offered as `customer.consents`; modules that call or write to people ask `allows` before they do."""

    entity = CONSENT
    hangs_on = "customer_id", Customer

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._ties = TieRepository(kernel.db)
        self._customers = CustomerRepository(kernel.db)

    @permitted("consent.view")
    async def current(self, access: Access, customer_id: UUID) -> Sequence[Any]:
        """The latest word per purpose and channel: (id, purpose, channel, given_at, proof, withdrawn_at)."""
        latest: dict[tuple[str, str], Any] = {}
        for row in await self._ties.consents(access, customer_id):
            latest.setdefault((row.purpose, row.channel), row)
        return list(latest.values())

    @permitted("consent.view")
    async def allows(self, access: Access, customer_id: UUID, purpose: str, channel: str) -> bool:
        """Whether he may be approached so now: his last word is yes, and he has not forbidden all contact."""
        reach = access.actor.access("customer.view")
        if await self._customers.contact_ban(reach, customer_id) is not False:
            return False
        rows = await self._ties.consents(access, customer_id, purpose, channel)
        return bool(rows) and rows[0].withdrawn_at is None

    @permitted("consent.change")
    async def withdraw(self, access: Access, id: UUID, how: str) -> Consent:
        """Note that he took it back, and how he said so. Withdrawing twice changes nothing."""
        if not how.strip():
            raise Invalid.one("withdrawal", "required", _("Say how it was withdrawn."))
        async with self._kernel.db.work(access) as work:
            consent = await work.get(access, Consent, id)
            if consent.withdrawn_at is None:
                consent.withdrawn_at, consent.withdrawal = work.now, how.strip()
                self._tell(work, "consent.withdrawn", consent)
        return consent

    async def _before(self, work: UnitOfWork, access: Access, sent: Columns, row: Consent | None) -> Columns:
        if row is not None and {"customer_id", "purpose", "channel", "given_at"} & sent.keys():
            raise errors.kept("purpose")
        if row is None:
            sent["given_at"] = sent.get("given_at") or work.now
        return {}

    async def _after(
        self, work: UnitOfWork, access: Access, row: Consent, former: Mapping[str, Any] | None
    ) -> None:
        if former is None:
            self._tell(work, "consent.given", row)

    def _tell(self, work: UnitOfWork, name: str, row: Consent) -> None:
        told = ConsentTold(row.customer_id, row.purpose, row.channel, row.withdrawn_at or row.given_at)
        self._kernel.events.emit(work, name, told, entity="consent", record_id=row.id)
