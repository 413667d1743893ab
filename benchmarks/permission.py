"""What a permission costs: the bare look-up, the decorated call, the way from a request to its actor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from benchmarks.figures import Figure
from benchmarks.rig import Plan
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access, Actor
from crm_kernel.settings import Settings
from crm_standalone.boot import boot

TIMES = 200_000
MICROSECONDS = {"check": 1.0, "guarded call": 1.0, "token, freshness and permission": 5.0}


class _Desk:
    @permitted("customer.view")
    def look(self, access: Access) -> Access:
        return access


def measure(plan: Plan) -> list[Figure]:
    """Microseconds of CPU per call, with the rules and dealerships of the benchmark's database."""
    found = asyncio.run(_measure(plan))
    return [Figure(name, taken, "µs", most=MICROSECONDS[name]) for name, taken in found.items()]


async def _measure(plan: Plan) -> dict[str, float]:
    kernel = boot(Settings.load({}, home=plan.home, database_url=plan.url))
    identity = kernel.service("identity")
    scope: dict[str, Any] = {"headers": [(b"authorization", f"Bearer {plan.token}".encode())]}
    async with kernel.running():
        actor: Actor | None = await identity.authenticate(scope)
        assert actor is not None
        known, desk = actor, _Desk()
        found = {
            "check": _time(lambda: known.may("customer.view")),
            "guarded call": _time(lambda: desk.look(known)),
        }
        started = time.process_time()
        for _number in range(TIMES // 10):
            asked = await identity.authenticate(scope)
            desk.look(asked)
        found["token, freshness and permission"] = (time.process_time() - started) / (TIMES // 10) * 1e6
    return found


def _time(call: Callable[[], object]) -> float:
    started = time.process_time()
    for _number in range(TIMES):
        call()
    return (time.process_time() - started) / TIMES * 1e6
