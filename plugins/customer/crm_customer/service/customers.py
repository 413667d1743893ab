"""Customers: several numbers each, found by any of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crm_customer import errors
from crm_customer.entities import CUSTOMER
from crm_customer.models import Customer
from crm_customer.repository.customers import replace_phones
from crm_customer.service.base import readable
from crm_customer.service.fingerprints import phone_print
from crm_customer.trade import phones
from crm_customer.trade.phones import Entry
from crm_kernel.actor import Access
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.entity_service import Columns, EntityService
from crm_kernel.records.kinds import MOBILE
from crm_kernel.records.kinds.contact import mask_number
from crm_kernel.records.schema import given
from crm_kernel.text import messages

_ = messages("customer")


class CustomerService(EntityService[Customer]):
    """Offered as `customer.customers`. Duplicates are warned of by `customer.duplicates`, never refused."""

    entity = CUSTOMER
    watched = ("phones", "owner_id")

    async def _before(self, work: UnitOfWork, access: Access, sent: Columns, row: Customer | None) -> Columns:
        if "mobile" not in sent and "phones" not in sent:
            return {}
        kept = row.phones or [] if row else []
        former = row.mobile if row else None
        if "phones" in sent:
            kept = _read(sent["phones"], kept)
        mobile = former
        if "mobile" in sent:
            mobile = readable(MOBILE.parse, _unmasked(sent["mobile"], former)) or None
        elif not any(one["number"] == former for one in kept):
            mobile = phones.first_mobile(kept)
        if mobile is not None and not mobile.startswith("+"):
            return {}  # not a mobile: the field itself says so
        numbers = phones.with_mobile(kept, mobile, former if mobile != former else None)
        for name, value, before in (
            ("mobile", mobile, former),
            ("phones", numbers, row.phones if row else None),
        ):
            if name in sent or (value or None) != (before or None):
                sent[name] = value
        return {}

    async def _after(
        self, work: UnitOfWork, access: Access, row: Customer, former: Mapping[str, Any] | None
    ) -> None:
        await self._tell_owner(work, access, row, former["owner_id"] if former else access.actor.id)
        if former is not None and former["phones"] == row.phones:
            return
        numbers = [one["number"] for one in row.phones or ()]
        prints = [phone_print(self._kernel.keys, row.dealership_id, number) for number in numbers]
        await replace_phones(work, row.dealership_id, [(row.id, prints)], fresh=former is None)

    async def _tell_owner(self, work: UnitOfWork, access: Access, row: Customer, former: UUID | None) -> None:
        """Whoever gets a customer from somebody else is told."""
        if row.owner_id in (None, former, access.actor.id) or not self._kernel.offers("notifications"):
            return
        await self._kernel.service("notifications").notify(
            work,
            [row.owner_id],
            "customer.assigned",
            _("{name} is now your customer.")(name=row.name),
            f"/customers/{row.id}",
        )


def _read(sent: Any, kept: list[Entry]) -> list[Entry]:
    """The list as sent; a number that came back masked is the one it stands for."""
    if not sent:
        return []
    if isinstance(sent, str):
        sent = [part for part in sent.split(",") if part.strip()]
    masked = dict(zip((one["number"] for one in _mask(kept)), kept, strict=True))
    items = [one if isinstance(one, str) else given(one) for one in sent]
    typed = [one if isinstance(one, str) else str(one.get("number", "")) for one in items]
    try:
        return phones.read(masked.get(number, one) for number, one in zip(typed, items, strict=True))
    except ValueError as fault:
        raise errors.no_phone() from fault


def _mask(entries: list[Entry]) -> list[Entry]:
    return [{**one, "number": mask_number(one["number"])} for one in entries]


def _unmasked(sent: Any, former: str | None) -> Any:
    return former if former and MOBILE.mask and sent == MOBILE.mask(former) else sent
