"""Three people do what they like to a complaint; a simple model says what may come of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_complaint.process import CLOSED
from crm_kernel.actor import Actor
from crm_kernel.errors import Conflict, CrmError, Forbidden
from crm_kernel.kernel import Kernel
from crm_kernel.testing.doorman import served
from crm_kernel.text import Text

from .conftest import FACTS

WAYS: dict[str, dict[str, str]] = {
    "received": {"assign": "assigned"},
    "assigned": {"assign": "assigned", "investigate": "investigated", "await_customer": "waiting"},
    "investigated": {
        "assign": "assigned",
        "propose": "proposed",
        "reject": "invalid",
        "await_customer": "waiting",
    },
    "waiting": {"answered": "assigned"},
    "invalid": {"explain": CLOSED},
    "proposed": {"propose": "proposed", "agree": "agreed"},
    "agreed": {"carry_out": "carried_out"},
    "carried_out": {"follow_up": "followed_up"},
    "followed_up": {"satisfied": CLOSED, "unsatisfied": "unsatisfied"},
    "unsatisfied": {"assign": "assigned", "propose": "proposed", "await_customer": "waiting"},
    CLOSED: {"reopen": "assigned"},
}
"""Written down a second time, apart from the module, so that a mistake there is seen here."""
VERBS = sorted({verb for ways in WAYS.values() for verb in ways} | {"force_close"})
MANAGERS = {"force_close", "reopen"}
OUTCOMES = {"satisfied": "satisfied", "explain": "invalid", "force_close": "forced"}
OFFICE_HOURS = {"general": 24, "escalated": 8, "important": 4, "urgent": 4}


@dataclass
class Model:
    """What must be true of one case."""

    state: str = "received"
    since: datetime | None = None
    rounds: int = 0
    outcome: str | None = None
    taken: list[str] = field(default_factory=lambda: ["start"])
    level: str = "general"

    def may(self, person: str, verb: str, now: datetime) -> type[CrmError] | None:
        """What a step must be refused with; None where it must succeed."""
        if verb in MANAGERS and person != "manager":
            return Forbidden
        if verb not in WAYS[self.state] and not (verb == "force_close" and self.state != CLOSED):
            return Conflict
        if verb == "reopen" and self.since is not None and now - self.since > timedelta(days=30):
            return Conflict
        return Forbidden if person == "concerned" else None

    def take(self, verb: str, now: datetime) -> None:
        """The step was taken."""
        self.state = CLOSED if verb == "force_close" else WAYS[self.state][verb]
        self.since = now
        self.rounds += verb == "unsatisfied"
        self.outcome = OUTCOMES.get(verb) if self.state == CLOSED else None
        self.taken.append(verb)


@pytest.fixture
async def step_over_http(kernel: Kernel, agent: Actor, handler: Actor, manager: Actor) -> AsyncIterator[Any]:
    """Takes a step as a program does; a refusal is raised like the service's own."""
    app, doorman = served(kernel)
    known = {
        who.id: doorman.knows(replace(who, via="token", _accesses={})) for who in (agent, handler, manager)
    }
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://crm.test") as client:

        async def take(actor: Actor, case: UUID, key: str, **facts: Any) -> None:
            path = f"/api/v1/complaints/{case}/{key.replace('_', '-')}"
            answer = await client.post(path, json={**FACTS.get(key, {}), **facts}, headers=known[actor.id])
            if answer.status_code == 403:
                raise Forbidden(key)
            if answer.status_code == 409:
                assert isinstance(answer.json()["open"], list)
                raise Conflict(Text("refused"))
            assert answer.status_code == 200, answer.text

        yield take


actions = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["agent", "manager", "concerned"]), st.sampled_from(VERBS)),
        st.tuples(st.just("usual"), st.integers(0, 5)),
        st.tuples(st.just("time"), st.sampled_from([1, 7, 26, 400, 800])),
        st.tuples(st.just("level"), st.sampled_from(sorted(OFFICE_HOURS))),
    ),
    min_size=4,
    max_size=16,
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plan=actions)
async def test_nothing_illegal_happens_and_nothing_is_lost(
    kernel: Kernel,
    agent: Actor,
    handler: Actor,
    manager: Actor,
    new_case,
    step,
    step_over_http,
    clock,
    plan: Any,
) -> None:
    people = {"agent": agent, "manager": manager, "concerned": handler}
    case, model = await new_case(staff_concerned=[str(handler.id)]), Model()
    calendar = await kernel.service("working_time").calendar(agent.dealership_id, "office")
    started = clock.now()
    for turn, (who, what) in enumerate(plan):
        if who == "time":
            clock.advance(timedelta(hours=what))
        elif who == "level":
            await _level(kernel, agent, case, model, what)
        else:
            if who == "usual":
                ways = sorted(WAYS[model.state])
                who, what = ("manager", ways[what % len(ways)])
            way = step_over_http if turn % 2 else step
            await _try(way, people, case, model, who, what, clock.now())
        record = await kernel.service("records").get(agent, "complaint", case)
        assert (record.status, record.rounds, record.outcome) == (model.state, model.rounds, model.outcome)
    await _history(kernel, agent, case, model)
    await _accept_clock(kernel, agent, case, model, calendar, started)


async def _level(kernel: Kernel, agent: Actor, case: UUID, model: Model, level: str) -> None:
    change = kernel.service("records").change
    if model.state == CLOSED:
        with pytest.raises(Conflict):
            await change(agent, "complaint", case, {"level": level})
    else:
        await change(agent, "complaint", case, {"level": level})
        model.level = level


async def _try(step: Any, people: Any, case: UUID, model: Model, who: str, verb: str, now: datetime) -> None:
    refusal = model.may(who, verb, now)
    said = {"handler": str(people["agent"].id)} if verb == "assign" else {}
    if refusal is None:
        await step(people[who], case, verb, **said)
        model.take(verb, now)
    else:
        with pytest.raises(refusal):
            await step(people[who], case, verb, **said)


async def _history(kernel: Kernel, agent: Actor, case: UUID, model: Model) -> None:
    record = await kernel.service("records").get(agent, "complaint", case)
    assert (record.closed_at is None) == (model.state != CLOSED)
    history = await kernel.service("flows").history(agent, "complaint", case)
    assert [move.step for move in history] == model.taken
    if model.state == CLOSED:
        assert model.taken[-1] in ("satisfied", "explain", "force_close")


async def _accept_clock(
    kernel: Kernel, agent: Actor, case: UUID, model: Model, calendar: Any, started: datetime
) -> None:
    found = (await kernel.service("flows").clocks(agent, "complaint", [case]))[case]
    [accept] = [clock for clock in found if clock.kind == "accept"]
    if model.state == "received":
        assert calendar.between(started, accept.due_at) == timedelta(hours=OFFICE_HOURS[model.level])
    else:
        assert accept.state in ("met", "missed")
    assert all(clock.ended_at is not None for clock in found) == (model.state == CLOSED)
