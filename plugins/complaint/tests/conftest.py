"""A dealership at work on complaints: an agent who takes them down, a handler, a supervisor, the manager."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.kernel import Kernel
from crm_kernel.testing.plugin import MakeActor

VERBS = ("view", "create", "change", "delete", "restore", "reveal", "history")
RECORDS = (
    *(f"complaint.{verb}" for verb in VERBS),
    *(f"{prefix}.{verb}" for prefix in ("customer", "vehicle", "suggestion", "problem") for verb in VERBS),
)
DESK = (*RECORDS, "complaint.assign", "complaint.handle", "complaint.follow_up", "complaint.compensate")
NewCase = Callable[..., Awaitable[UUID]]
Step = Callable[..., Awaitable[Any]]

FACTS: dict[str, dict[str, Any]] = {
    "investigate": {"finding": "刹车片已磨损，交车前未检查", "cause": "work"},
    "await_customer": {"what": "行驶证照片"},
    "propose": {"solution": "免费更换刹车片并致歉"},
    "reject": {"reason": "属正常磨损"},
    "explain": {"explanation": "已说明保养周期"},
    "agree": {"agreement": "周六上午到店更换"},
    "carry_out": {"done": "已更换前后刹车片"},
    "follow_up": {"said": "客户表示刹车正常"},
    "satisfied": {"score": 9},
    "unsatisfied": {"reason": "仍有异响"},
    "reopen": {"reason": "一周后异响复现"},
    "force_close": {"reason": "多次联系不上客户"},
}
"""What is said with each step."""


@pytest.fixture
async def agent(make_actor: MakeActor) -> Actor:
    """Takes complaints down, assigns them, asks whether customers are satisfied."""
    return await make_actor(dict.fromkeys(DESK, Scope.DEALERSHIP), name="李接待", locale="en")


@pytest.fixture
async def handler(make_actor: MakeActor) -> Actor:
    """Solves what is his."""
    return await make_actor(dict.fromkeys(DESK, Scope.DEALERSHIP), name="王技师", locale="en")


@pytest.fixture
async def manager(make_actor: MakeActor) -> Actor:
    """The general manager: may also close without satisfaction and open again."""
    rights = (*DESK, "complaint.force_close", "complaint.reopen")
    return await make_actor(dict.fromkeys(rights, Scope.DEALERSHIP), name="陈总", locale="en")


@pytest.fixture
def new_case(kernel: Kernel, agent: Actor) -> NewCase:
    """Takes a complaint down: `await new_case(level="urgent")`."""

    async def make(subject: str = "刹车异响", *, by: Actor | None = None, **values: Any) -> UUID:
        draft = {"subject": subject, "contact": "张先生", "mobile": "13800138000", **values}
        made = await kernel.service("records").create(by or agent, "complaint", draft)
        return UUID(str(made.id))

    return make


@pytest.fixture
def step(kernel: Kernel, handler: Actor) -> Step:
    """Takes steps one after another: `await step(agent, case, "assign", "investigate")`."""

    async def take(actor: Actor, case: UUID, *keys: str, **facts: Any) -> Any:
        seen = None
        for key in keys:
            said = {"handler": str(handler.id)} if key == "assign" else FACTS.get(key, {})
            seen = await kernel.service("flows").step(actor, "complaint", case, key, {**said, **facts})
        return seen

    return take


@pytest.fixture
async def customer(kernel: Kernel, agent: Actor) -> Any:
    draft = {"name": "张伟", "kind": "person", "mobile": "13900139000", "level": "vip"}
    return await kernel.service("records").create(agent, "customer", draft)


@pytest.fixture
async def car(kernel: Kernel, agent: Actor, customer: Any) -> Any:
    draft = {"vin": "LSVAA49J132012345", "plate": "粤B12345", "customer_id": customer.id, "model": "朗逸"}
    return await kernel.service("records").create(agent, "vehicle", draft)
