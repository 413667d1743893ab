"""Tells the year through the services, as if the product had been there all along."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm_complaint.demo.cases import lately, past
from crm_complaint.demo.desk import Desk
from crm_complaint.demo.people import People
from crm_kernel.actor import Actor

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

SEED = 12_315


async def fill(kernel: Kernel, actor: Actor) -> None:
    """All or nothing: what came in, what was done about it, and what is to be learnt from it."""
    now, chance = kernel.clock.now(), Random(SEED)
    async with kernel.db.work(actor, now=now) as work:
        desk = Desk(kernel, work, actor, chance, await People.at(kernel, actor))
        await desk.look_round()
        zone = ZoneInfo(actor.timezone)
        for case in sorted((*past(chance, now, zone), *lately(now)), key=lambda one: one.received_at):
            await desk.lead(case)
        await desk.learn(now)
        await desk.people.read_all(kernel)
        work.now = now
