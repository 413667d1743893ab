"""Our rows as a mirror of the host's records: written when the host says something new, and only then."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import msgspec
from sqlalchemy.exc import IntegrityError

from crm_embedded.mirror_store import MirrorStore
from crm_embedded.models import Mirrored
from crm_kernel.dal.query import Condition, Query
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, CrmError, Invalid, NotFound, Stale
from crm_kernel.kernel import Kernel

if TYPE_CHECKING:
    from crm_embedded.directories import Master
    from crm_embedded.host import Host

log = logging.getLogger("crm.host")
CHECK_DIGIT = "check_digit"
MOST_MET = 3
"""So often a record is written again because somebody else did so at the same moment."""


class Told(Protocol):
    """A record as the host has it."""

    @property
    def id(self) -> str: ...

    @property
    def values(self) -> Mapping[str, Any]: ...


class Mirror:
    """Keeps records of one entity as the host has them, found by the host's id in our field `key`."""

    def __init__(self, kernel: Kernel, entity: str, key: str) -> None:
        self._kernel = kernel
        self._entity = entity
        self._key = key
        self._store = MirrorStore(kernel.db, entity)

    @property
    def _host(self) -> Host:
        found: Host = self._kernel.service("host")
        return found

    async def host_id(self, record_id: UUID, entity: str = "") -> str | None:
        """What the host calls a record of ours (of another `entity`); None for one that is not its own."""
        store = MirrorStore(self._kernel.db, entity) if entity else self._store
        return await store.host_id(record_id)

    async def take(self, dealership_id: UUID, told: Sequence[Told]) -> None:
        """Write what is new. A record our rules refuse is left out and logged; the others stand."""
        known = await self._store.known(dealership_id, [one.id for one in told])
        for one in told:
            facts = sha256(msgspec.json.encode(dict(one.values), enc_hook=str, order="sorted")).hexdigest()
            mirrored = known.get(one.id)
            if mirrored is not None and mirrored.facts == facts:
                continue
            try:
                await self._keep(dealership_id, one, facts)
            except CrmError as fault:
                log.warning(
                    "a record of the host was refused",
                    extra={"entity": self._entity, "host_id": one.id, "code": fault.code},
                )

    async def _keep(self, dealership_id: UUID, told: Told, facts: str) -> None:
        reason, met = "", 0
        while True:
            try:
                await self._write(dealership_id, told, facts, reason)
                return
            except Invalid as fault:
                if reason or all(error.code != CHECK_DIGIT for error in fault.errors):
                    raise
                reason = self._host.name
            except (IntegrityError, Conflict, Stale) as fault:
                # Somebody else asked at the same moment: it is here now. But a caller's transaction is lost.
                met += 1
                if met < MOST_MET and UnitOfWork.current() is None:
                    continue
                if isinstance(fault, CrmError):
                    raise
                raise Stale({}, {}) from fault

    async def _write(self, dealership_id: UUID, told: Told, facts: str, reason: str = "") -> None:
        """`reason` is noted with a VIN whose check digit does not fit: imported cars have such ones."""
        records = self._kernel.service("records")
        actor = await self._kernel.access.operator(dealership_id)
        values = await self._ours(dealership_id, {**told.values, self._key: told.id})
        if reason:
            values["vin_reason"] = reason
        async with self._kernel.db.work(actor, now=self._kernel.clock.now()) as work:
            mirrored = (await self._store.known(dealership_id, [told.id])).get(told.id)
            record_id = mirrored.record_id if mirrored is not None else await self._by_key(actor, told.id)
            if record_id is not None:
                try:
                    await records.change(actor, self._entity, record_id, values)
                except NotFound:
                    record_id = None  # deleted here meanwhile: the host has it, so it comes back
            if record_id is None:
                record_id = (await records.create(actor, self._entity, values)).id
            if mirrored is None:
                mirrored = work.add(
                    Mirrored(
                        dealership_id=dealership_id,
                        entity=self._entity,
                        host_id=told.id,
                        record_id=record_id,
                        facts="",
                    )
                )
            mirrored.record_id, mirrored.facts = record_id, facts

    async def _ours(self, dealership_id: UUID, values: dict[str, Any]) -> dict[str, Any]:
        """Values that point at records of another master, given by the host's ids, as ours."""
        entity = self._kernel.registry.entity(self._entity)
        for field in entity.fields if entity is not None else ():
            master = next((one for one in self._host.masters if one.entity == field.reference), None)
            if master is not None and values.get(field.name):
                other = Mirror(self._kernel, master.entity, master.key)
                values[field.name] = await other.record_of(dealership_id, str(values[field.name]), master)
        return values

    async def record_of(self, dealership_id: UUID, host_id: str, master: Master) -> UUID | None:
        """Our record of what the host calls so; one that is not here yet is asked for."""
        known = await self._store.known(dealership_id, [host_id])
        if host_id not in known:
            shop = (await self._kernel.access.policy()).shops[dealership_id]
            await self.take(dealership_id, await master.find(shop.code, {"id": host_id}))
            known = await self._store.known(dealership_id, [host_id])
        return known[host_id].record_id if host_id in known else None

    async def _by_key(self, actor: Any, host_id: str) -> UUID | None:
        """A record that was here before the mirror."""
        query = Query(conditions=(Condition(self._key, "eq", host_id),), limit=1, fields=(self._key,))
        page = await self._kernel.service("records").list(actor, self._entity, query, typed=True)
        return page.items[0].id if page.items else None
