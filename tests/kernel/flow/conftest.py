"""A dealership with damage cases, an advisor, and a manager who hears of what is late."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from crm_kernel.access.models import AccessRule
from crm_kernel.actor import Actor, Grants, Scope
from crm_kernel.dal.types import uuid7
from crm_kernel.kernel import Kernel
from crm_kernel.testing.plugin import MakeActor
from tests.kernel.flow import workshop

RIGHTS = (
    *(f"case.{verb}" for verb in ("view", "create", "change", "delete", "restore", "close", "pay")),
    "flows.manage",
    "working_time.manage",
    "approvals.manage",
)
NewCase = Callable[..., Awaitable[UUID]]


@pytest.fixture
def kernel_modules() -> list[Any]:
    workshop.told.clear()
    return [workshop]


@pytest.fixture
async def advisor(make_actor: MakeActor) -> Actor:
    return await make_actor(dict.fromkeys(RIGHTS, Scope.DEALERSHIP), name="王顾问", locale="en")


@pytest.fixture
async def manager(kernel: Kernel, make_actor: MakeActor, dealership: Any) -> Actor:
    """Holds the role service_manager in the policy, so that clocks find him."""
    made = await make_actor(dict.fromkeys(RIGHTS, Scope.DEALERSHIP), name="刘经理", locale="en")
    return await hold(kernel, made, "service_manager")


async def hold(kernel: Kernel, actor: Actor, role: str) -> Actor:
    """The same person with a role in his dealership."""
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.add(
            AccessRule(id=uuid7(), ptype="g", v0=f"u:{actor.id}", v1=f"r:{role}", v2=str(actor.dealership_id))
        )
    grants = Grants(permissions=actor.grants.permissions, roles=frozenset({role}))
    return Actor(actor.id, actor.name, actor.place, grants, locale=actor.locale, login=actor.login)


@pytest.fixture
def new_case(kernel: Kernel, advisor: Actor) -> NewCase:
    """Reports a case: `await new_case("后杠", level="urgent")`."""

    async def make(name: str = "后杠", *, by: Actor | None = None, **values: Any) -> UUID:
        made = await kernel.service("records").create(by or advisor, "case", {"name": name, **values})
        return UUID(str(made.id))

    return make
