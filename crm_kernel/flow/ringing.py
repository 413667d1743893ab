"""Clocks that must be heard: warnings before a deadline, escalation after it, reminders from then on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.contributions import EventType, Flow, NotificationType
from crm_kernel.dal.scoped import scoped
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.flow import clocks, store
from crm_kernel.flow.definition import ClockRule
from crm_kernel.flow.models import FlowClock
from crm_kernel.flow.room import engine_of
from crm_kernel.records.titles import Columns, title_of
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

BATCH = 200


class ClockTold(msgspec.Struct, frozen=True):
    """A clock came near its end, or ran out. `due_at` is RFC 3339 in UTC."""

    flow: str
    record_id: str
    kind: str
    due_at: str


def _example() -> ClockTold:
    return ClockTold("loan_car", "0192f0c4-7b1a-7c3e-9d5e-2f1a6b8c9d01", "accept", "2026-11-23T09:30:00Z")


EVENTS = (
    EventType("flow.clock_warned", ClockTold, _example, _("A deadline is near")),
    EventType("flow.clock_missed", ClockTold, _example, _("A deadline was missed")),
)
NOTIFICATIONS = (
    NotificationType("flow.warned", _("A deadline is near")),
    NotificationType("flow.missed", _("A deadline was missed")),
)


async def ring(kernel: Kernel) -> int:
    """Let every clock be heard that must be; returns how many were. Several processes share the work."""
    heard = 0
    while True:
        due = await store.ringing(kernel.db, kernel.clock.now(), BATCH)
        for clock_id, next_at in due:
            heard += await _ring_one(kernel, clock_id, next_at)
        if len(due) < BATCH:
            return heard


async def _ring_one(kernel: Kernel, clock_id: UUID, next_at: datetime) -> bool:
    async with kernel.db.work(None, now=kernel.clock.now()) as work:
        clock = await store.take_ring(work, clock_id, next_at)
        if clock is None or clock.due_at is None:
            return False
        flow = next((one for one in kernel.registry.of(Flow) if one.name == clock.flow), None)
        if flow is None:
            return False
        rule = (await engine_of(kernel).versions.of(clock.dealership_id, flow, clock.version)).clock(
            clock.kind
        )
        if rule is None:
            return False
        if work.now < clock.due_at:
            await _tell(kernel, work, flow, rule, clock, "warned", rule.warns)
            clocks.warn(clock, work.now)
            return True
        calendar = await kernel.service("working_time").calendar(clock.dealership_id, rule.calendar)
        await _tell(kernel, work, flow, rule, clock, "missed", rule.escalates_to)
        clocks.miss(clock, rule, calendar, work.now)
        return True


async def _tell(
    kernel: Kernel,
    work: UnitOfWork,
    flow: Flow,
    rule: ClockRule,
    clock: FlowClock,
    what: str,
    roles: Iterable[str],
) -> None:
    due = f"{clock.due_at:%Y-%m-%dT%H:%M:%SZ}" if clock.due_at else ""
    told = ClockTold(flow.name, str(clock.record_id), clock.kind, due)
    kernel.events.emit(
        work,
        f"flow.clock_{what}",
        told,
        entity=flow.entity,
        record_id=clock.record_id,
        dealership_id=clock.dealership_id,
    )
    record = await _record(kernel, work, flow, clock)
    entity = kernel.registry.entity(flow.entity)
    if record is None or entity is None or not kernel.offers("notifications"):
        return
    text = _words(what)(kind=entity.label, title=title_of(entity, Columns(record)), clock=rule.label)
    people = await _people(kernel, clock.dealership_id, record, roles)
    path = f"/{entity.plural}/{clock.record_id}"
    await kernel.service("notifications").notify(work, people, f"flow.{what}", text, path)


def _words(what: str) -> Text:
    if what == "warned":
        return _("{kind} {title}: “{clock}” will soon run out.")
    return _("{kind} {title}: “{clock}” has run out.")


async def _record(kernel: Kernel, work: UnitOfWork, flow: Flow, clock: FlowClock) -> Any:
    entity = kernel.registry.entity(flow.entity)
    if entity is None:
        return None
    operator = await kernel.access.operator(clock.dealership_id)
    access = operator.access(entity.permission("view"))
    return await work.first(scoped(access, entity.model).where(entity.model.id == clock.record_id))


async def _people(kernel: Kernel, dealership_id: UUID, record: Any, roles: Iterable[str]) -> set[UUID]:
    """Holders of the roles in the dealership; `@column` means whoever that column of the record names."""
    policy = await kernel.access.policy()
    found: set[UUID] = set()
    for role in roles:
        if role.startswith("@"):
            named = getattr(record, role[1:], None)
            found |= {named} if named is not None else set()
        else:
            found |= policy.holders(role, dealership_id)
    return found
