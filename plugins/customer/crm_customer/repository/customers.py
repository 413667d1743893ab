"""Customers: by number, by likeness, and the fingerprints that find them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, String, and_, bindparam, column, delete, select, values

from crm_customer.models import Customer, Phone
from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.filters import filled_up
from crm_kernel.dal.scoped import Scoped, scoped, trusted
from crm_kernel.dal.unit_of_work import UnitOfWork

CARD = (Customer.id, Customer.code, Customer.name, Customer.kind, Customer.mobile, Customer.level)


class CustomerRepository:
    """What services ask about customers."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def reachable(self, access: Access, ids: Iterable[UUID]) -> dict[UUID, Any]:
        """(id, code, name, kind, mobile, level) of those customers the access reaches, by id."""
        wanted = list(set(ids))
        if not wanted:
            return {}
        rows = await self._db.rows(scoped(access, Customer, *CARD).where(Customer.id.in_(wanted)))
        return {row.id: row for row in rows}

    async def by_numbers(self, access: Access, fingerprints: Sequence[str], limit: int) -> Sequence[Any]:
        """Cards of customers in reach who have one of these numbers."""
        owners = select(Phone.customer_id).where(Phone.number_bi.in_(fingerprints))
        return await self._db.rows(
            scoped(access, Customer, *CARD)
            .where(Customer.id.in_(owners))
            .order_by(Customer.name)
            .limit(limit)
        )

    async def contact_ban(self, access: Access, customer_id: UUID) -> bool | None:
        """Whether he wants no contact; None when there is no such customer in reach."""
        found: bool | None = await self._db.first(
            scoped(access, Customer, Customer.do_not_contact).where(Customer.id == customer_id)
        )
        return found

    # Likeness: asked of the whole dealership, because a colleague's customer is a duplicate too.

    async def owners_of_numbers(self, dealership: UUID, fingerprints: Sequence[str]) -> Sequence[Any]:
        """(fingerprint, customer id) of living customers with one of these numbers."""
        return await self._db.rows(
            trusted(
                select(Phone.number_bi, Phone.customer_id)
                .join(Customer, Customer.id == Phone.customer_id)
                .where(
                    Phone.dealership_id == dealership,
                    Phone.number_bi.in_(fingerprints),
                    Customer.deleted_at.is_(None),
                )
            )
        )

    async def with_id_numbers(self, dealership: UUID, fingerprints: Sequence[str]) -> Sequence[Any]:
        """(fingerprint, customer id) of living customers with one of these identity numbers."""
        return await self._db.rows(
            trusted(
                select(Customer.id_number_bi, Customer.id).where(
                    Customer.dealership_id == dealership,
                    Customer.id_number_bi.in_(fingerprints),
                    Customer.deleted_at.is_(None),
                )
            )
        )

    async def born_as(self, dealership: UUID, people: Sequence[tuple[str, date]]) -> Sequence[Any]:
        """(name, birthday, customer id) of living customers who share name and birthday with somebody."""
        sought = filled_up(list(set(people)))
        given: dict[str, Any] = {"dealership": dealership}
        for place, (name, birthday) in enumerate(sought):
            given[f"name_{place}"], given[f"birthday_{place}"] = name, birthday
        prepared = self._db.prepared(("born as", len(sought)), lambda: _born_as(len(sought)))
        return await self._db.fetch(prepared, given, typed=True)


def _born_as(places: int) -> Scoped:
    # Joined, not listed: no database compares thousands of pairs with every row then.
    pairs = values(column("name", String), column("birthday", Date), name="sought")
    people = [
        (bindparam(f"name_{place}", type_=String), bindparam(f"birthday_{place}", type_=Date))
        for place in range(places)
    ]
    sought = pairs.data(people).cte("sought")
    return trusted(
        select(Customer.name, Customer.birthday, Customer.id)
        .join(sought, and_(Customer.name == sought.c.name, Customer.birthday == sought.c.birthday))
        .where(Customer.dealership_id == bindparam("dealership"), Customer.deleted_at.is_(None))
    )


async def replace_phones(
    work: UnitOfWork, dealership: UUID, numbers: Iterable[tuple[UUID, Sequence[str]]], *, fresh: bool = False
) -> None:
    """Make these customers be found by exactly these fingerprints; `fresh` ones had none before."""
    wanted = list(numbers)
    if not fresh:
        await work.execute(delete(Phone).where(Phone.customer_id.in_([customer for customer, _p in wanted])))
    rows = [
        {"dealership_id": dealership, "customer_id": customer, "number_bi": fingerprint}
        for customer, fingerprints in wanted
        for fingerprint in dict.fromkeys(fingerprints)
    ]
    await work.bulk_insert(Phone, rows)


async def make_customers(work: UnitOfWork, dealership: UUID, ids: Iterable[UUID]) -> list[UUID]:
    """Let prospects who bought be customers; gives those who were prospects."""
    prospects = select(Customer.id).where(
        Customer.dealership_id == dealership, Customer.id.in_(list(ids)), Customer.status == "prospect"
    )
    found: list[UUID] = list(await work.rows(trusted(prospects)))
    await work.bulk_update(Customer, [{"id": one, "status": "customer"} for one in found])
    return found
