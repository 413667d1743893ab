"""The demo dealership has a year of complaints behind it and some of every kind before it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_complaint.demo import DEMO_DATA
from crm_complaint.process import CLOSED, OPEN
from crm_kernel.actor import Actor
from crm_kernel.administration.presets import seed_presets
from crm_kernel.dal.query import Condition, Query
from crm_kernel.kernel import Kernel
from crm_kernel.testing.plugin import MakeActor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
async def adviser(kernel: Kernel, admin: Actor, make_actor: MakeActor) -> Actor:
    """Somebody of the dealership who handles complaints and has no other task in them."""
    await seed_presets(kernel)
    person = await make_actor({}, name="周强")
    await kernel.service("policy").grant(admin, person.id, "service_advisor", person.dealership_id)
    return await kernel.access.actor(person.id)


@pytest.fixture(autouse=True)
async def story(kernel: Kernel, admin: Actor, adviser: Actor) -> None:
    (demo,) = DEMO_DATA
    await demo.fill(kernel, admin)


async def test_it_has_a_past_year_and_cases_in_many_states_of_today(
    kernel: Kernel, admin: Actor, adviser: Actor
) -> None:
    records, now = kernel.service("records"), kernel.clock.now()

    async def count(*conditions: Condition) -> int:
        found: int = await records.count(admin, "complaint", Query(conditions))
        return found

    long_ago = Condition("received_at", "lt", now - timedelta(days=180))
    assert await count(long_ago) > 20
    assert await count(long_ago, Condition("status", "ne", CLOSED)) == 0
    standing = [state for state in OPEN if await count(Condition("status", "eq", state))]
    assert len(standing) >= 6
    assert await count(Condition("outcome", "eq", "forced")) > 0
    assert await count(Condition("handler_id", "eq", adviser.id)) > 50


async def test_each_step_was_taken_at_its_own_time_and_nobody_finds_old_news_in_his_inbox(
    kernel: Kernel, admin: Actor, adviser: Actor
) -> None:
    oldest = Query((Condition("outcome", "eq", "satisfied"),), sort=("received_at",), limit=1)
    (case,) = (await kernel.service("records").list(admin, "complaint", oldest, typed=True)).items
    times = [move.at for move in await kernel.service("flows").history(admin, "complaint", case.id)]
    assert len(set(times)) == len(times) >= 7
    assert (min(times), max(times)) == (case.received_at, case.closed_at)
    assert await kernel.service("notifications").unread(adviser) == 0
    clocks = await kernel.service("reports").run(admin, "complaint.clocks", {"period": "year"})
    late = [line.cells[1].value for line in clocks.rows]
    assert 0 < sum(late) < sum(line.cells[0].value for line in clocks.rows)
