"""Statements over the host's people and the roles granted for them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select

from crm_embedded.models import HostPerson
from crm_kernel.access.models import AccessRule, Role
from crm_kernel.access.organisation import Staff
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork


class PeopleStore:
    """Reads people; inside a unit of work what it returns may be changed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def by_host_id(self, host_id: str) -> HostPerson | None:
        """The person of the host with this id, if he was here before."""
        found: HostPerson | None = await self._db.first(
            trusted(select(HostPerson).where(HostPerson.host_id == host_id))
        )
        return found

    async def host_id(self, staff_id: UUID) -> str | None:
        """What the host calls this member of staff."""
        found: str | None = await self._db.first(
            trusted(select(HostPerson.host_id).where(HostPerson.staff_id == staff_id))
        )
        return found

    async def staff(self, staff_id: UUID) -> Staff:
        """The member of staff he is."""
        found: Staff = await self._db.first(trusted(select(Staff).where(Staff.id == staff_id)))
        return found

    async def code_taken(self, dealership_id: UUID | None, code: str) -> bool:
        """Whether somebody in the dealership has this code."""
        return bool(
            await self._db.rows(
                trusted(select(Staff.id).where(Staff.dealership_id == dealership_id, Staff.code == code))
            )
        )

    async def existing(self, roles: Collection[str]) -> set[str]:
        """Those of these roles that there are."""
        found = await self._db.rows(trusted(select(Role.name).where(Role.name.in_(list(roles)))))
        return set(found)

    async def take_roles(self, work: UnitOfWork, staff_id: UUID, roles: Collection[str]) -> None:
        """Take roles from somebody, wherever he holds them."""
        await work.execute(
            delete(AccessRule).where(
                AccessRule.ptype == "g",
                AccessRule.v0 == f"u:{staff_id}",
                AccessRule.v1.in_([f"r:{role}" for role in roles]),
            )
        )
