"""Rights of people: compiled once per person, dealership and policy revision; a check is then a look-up."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.access.authority import Authority
from crm_kernel.access.policy import SUPER, Policy
from crm_kernel.access.store import IDENTITY, POLICY, PolicyStore
from crm_kernel.actor import Actor, Grants, Place
from crm_kernel.contributions import Entity, Permission
from crm_kernel.errors import NotFound, Unauthenticated
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.access.organisation import Staff
    from crm_kernel.dal.unit_of_work import UnitOfWork
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
log = logging.getLogger("crm.access")

__all__ = ["OPERATOR", "SUPER", "AccessControl", "Policy"]

OPERATOR = UUID(int=0)
"""The staff id under which the shell acts; no person has it."""

FRESH_SECONDS = 0.75
TRUSTED_SECONDS = 0.95


class Stamp:
    """The state of policy and identities that a cached actor was made under; compared by identity."""

    __slots__ = ("identity", "policy")

    def __init__(self, policy: int, identity: int) -> None:
        self.policy = policy
        self.identity = identity


class AccessControl:
    """Turns a staff id into an Actor with grants, no older than a second after the policy changed."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._clock = kernel.clock
        self.store = PolicyStore(kernel.db)
        self._policy = Policy(-1, ())
        self._stamp = Stamp(-1, -1)
        self._fresh_until = self._trusted_until = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Load the policy for the first time."""
        await self._read()

    async def policy(self) -> Policy:
        """The policy, checked for changes about once a second; waits only when it is too old to trust."""
        now = self._clock.monotonic()
        if now >= self._fresh_until:
            reading = self._begin_reading()
            if now >= self._trusted_until:
                await asyncio.shield(reading)
        return self._policy

    def stamp(self, now: float) -> Stamp | None:
        """What a cached actor must have been made under to count at `now` (the clock's `monotonic`).

        None when nobody has looked for changes lately: ask `current_stamp` then.
        """
        return self._stamp if now < self._fresh_until else None

    async def current_stamp(self) -> Stamp:
        """The stamp after making sure that it is young enough to trust."""
        await self.policy()
        return self._stamp

    async def changed(self) -> None:
        """Read the policy again now: called after the commit of a change made in this process."""
        if self._reading is not None and not self._reading.done():
            await asyncio.shield(self._reading)
        await asyncio.shield(self._begin_reading())

    async def count(self, work: UnitOfWork, counter: int = POLICY) -> None:
        """Count a change in the transaction that makes it, so that it takes effect everywhere.

        Writers of the policy queue here: call it before reading what the change depends on.
        """
        await self.store.bump(work, counter)
        if "access" not in work.facts:
            work.facts["access"] = True
            work.after_commit(self.changed)

    def _begin_reading(self) -> asyncio.Task[None]:
        # A task of its own reads outside the caller's open transaction, whose changes may yet be undone.
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(_note_fault)
        return self._reading

    async def _read(self) -> None:
        now = self._clock.monotonic()
        counters = await self.store.revisions()
        policy, identity = counters.get(POLICY, 0), counters.get(IDENTITY, 0)
        owners = {p.name: plugin for plugin, p in self._kernel.registry.owned(Permission)}
        if policy != self._policy.revision or owners.keys() != self._policy.owners.keys():
            self._policy = Policy(
                policy,
                await self.store.rules(),
                switches=await self.store.switches(),
                shops=await self.store.shops(),
                sharing=await self.store.sharing(),
                owners=owners,
                prefixes={entity.name: entity.prefix for entity in self._kernel.registry.of(Entity)},
            )
            self._stamp = Stamp(policy, identity)
        elif identity != self._stamp.identity:
            self._stamp = Stamp(policy, identity)
        self._fresh_until, self._trusted_until = now + FRESH_SECONDS, now + TRUSTED_SECONDS

    async def grants(self, staff: UUID, dealership: UUID | None) -> Grants:
        """A person's rights in a dealership."""
        return (await self.policy()).grants(staff, dealership)

    async def authority(self, actor: Actor) -> Authority:
        """What an actor may hand on to others."""
        return Authority(await self.policy(), actor)

    async def actor(
        self,
        staff_id: UUID,
        dealership_id: UUID | None = None,
        *,
        via: str = "session",
        locale: str = "",
        prefers: str = "",
    ) -> Actor:
        """The actor for a member of staff, in his own dealership or in another where he holds a role.

        `locale` wins over the language the person chose, that over what his browser `prefers`. Raises
        Unauthenticated when there is no such active person, NotFound for a dealership he may not enter.
        """
        policy = await self.policy()
        staff = await self.store.staff(staff_id)
        if staff is None or not staff.active:
            raise Unauthenticated()
        chosen = dealership_id or staff.dealership_id
        place, timezone, language = Place(group_id=staff.group_id), self._kernel.settings.timezone, ""
        if chosen is not None:
            shop = policy.shops.get(chosen)
            if shop is None or not shop.active or not may_enter(policy, staff, chosen):
                raise NotFound(_("There is no such dealership.")) if dealership_id else Unauthenticated()
            own = chosen == staff.dealership_id
            place = Place(
                dealership_id=shop.id,
                region_id=shop.region_id,
                group_id=shop.group_id,
                department_id=staff.department_id if own else None,
                team_id=staff.team_id if own else None,
            )
            timezone, language = shop.timezone, shop.locale
        return Actor(
            id=staff.id,
            name=staff.name,
            place=place,
            grants=policy.grants(staff.id, chosen),
            locale=locale or staff.locale or prefers or language or self._kernel.settings.locale,
            timezone=timezone,
            via=via,
            login=staff.code,
        )

    async def operator(self, dealership_id: UUID | None = None, *, locale: str = "") -> Actor:
        """Whoever holds the shell: may do everything. Raises NotFound for an unknown dealership."""
        policy = await self.policy()
        place, timezone = Place(), self._kernel.settings.timezone
        if dealership_id is not None:
            shop = policy.shops.get(dealership_id)
            if shop is None:
                raise NotFound(_("There is no such dealership."))
            place = Place(dealership_id=shop.id, region_id=shop.region_id, group_id=shop.group_id)
            timezone, locale = shop.timezone, locale or shop.locale
        return Actor(
            id=OPERATOR,
            name="crm",
            place=place,
            grants=policy.super_grants(dealership_id),
            locale=locale or self._kernel.settings.locale,
            timezone=timezone,
            via="cli",
            login="crm",
        )


def _note_fault(reading: asyncio.Task[None]) -> None:
    if not reading.cancelled() and (fault := reading.exception()):
        log.warning("the policy could not be read", extra={"fault": type(fault).__name__})


def may_enter(policy: Policy, staff: Staff, dealership_id: UUID) -> bool:
    """Whether a person may act in a dealership: his own, or one where he holds a role."""
    return dealership_id == staff.dealership_id or bool(policy.roles(staff.id, dealership_id))
