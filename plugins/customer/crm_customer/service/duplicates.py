"""Is he here already? Suspicions for a person to look at; nothing is refused because of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_customer.repository.customers import CustomerRepository
from crm_customer.service.fingerprints import id_print, phone_print
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.records.kinds import DATE, ID_NUMBER, PHONE
from crm_kernel.records.suspicions import Suspicion
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("customer")

REASONS: Mapping[str, Text] = {
    "mobile": _("Same number"),
    "id_number": _("Same identity number"),
    "name_birthday": _("Same name and birthday"),
}
COLLEAGUES = _("A record you may not see")


class CustomerDuplicates:
    """Offered as `customer.duplicates`: asked while a form is filled in."""

    def __init__(self, kernel: Kernel) -> None:
        self._keys = kernel.keys
        self._customers = CustomerRepository(kernel.db)

    @permitted("customer.view")
    async def suspects(
        self, access: Access, values: Mapping[str, Any], *, but: UUID | None = None
    ) -> list[Suspicion]:
        """Customers like this one (`mobile`, `phones`, `id_number`, `name` with `birthday`), `but` excepted.

        What cannot be read yet is passed over: the form says so at the field itself.
        """
        dealership = access.actor.dealership_id
        found: list[tuple[str, UUID]] = []
        numbers = {number for typed in _numbers(values) if (number := read_or_none(PHONE.parse, typed))}
        if numbers:
            prints = [phone_print(self._keys, dealership, number) for number in numbers]
            rows = await self._customers.owners_of_numbers(dealership, prints)
            found += [("mobile", row[1]) for row in rows]
        if number := read_or_none(ID_NUMBER.parse, values.get("id_number")):
            same = id_print(self._keys, dealership, number)
            rows = await self._customers.with_id_numbers(dealership, [same])
            found += [("id_number", row[1]) for row in rows]
        name, birthday = values.get("name"), read_or_none(DATE.parse, values.get("birthday"))
        if name and isinstance(birthday, date):
            rows = await self._customers.born_as(dealership, [(name, birthday)])
            found += [("name_birthday", row[2]) for row in rows]
        suspected = [pair for pair in dict.fromkeys(found) if pair[1] != but]
        seen = await self._customers.reachable(access, [other for _code, other in suspected])
        return [_suspicion(code, seen.get(other)) for code, other in suspected]


def _numbers(values: Mapping[str, Any]) -> list[Any]:
    phones = values.get("phones") or ()
    if isinstance(phones, str):
        phones = phones.replace("，", ",").split(",")
    return [values.get("mobile"), *(one if isinstance(one, str) else one.get("number") for one in phones)]


def read_or_none(parse: Any, typed: Any) -> Any:
    try:
        return parse(typed) if isinstance(typed, str) and typed.strip() else typed
    except ValueError:
        return None


def colleagues(code: str, reason: Text) -> Suspicion:
    """A record out of reach: that there is one is all that is told."""
    return Suspicion(code, reason, None, COLLEAGUES)


def _suspicion(code: str, card: Any) -> Suspicion:
    if card is None:
        return colleagues(code, REASONS[code])
    return Suspicion(code, REASONS[code], card.id, card.name, card.code or "")
