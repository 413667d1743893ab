"""Reading the policy: rules, people and their places, switches, sharing; and counting its changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from crm_kernel.access.models import AccessRevision, AccessRule, Role, SharingRule
from crm_kernel.access.organisation import Dealership, ModuleSwitch, Staff
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork

POLICY = 1
"""Counts changes of rules, people, places and switches."""
IDENTITY = 2
"""Counts sign-outs, revoked tokens and disabled accounts: whatever ends a known identity."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A Casbin rule as stored."""

    ptype: str
    v0: str
    v1: str
    v2: str


@dataclass(frozen=True, slots=True)
class Shop:
    """A dealership as far as rights need to know it."""

    id: UUID
    code: str
    name: str
    group_id: UUID | None
    region_id: UUID | None
    active: bool
    timezone: str
    locale: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """A sharing rule in force."""

    group_id: UUID
    entity: str
    source_id: UUID | None
    target_id: UUID | None
    tag: str
    fields: frozenset[str]


class PolicyStore:
    """Statements over the policy tables."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def revisions(self) -> dict[int, int]:
        """The counters of `POLICY` and `IDENTITY`; absent before the first change."""
        prepared = self._db.prepared(
            "revisions", lambda: trusted(select(AccessRevision.id, AccessRevision.revision))
        )
        return {row[0]: row[1] for row in await self._db.fetch(prepared, {})}

    async def bump(self, work: UnitOfWork, counter: int = POLICY) -> None:
        """Count a change in the transaction that makes it; other writers of the policy wait for its end."""
        done = await work.execute(
            update(AccessRevision)
            .where(AccessRevision.id == counter)
            .values(revision=AccessRevision.revision + 1)
        )
        if not done.rowcount:
            work.session.add(AccessRevision(id=counter, revision=1))
            await work.flush()

    async def rules(self) -> list[Rule]:
        """Every rule."""
        columns = (AccessRule.ptype, AccessRule.v0, AccessRule.v1, AccessRule.v2)
        return [Rule(*row) for row in await self._db.rows(trusted(select(*columns)))]

    async def switches(self) -> list[Any]:
        """(dealership id, plugin) of modules switched off."""
        return list(await self._db.rows(trusted(select(ModuleSwitch.dealership_id, ModuleSwitch.plugin))))

    async def shops(self) -> list[Shop]:
        """Every dealership."""
        columns = (
            Dealership.id,
            Dealership.code,
            Dealership.name,
            Dealership.group_id,
            Dealership.region_id,
            Dealership.active,
            Dealership.timezone,
            Dealership.locale,
        )
        return [Shop(*row) for row in await self._db.rows(trusted(select(*columns)))]

    async def sharing(self) -> list[Sharing]:
        """Every sharing rule in force."""
        rules: Sequence[SharingRule] = await self._db.rows(
            trusted(select(SharingRule).where(SharingRule.active.is_(True)))
        )
        return [
            Sharing(r.group_id, r.entity, r.source_id, r.target_id, r.tag, frozenset(r.fields)) for r in rules
        ]

    async def roles(self) -> Sequence[Role]:
        """Every role, by name."""
        found: Sequence[Role] = await self._db.rows(trusted(select(Role).order_by(Role.name)))
        return found

    async def name_of(self, staff_id: UUID) -> str | None:
        """What a person is called, also one who has left."""
        found: str | None = await self._db.first(trusted(select(Staff.name).where(Staff.id == staff_id)))
        return found

    async def staff(self, staff_id: UUID) -> Staff | None:
        """A person."""
        found: Staff | None = await self._db.first(trusted(select(Staff).where(Staff.id == staff_id)))
        return found

    async def dealership(self, dealership_id: UUID) -> Dealership | None:
        """A dealership."""
        found: Dealership | None = await self._db.first(
            trusted(select(Dealership).where(Dealership.id == dealership_id))
        )
        return found

    async def dealerships(self) -> Sequence[Dealership]:
        """Every dealership, by number."""
        found: Sequence[Dealership] = await self._db.rows(
            trusted(select(Dealership).order_by(Dealership.number))
        )
        return found

    async def dealership_by_code(self, code: str) -> Dealership | None:
        """The dealership with this code."""
        found: Dealership | None = await self._db.first(
            trusted(select(Dealership).where(Dealership.code == code))
        )
        return found
