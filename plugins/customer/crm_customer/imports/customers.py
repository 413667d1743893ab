"""Customers from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_customer.entities import CUSTOMER
from crm_customer.imports.sightings import Sightings
from crm_customer.repository.customers import CustomerRepository, replace_phones
from crm_customer.repository.staff import staff_by_name
from crm_customer.service.fingerprints import id_print, phone_print
from crm_customer.trade import phones
from crm_kernel.records.imports.importer import Draft, EntityImporter, ImportContext, Staged
from crm_kernel.records.numbers import next_numbers

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

COMPANY = ("公司", "集团", "厂", "商行", "事务所", "中心", "医院", "学校", "合作社", "租赁")
FOREIGN_COMPANY = re.compile(r"(?:co\.?,? ?ltd\.?|inc\.?)$", re.IGNORECASE)

PRINTS_KEPT = 5_000
"""More than a chunk has numbers: each is asked for when likeness is sought and when the row is written."""


class CustomerImporter(EntityImporter):
    """Takes several numbers per customer, gives codes to rows without one, and suspects duplicates.

    A row of a dealer system is a customer, not a prospect, unless the file says so; a name that ends like a
    company's is a company's. The advisor's customers are his where he works here under that name.
    """

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel, CUSTOMER)
        self._customers = CustomerRepository(kernel.db)
        self._staff: Mapping[str, UUID] = {}
        self._seen = Sightings()

    async def prepare(self, context: ImportContext) -> None:
        await super().prepare(context)
        self._staff = await staff_by_name(self.kernel.db, context.dealership)
        self._print = lru_cache(maxsize=PRINTS_KEPT)(
            partial(phone_print, self.kernel.keys, context.dealership)
        )

    def columns(self) -> list[str]:
        return list(dict.fromkeys([*super().columns(), "mobile", "phones"]))

    def complete(self, context: ImportContext, staged: Staged) -> None:
        values = staged.values
        values.setdefault("status", "customer")
        if "kind" not in values:
            values["kind"] = "company" if _is_company(values["name"]) else "person"
        values |= _numbers({}, values)
        owner = self._staff.get(values.get("advisor", ""))
        if owner is not None:
            values.setdefault("owner_id", owner)

    def merge(self, staged: Staged, values: Mapping[str, Any]) -> bool:
        numbers = _numbers(staged.values, values, whole=self.naming is not None)
        return super().merge(staged, {**values, **numbers})

    async def stage(self, context: ImportContext, drafts: Iterable[Draft]) -> list[Staged]:
        staged = await super().stage(context, drafts)
        nameless = [one for one in staged if one.new and not one.values.get("code")]
        if nameless and context.work is not None and CUSTOMER.numbering is not None:
            actor = context.access.actor
            codes = await next_numbers(
                context.work,
                CUSTOMER.numbering,
                CUSTOMER.name,
                context.dealership,
                count=len(nameless),
                timezone=actor.timezone,
            )
            for one, code in zip(nameless, codes, strict=True):
                one.values["code"] = code
        return staged

    async def find_duplicates(self, context: ImportContext, drafts: Sequence[Draft]) -> None:
        if context.work is not None:
            self._seen = Sightings()
        signs = [
            (draft, draft.staged, self._signs(context, draft.staged)) for draft in drafts if draft.staged
        ]
        await self._ask(context, [found for _draft, _staged, found in signs])
        for draft, staged, found in signs:
            draft.duplicates += [r for r, s in found.items() if self._seen.meets_another(s, staged.id)]

    def _signs(self, context: ImportContext, staged: Staged) -> dict[str, list[Any]]:
        values = staged.values
        found: dict[str, list[Any]] = {"mobile": self._prints(values)}
        if values.get("id_number"):
            found["id_number"] = [id_print(self.kernel.keys, context.dealership, values["id_number"])]
        if values.get("birthday"):
            found["name_birthday"] = [(values["name"], values["birthday"])]
        return found

    async def _ask(self, context: ImportContext, signs: Sequence[Mapping[str, list[Any]]]) -> None:
        every = {
            reason: [sign for found in signs for sign in found.get(reason, ())]
            for reason in ("mobile", "id_number", "name_birthday")
        }
        here = context.dealership
        if every["mobile"]:
            self._seen.add(await self._customers.owners_of_numbers(here, every["mobile"]))
        if every["id_number"]:
            self._seen.add(await self._customers.with_id_numbers(here, every["id_number"]))
        if every["name_birthday"]:
            rows = await self._customers.born_as(here, every["name_birthday"])
            self._seen.add(((name, birthday), record_id) for name, birthday, record_id in rows)

    def _prints(self, values: Mapping[str, Any]) -> list[str]:
        numbers = [one["number"] for one in values.get("phones") or ()]
        return [self._print(number) for number in numbers]

    async def follow(
        self, context: ImportContext, created: Sequence[Staged], changed: Sequence[Staged]
    ) -> None:
        if context.work is None:
            return
        new = [(one.id, self._prints(one.values)) for one in created]
        await replace_phones(context.work, context.dealership, new, fresh=True)
        renumbered = [one for one in changed if "phones" in one.changes]
        if renumbered:
            again = [(one.id, self._prints(one.values)) for one in renumbered]
            await replace_phones(context.work, context.dealership, again)


def _is_company(name: str) -> bool:
    return name.endswith(COMPANY) or (name[-1:].isascii() and FOREIGN_COMPANY.search(name) is not None)


def _numbers(before: Mapping[str, Any], row: Mapping[str, Any], *, whole: bool = False) -> dict[str, Any]:
    """The mobile and the list of numbers after a row: its mobile leads, its further numbers are added.

    With `whole` the row's list takes the place of the former one.
    """
    if not row.keys() & {"mobile", "phones"}:
        return {}
    former, cleared = before.get("mobile"), "mobile" in row and row["mobile"] is None
    kept = [] if whole and "phones" in row else list(before.get("phones") or ())
    if cleared:
        kept = [one for one in kept if one["number"] != former]
    known = {one["number"] for one in kept}
    kept += [one for one in row.get("phones") or () if one["number"] not in known]
    mobile = row.get("mobile") or (None if cleared else former) or phones.first_mobile(kept)
    numbers = phones.with_mobile(kept, mobile, former)
    return {"phones": numbers} | ({"mobile": mobile} if mobile or cleared else {})
