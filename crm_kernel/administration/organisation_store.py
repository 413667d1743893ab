"""Statements over the organisation: group, regions, dealerships, departments, teams, staff, switches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, or_, select

from crm_kernel.access.organisation import (
    Dealership,
    Department,
    Group,
    ModuleSwitch,
    Region,
    Staff,
    Team,
)
from crm_kernel.dal.base import Row
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.errors import NotFound

M = TypeVar("M", bound=Row)


class OrganisationStore:
    """Reads the organisation; inside a unit of work what it returns may be changed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def get(self, model: type[M], id: UUID) -> M:
        """One row by id. Raises NotFound."""
        found: M | None = await self._db.first(trusted(select(model).where(model.id == id)))
        if found is None:
            raise NotFound()
        return found

    async def groups(self) -> Sequence[Group]:
        """Every group."""
        return await self._list(select(Group).order_by(Group.code))

    async def regions(self) -> Sequence[Region]:
        """Every region."""
        return await self._list(select(Region).order_by(Region.code))

    async def departments(self, dealership: UUID) -> Sequence[Department]:
        """A dealership's departments."""
        return await self._list(
            select(Department).where(Department.dealership_id == dealership).order_by(Department.name)
        )

    async def teams(self, dealership: UUID) -> Sequence[Team]:
        """A dealership's teams."""
        return await self._list(select(Team).where(Team.dealership_id == dealership).order_by(Team.name))

    async def code_taken(self, model: Any, code: str, besides: UUID | None = None) -> bool:
        """Whether another group, region or dealership has this code."""
        statement = select(model.id).where(model.code == code)
        if besides is not None:
            statement = statement.where(model.id != besides)
        return await self._db.first(trusted(statement)) is not None

    async def next_number(self) -> int:
        """The number of the next dealership; numbers are never used again, since dealerships stay."""
        highest = await self._db.rows(trusted(select(func.max(Dealership.number))))
        return int(highest[0] or 0) + 1

    async def staff_code_taken(self, dealership: UUID | None, code: str, besides: UUID | None = None) -> bool:
        """Whether another person of the dealership has this code."""
        home = Staff.dealership_id.is_(None) if dealership is None else Staff.dealership_id == dealership
        statement = select(Staff.id).where(home, Staff.code == code)
        if besides is not None:
            statement = statement.where(Staff.id != besides)
        return await self._db.first(trusted(statement)) is not None

    async def staff(
        self,
        dealerships: Collection[UUID] | None,
        *,
        department: UUID | None = None,
        q: str = "",
        active: bool | None = True,
        limit: int = 200,
    ) -> Sequence[Staff]:
        """People of some dealerships (None: all, and those without one) by name, code or mobile."""
        statement = select(Staff).order_by(Staff.name, Staff.id).limit(limit)
        if dealerships is not None:
            statement = statement.where(Staff.dealership_id.in_(dealerships))
        if department is not None:
            statement = statement.where(Staff.department_id == department)
        if active is not None:
            statement = statement.where(Staff.active.is_(active))
        if q:
            statement = statement.where(
                or_(
                    *(
                        column.contains(q, autoescape=True)
                        for column in (Staff.name, Staff.code, Staff.mobile)
                    )
                )
            )
        return await self._list(statement)

    async def names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Names of people, also of those who have left."""
        found = await self._db.rows(trusted(select(Staff.id, Staff.name).where(Staff.id.in_(ids))))
        return {row[0]: row[1] for row in found}

    async def switch(self, dealership: UUID, plugin: str) -> ModuleSwitch | None:
        """The row that switches a module off for a dealership."""
        found: ModuleSwitch | None = await self._db.first(
            trusted(
                select(ModuleSwitch).where(
                    ModuleSwitch.dealership_id == dealership, ModuleSwitch.plugin == plugin
                )
            )
        )
        return found

    async def is_empty(self) -> bool:
        """Whether there is no dealership yet."""
        return await self._db.first(trusted(select(Dealership.id))) is None

    async def _list(self, statement: Any) -> Sequence[Any]:
        return await self._db.rows(trusted(statement))
