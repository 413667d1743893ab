"""Statements over roles, their rules and who holds them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from crm_kernel.access.models import AccessRule, Role, SeededGrant
from crm_kernel.access.organisation import Staff
from crm_kernel.access.policy import EVERYWHERE, SUPER
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import NotFound
from crm_kernel.text import messages

_ = messages("kernel")

_VALUE = re.compile(r"[A-Za-z0-9_.:*-]{1,120}")


class RoleStore:
    """Roles as rows and their rules as Casbin rules, written by ORM so that the change log sees them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def role(self, name: str) -> Role:
        """A role, for change when a unit of work is open. Raises NotFound."""
        found: Role | None = await self._db.first(trusted(select(Role).where(Role.name == name)))
        if found is None:
            raise NotFound(_("There is no such role."))
        return found

    async def exists(self, name: str) -> bool:
        """Whether a role has this name."""
        return bool(await self._db.rows(trusted(select(Role.id).where(Role.name == name))))

    async def holders(self) -> dict[str, int]:
        """How many grants there are of each role that has any."""
        counted = select(AccessRule.v1, func.count()).where(AccessRule.ptype == "g").group_by(AccessRule.v1)
        return {row[0].removeprefix("r:"): row[1] for row in await self._db.rows(trusted(counted))}

    async def rules_of(self, work: UnitOfWork, role: str) -> Sequence[AccessRule]:
        """What a role gives and closes, for change."""
        found: Sequence[AccessRule] = await work.rows(
            trusted(select(AccessRule).where(AccessRule.ptype == "p", AccessRule.v0 == f"r:{role}"))
        )
        return found

    async def grant(
        self, work: UnitOfWork, staff: UUID, role: str, dealership: UUID | None
    ) -> AccessRule | None:
        """The rule that gives a person a role in a place, for change."""
        found: AccessRule | None = await work.first(
            trusted(
                select(AccessRule).where(
                    AccessRule.ptype == "g",
                    AccessRule.v0 == f"u:{staff}",
                    AccessRule.v1 == f"r:{role}",
                    AccessRule.v2 == place_of(dealership),
                )
            )
        )
        return found

    async def super_administrators(self) -> set[UUID]:
        """Active people who may do everything."""
        found = await self._db.rows(
            trusted(
                select(AccessRule.v0).where(AccessRule.ptype == "g", AccessRule.v1 == f"r:{SUPER}").distinct()
            )
        )
        people = {UUID(subject.removeprefix("u:")) for subject in found}
        active = await self._db.rows(
            trusted(select(Staff.id).where(Staff.id.in_(people), Staff.active.is_(True)))
        )
        return set(active)

    async def homes(self, staff: Collection[UUID]) -> dict[UUID, UUID | None]:
        """The dealership of each of these people."""
        found = await self._db.rows(
            trusted(select(Staff.id, Staff.dealership_id).where(Staff.id.in_(list(staff))))
        )
        return {row[0]: row[1] for row in found}

    async def seeded(self) -> set[tuple[str, str]]:
        """(role, permission) of every default grant made so far."""
        found = await self._db.rows(trusted(select(SeededGrant.role, SeededGrant.permission)))
        return {(row[0], row[1]) for row in found}


def place_of(dealership: UUID | None) -> str:
    """A dealership as rules name it; everywhere is `*`."""
    return EVERYWHERE if dealership is None else str(dealership)


def rule(ptype: str, v0: str, v1: str, v2: str) -> AccessRule:
    """A new rule. Raises ValueError for characters that Casbin's files cannot carry."""
    for value in (v0, v1, v2):
        if not _VALUE.fullmatch(value):
            raise ValueError(f"a rule cannot hold {value!r}")
    return AccessRule(ptype=ptype, v0=v0, v1=v1, v2=v2)
