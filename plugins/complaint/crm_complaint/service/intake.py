"""Who is calling: found by a number or a plate while the complaint is being typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import msgspec

from crm_complaint.models import Complaint
from crm_complaint.repository.complaints import ComplaintRepository
from crm_complaint.service.fingerprints import mobile_print
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access, Actor
from crm_kernel.contracts import CustomerCard, VehicleCard
from crm_kernel.records.kinds import MOBILE
from crm_kernel.records.notes.view import NoteDraft
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")

MOST = 8


class CustomerFinder(Protocol):
    """What the intake asks of whoever keeps the customers."""

    async def find(
        self, actor: Actor, *, mobile: str = "", plate: str = "", q: str = "", limit: int = 10
    ) -> Sequence[CustomerCard]: ...


class VehicleFinder(Protocol):
    """What the intake asks of whoever keeps the vehicles."""

    async def of_customer(self, actor: Actor, customer_id: UUID) -> Sequence[VehicleCard]: ...

    async def card(self, actor: Actor, vehicle_id: UUID) -> VehicleCard | None: ...


class CaseLine(msgspec.Struct, frozen=True):
    """A complaint in one line."""

    id: UUID
    number: str
    subject: str
    level: str
    status: str
    received_at: datetime


class Caller(msgspec.Struct, frozen=True):
    """Somebody who may be calling, with his cars and his complaints, open ones first."""

    customer_id: UUID
    code: str
    name: str
    level: str
    mobile: str
    vehicles: Sequence[dict[str, Any]]
    complaints: Sequence[CaseLine]


class Callers(msgspec.Struct, frozen=True):
    """Everybody who fits, and complaints of strangers entered with this very number."""

    items: Sequence[Caller]
    complaints: Sequence[CaseLine] = ()


class Intake:
    """Offered as `complaint.intake`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._repository = ComplaintRepository(kernel.db)

    @permitted("complaint.create")
    async def look(self, access: Access, mobile: str = "", plate: str = "") -> Callers:
        """Who this may be, by a whole mobile number or a plate; nobody for what is neither."""
        actor = access.actor
        number = mobile_of(mobile)
        found: Sequence[CustomerCard] = ()
        if self._kernel.offers("customer.directory") and (number or plate.strip()):
            finder: CustomerFinder = self._kernel.service("customer.directory")
            found = await finder.find(actor, mobile=number or "", plate=plate.strip(), limit=MOST)
        items = [await self._caller(actor, card) for card in found]
        known = {case.id for item in items for case in item.complaints}
        return Callers(items, [case for case in await self._strangers(actor, number) if case.id not in known])

    async def _caller(self, actor: Actor, card: CustomerCard) -> Caller:
        vehicles: Sequence[VehicleCard] = ()
        if self._kernel.offers("vehicle.directory") and actor.may("vehicle.view"):
            garage: VehicleFinder = self._kernel.service("vehicle.directory")
            vehicles = await garage.of_customer(actor, card.id)
        return Caller(
            card.id,
            card.code,
            card.name,
            card.level,
            card.mobile,
            [{"id": car.id, "plate": car.plate, "vin": car.vin, "model": car.model} for car in vehicles],
            await self.cases_of_customer(actor, card.id) if actor.may("complaint.view") else (),
        )

    @permitted("complaint.view")
    async def cases_of_number(self, access: Access, mobile: str) -> Sequence[CaseLine]:
        """Complaints entered with a mobile number, open ones first; none for what is no number."""
        return await self._strangers(access.actor, mobile_of(mobile))

    async def _strangers(self, actor: Actor, number: str | None) -> Sequence[CaseLine]:
        dealership = actor.place.dealership_id
        if number is None or dealership is None or not actor.may("complaint.view"):
            return ()
        fingerprint = mobile_print(self._kernel.keys, dealership, number)
        rows = await self._repository.of_caller(actor.access("complaint.view"), fingerprint or "", MOST)
        return [_line(row) for row in rows]

    @permitted("complaint.view")
    async def cases_of_customer(self, access: Access, customer_id: UUID) -> Sequence[CaseLine]:
        """A customer's complaints, open ones first; none for somebody out of reach."""
        return [_line(row) for row in await self._repository.of_customer(access, customer_id, MOST)]

    @permitted("complaint.view")
    async def cases_of_vehicle(self, access: Access, vehicle_id: UUID) -> Sequence[CaseLine]:
        """Complaints about a vehicle, open ones first; none for one out of reach."""
        return [_line(row) for row in await self._repository.of_vehicle(access, vehicle_id, MOST)]

    @permitted("complaint.view")
    async def join(self, access: Access, complaint_id: UUID, text: str) -> None:
        """Add what a caller said to a case that is open already. Raises NotFound, Forbidden, Invalid."""
        await self._kernel.service("notes").add(access.actor, "complaint", complaint_id, NoteDraft(body=text))

    @permitted("complaint.view")
    async def mine(self, access: Access) -> int:
        """How many open complaints the actor has to handle."""
        return await self._repository.mine(access)


def _line(row: Complaint) -> CaseLine:
    return CaseLine(row.id, row.number, row.subject, row.level, row.status, row.received_at)


def mobile_of(typed: str) -> str | None:
    """A whole mobile number as it is kept; None for what is none."""
    try:
        return str(MOBILE.parse(typed)) if typed.strip() else None
    except ValueError:
        return None
