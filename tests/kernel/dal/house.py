"""Dealerships of two groups and people who work there, for the tests of data access."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

from crm_kernel.actor import Access, Actor, Grants, Place, Scope, Shared
from crm_kernel.dal.database import Database
from crm_kernel.settings import Settings
from tests.kernel.dal.showroom import Car


@dataclass
class House:
    """The organisation of a test: ids by name, and people who work there."""

    db: Database
    settings: Settings
    ids: dict[str, UUID] = field(default_factory=dict)

    def place(self, dealership: str, department: str = "", team: str = "") -> Place:
        number = int(dealership[-1])
        return Place(
            dealership_id=self.ids[dealership],
            department_id=self.ids.get(department),
            team_id=self.ids.get(team),
            region_id=self.ids["south" if number <= 2 else "north" if number == 3 else "abroad"],
            group_id=self.ids["group" if number <= 3 else "others"],
        )

    def access(
        self,
        scope: Scope,
        person: str = "wang",
        permission: str = "car.view",
        shared: tuple[Shared, ...] = (),
        place: Place | None = None,
    ) -> Access:
        where = place or self.place("shop1", "sales", "blue")
        grants = Grants(permissions=MappingProxyType({permission: scope}), shared=shared)
        return Actor(self.ids[person], person, where, grants).access(permission)

    async def add(self, rows: list[Car], by: Access | None = None) -> None:
        async with self.db.work(by or self.access(Scope.ALL)) as work:
            for row in rows:
                work.add(row)


def car(number: int, dealership: UUID | None = None, owner: UUID | None = None, **more: Any) -> Car:
    return Car(
        vin=f"VIN{number:014d}", name=f"car {number}", dealership_id=dealership, owner_id=owner, **more
    )
