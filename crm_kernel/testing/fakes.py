"""Stand-ins for the ports by which a kernel reaches outside, with what went through them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.contracts import CustomerCard, VehicleCard
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import NotFound, TooLarge
from crm_kernel.notifications.ports import Mail, NotSent, Sms
from crm_kernel.records.attachments.files import StoredFile
from crm_kernel.telephone.ports import Dial, NotDialled
from crm_kernel.text import messages

_ = messages("kernel")


@dataclass
class FakeMailer:
    """Keeps every mail in `sent`; while `down`, refuses as an unreachable server does."""

    sent: list[Mail] = field(default_factory=list)
    down: bool = False
    ready: bool = True

    async def send(self, mail: Mail) -> None:
        if self.down:
            raise NotSent
        self.sent.append(mail)


@dataclass
class FakeSms:
    """Keeps every short message in `sent`; while `down`, refuses as an unreachable gateway does."""

    sent: list[Sms] = field(default_factory=list)
    down: bool = False
    ready: bool = True

    async def send(self, sms: Sms) -> None:
        if self.down:
            raise NotSent
        self.sent.append(sms)


@dataclass
class FakeFileStore:
    """Keeps files in `kept`, by key."""

    kept: dict[str, bytes] = field(default_factory=dict)

    async def save(self, content: BinaryIO, limit: int) -> StoredFile:
        data = content.read()
        if len(data) > limit:
            raise TooLarge(_("The file is too large."))
        key = uuid7().hex
        self.kept[key] = data
        return StoredFile(key, len(data), hashlib.sha256(data).hexdigest())

    async def read(self, key: str) -> AsyncIterator[bytes]:
        if key not in self.kept:
            raise NotFound()
        yield self.kept[key]

    async def remove(self, key: str) -> None:
        self.kept.pop(key, None)

    async def keys(self, older_than: float) -> list[str]:
        return sorted(self.kept)


@dataclass
class FakeCustomers:
    """A host's customer master: what is in `cards`."""

    cards: dict[UUID, CustomerCard] = field(default_factory=dict)

    async def find(
        self, actor: Actor, *, mobile: str = "", plate: str = "", q: str = "", limit: int = 10
    ) -> Sequence[CustomerCard]:
        found = [c for c in self.cards.values() if (mobile and c.mobile == mobile) or (q and q in c.name)]
        return found[:limit]

    async def card(self, actor: Actor, customer_id: UUID) -> CustomerCard | None:
        return self.cards.get(customer_id)


@dataclass
class FakeVehicles:
    """A host's vehicle master: what is in `cards`."""

    cards: dict[UUID, VehicleCard] = field(default_factory=dict)

    async def find(
        self, actor: Actor, *, vin: str = "", plate: str = "", limit: int = 10
    ) -> Sequence[VehicleCard]:
        found = [c for c in self.cards.values() if (vin and c.vin == vin) or (plate and c.plate == plate)]
        return found[:limit]

    async def of_customer(self, actor: Actor, customer_id: UUID) -> Sequence[VehicleCard]:
        return [card for card in self.cards.values() if card.customer_id == customer_id]

    async def card(self, actor: Actor, vehicle_id: UUID) -> VehicleCard | None:
        return self.cards.get(vehicle_id)


@dataclass
class FakeDialler:
    """A telephone system that keeps every call in `dialled`; while `down`, it takes none."""

    dialled: list[Dial] = field(default_factory=list)
    down: bool = False
    ready: bool = True

    async def dial(self, call: Dial) -> None:
        if self.down:
            raise NotDialled
        self.dialled.append(call)


class Fakes:
    """One stand-in for each port."""

    def __init__(self) -> None:
        self.mailer = FakeMailer()
        self.sms = FakeSms()
        self.dialler = FakeDialler()
        self.files = FakeFileStore()
        self.customers = FakeCustomers()
        self.vehicles = FakeVehicles()
        self._ports: dict[str, Any] = {
            "mailer": self.mailer,
            "sms": self.sms,
            "dialler": self.dialler,
            "file_store": self.files,
            "customer.directory": self.customers,
            "vehicle.directory": self.vehicles,
        }

    def overrides(self, *ports: str) -> dict[str, Any]:
        """The named ports as a kernel takes them; all of them when none is named."""
        return {name: self._ports[name] for name in ports or self._ports}
