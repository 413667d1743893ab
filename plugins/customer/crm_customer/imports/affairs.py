"""What a dealer or finance system says was bought, billed and paid."""

from __future__ import annotations

from collections.abc import Sequence

from crm_customer.entities import CUSTOMER
from crm_customer.repository.customers import make_customers
from crm_kernel.audit.entries import BulkEntry
from crm_kernel.records.imports.importer import EntityImporter, ImportContext, Staged
from crm_kernel.records.room import room_of


class AffairImporter(EntityImporter):
    """Gives amounts the dealership's currency."""

    async def prepare(self, context: ImportContext) -> None:
        await super().prepare(context)
        self._currency = (await room_of(self.kernel).directory.shop(context.dealership)).currency

    def complete(self, context: ImportContext, staged: Staged) -> None:
        staged.values["currency"] = self._currency


class PurchaseImporter(AffairImporter):
    """Whoever bought is a customer, not a prospect."""

    async def follow(
        self, context: ImportContext, created: Sequence[Staged], changed: Sequence[Staged]
    ) -> None:
        bought = [one for one in changed if "customer_id" in one.changes]
        buyers = {one.values["customer_id"] for one in (*created, *bought)}
        if context.work is None or not buyers:
            return
        turned = await make_customers(context.work, context.dealership, buyers)
        if turned and self.kernel.offers("audit"):
            entries = [
                BulkEntry(one, "change", {"status": "prospect"}, {"status": "customer"}) for one in turned
            ]
            await self.kernel.service("audit").bulk(context.work, CUSTOMER, entries)
