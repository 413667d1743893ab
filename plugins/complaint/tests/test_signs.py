"""Early signs: what rises against its own past is told once, small numbers disturb nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_complaint.rising import chance_of, rises
from crm_kernel.access.models import AccessRule
from crm_kernel.actor import Actor, Scope
from crm_kernel.dal.types import uuid7
from crm_kernel.kernel import Kernel

WEEK = timedelta(weeks=1)


def test_the_chance_is_that_of_the_exact_test() -> None:
    assert chance_of(0, 0) == 1.0
    assert chance_of(5, 0) == pytest.approx(0.25**5)
    assert chance_of(1, 3) == pytest.approx(1 - 0.75**4)


@pytest.mark.parametrize(
    ("recent", "past", "risen"),
    [
        (4, 0, False),  # four cases are too few, whatever went before
        (5, 0, True),
        (5, 6, False),  # twice as usual and more, but that happens
        (12, 9, True),
        (8, 15, False),  # not twice as many
        (40, 66, False),  # certain, but less than twice
    ],
)
def test_a_rise_takes_cases_a_factor_and_little_chance(recent: int, past: int, risen: bool) -> None:
    assert bool(rises({"brakes": (recent, past)})) is risen


def test_the_more_is_watched_the_surer_a_rise_must_be() -> None:
    alone = {"brakes": (7, 6)}
    assert rises(alone)
    assert not rises(alone | {f"p{n}": (1, 3) for n in range(60)})


async def hold(kernel: Kernel, actor: Actor, role: str) -> None:
    """Let somebody hold a role."""
    subject, where = f"u:{actor.id}", str(actor.dealership_id)
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.add(AccessRule(id=uuid7(), ptype="g", v0=subject, v1=f"r:{role}", v2=where))


async def fill(new_case, clock, past: int, recent: int, **values: str) -> None:
    """Complaints spread over twelve weeks and the four after them."""
    now = clock.now()
    for n in range(past):
        await new_case(received_at=now - timedelta(weeks=5 + n * 10 / max(past, 1)), **values)
    for n in range(recent):
        await new_case(received_at=now - timedelta(days=1 + n % 25), **values)


@pytest.fixture
async def chief(make_actor) -> Actor:
    rights = dict.fromkeys(("complaint.view", "complaint.figures"), Scope.DEALERSHIP)
    return await make_actor(rights, locale="en")


async def test_a_problem_that_rises_is_shown_with_its_numbers_and_told_once(
    kernel: Kernel, chief: Actor, new_case, clock
) -> None:
    await hold(kernel, chief, "customer_service_supervisor")
    await new_case(received_at=clock.now() - 15 * WEEK)
    await fill(new_case, clock, past=3, recent=7, problem_type="brakes", model="途观L")
    await fill(new_case, clock, past=3, recent=2, problem_type="engine")
    view = await kernel.service("reports").run(chief, "complaint.signs", {})
    assert [line.label for line in view.rows] == ["Problem · Brakes", "Model · 途观L"]
    assert [cell.value for cell in view.rows[0].cells][:2] == [7, 1]
    assert "problem_type=brakes" in view.rows[0].cells[0].path
    signs = kernel.service("complaint.signs")
    assert await signs.tell() == 2
    assert await signs.tell() == 0
    inbox = await kernel.service("notifications").inbox(chief)
    assert len(inbox.items) == 2
    clock.advance(13 * WEEK)
    await fill(new_case, clock, past=0, recent=9, problem_type="brakes")
    assert await signs.tell() == 1


async def test_a_house_without_a_past_has_no_signs(kernel: Kernel, chief: Actor, new_case, clock) -> None:
    await fill(new_case, clock, past=0, recent=8, problem_type="brakes")
    assert await kernel.service("complaint.signs").rising(chief) == []
