"""A dealership with clients, two colleagues, and a second dealership that must see none of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.kernel import Kernel
from crm_kernel.testing.plugin import MakeActor
from tests.kernel.records.around import showroom

RIGHTS = (
    *(f"client.{verb}" for verb in ("view", "create", "change", "delete", "restore", "print", "import")),
    *(f"notes.{verb}" for verb in ("view", "create", "change", "delete")),
    *(f"tasks.{verb}" for verb in ("view", "create", "change", "delete")),
)

NewClient = Callable[..., Awaitable[UUID]]


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [showroom]


@pytest.fixture
async def agent(make_actor: MakeActor) -> Actor:
    """Works on everything in the shop, exports nothing."""
    return await make_actor(dict.fromkeys(RIGHTS, Scope.DEALERSHIP), name="李接待", locale="en")


@pytest.fixture
async def stranger(make_actor: MakeActor, make_dealership: Any) -> Actor:
    """Has every right, in another dealership."""
    east = await make_dealership("east")
    rights = (*RIGHTS, "client.export", "client.reveal", "views.share")
    return await make_actor(dict.fromkeys(rights, Scope.DEALERSHIP), name="外人", at=east.id, locale="en")


@pytest.fixture
def new_client(kernel: Kernel, agent: Actor) -> NewClient:
    """Enters a client: `await new_client("张伟", mobile="13800138000")`."""
    counter = iter(range(1, 10_000))

    async def make(name: str = "张伟", *, by: Actor | None = None, **values: Any) -> UUID:
        values = {"code": f"C{next(counter):04}", "name": name, **values}
        made = await kernel.service("records").create(by or agent, "client", values)
        return UUID(str(made.id))

    return make


@pytest.fixture
async def admin(make_actor: MakeActor) -> Actor:
    """The super administrator; he reads English, in which the showroom's words are written."""
    return await make_actor(super_=True, name="管理员", locale="en")
