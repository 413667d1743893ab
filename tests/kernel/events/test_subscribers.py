"""Listeners hear each event once; one that fails waits alone, and can be mended."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from sqlalchemy import select

from crm_kernel.access.organisation import Group
from crm_kernel.actor import Scope
from crm_kernel.checks.events import findings
from crm_kernel.contributions import Subscription
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Conflict, Forbidden, NotFound
from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.events.subscriber import MAX_ATTEMPTS
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings
from tests.kernel.events.module import listener, sales_module, sell


class Books:
    """What each listener has heard, and the VINs at which the clumsy one falls."""

    def __init__(self):
        self.heard = {"careful": [], "clumsy": []}
        self.bad = set()
        self.complete = asyncio.Event()

    def hear(self, name, vin):
        self.heard[name].append(vin)
        if all(self.heard.values()):
            self.complete.set()

    async def careful(self, kernel, payload, event):
        self.hear("careful", payload.vin)

    async def clumsy(self, kernel, payload, event):
        async with kernel.db.work(None) as work:
            work.add(Group(id=uuid7(), code=payload.vin, name="written by the listener"))
        if payload.vin in self.bad:
            raise ValueError(f"cannot read {payload.vin}")
        self.hear("clumsy", payload.vin)


@pytest.fixture
def books():
    return Books()


@pytest.fixture
def kernel_modules(books):
    return [
        sales_module(listener("stock.careful", books.careful), listener("stock.clumsy", books.clumsy)),
    ]


@pytest.fixture
def dispatcher(kernel):
    return Dispatcher(kernel)


async def test_every_listener_hears_every_sale_once_and_in_order(kernel, dispatcher, books):
    await sell(kernel, "A", "B")
    await sell(kernel, "C")
    assert await dispatcher.drain() == 6
    assert await dispatcher.drain() == 0
    assert books.heard == {"careful": ["A", "B", "C"], "clumsy": ["A", "B", "C"]}


async def test_a_listener_that_fails_holds_nobody_else_back(kernel, dispatcher, books):
    books.bad = {"B"}
    await sell(kernel, "A", "B", "C")
    await dispatcher.drain()
    assert books.heard["careful"] == ["A", "B", "C"]
    assert books.heard["clumsy"][-1:] == ["A"]


async def test_what_a_failing_listener_wrote_is_undone_and_done_once_when_it_succeeds(
    kernel, dispatcher, books, clock
):
    books.bad = {"B"}
    await sell(kernel, "A", "B", "C")
    await dispatcher.drain()
    assert await group_codes(kernel) == ["A"]
    books.bad = set()
    await dispatcher.drain()
    assert await group_codes(kernel) == ["A"], "it waits for its retry"
    clock.advance(5)
    await dispatcher.drain()
    assert await group_codes(kernel) == ["A", "B", "C"]


async def test_after_too_many_attempts_it_stops_until_an_administrator_resumes_it(
    kernel, dispatcher, books, clock, admin
):
    books.bad = {"A"}
    await sell(kernel, "A", "B")
    await fail_for_good(dispatcher, clock)
    state = await state_of(kernel, admin, "stock.clumsy")
    assert (state.state, state.attempts, state.waiting) == ("stopped", MAX_ATTEMPTS, 2)
    assert "ValueError" in state.fault
    assert "cannot read" not in state.fault, "words of foreign exceptions may hold personal data"
    books.bad = set()
    clock.advance(10_000)
    await dispatcher.drain()
    assert await group_codes(kernel) == []
    await kernel.service("subscriptions").resume(admin, "stock.clumsy")
    await dispatcher.drain()
    assert await group_codes(kernel) == ["A", "B"]
    state = await state_of(kernel, admin, "stock.clumsy")
    assert (state.state, state.fault, state.waiting) == ("running", "", 0)


async def test_an_administrator_may_skip_an_event_nobody_can_handle(kernel, dispatcher, books, clock, admin):
    books.bad = {"A"}
    await sell(kernel, "A", "B")
    await fail_for_good(dispatcher, clock)
    await kernel.service("subscriptions").skip(admin, "stock.clumsy", "test data")
    await dispatcher.drain()
    assert await group_codes(kernel) == ["B"]
    with pytest.raises(Conflict):
        await kernel.service("subscriptions").skip(admin, "stock.clumsy", "again")
    with pytest.raises(NotFound):
        await kernel.service("subscriptions").resume(admin, "stock.unknown")


async def test_mending_needs_the_permission(kernel, make_actor):
    advisor = await make_actor({"customer.view": Scope.ALL})
    for call in (
        lambda s: s.list(advisor),
        lambda s: s.resume(advisor, "stock.clumsy"),
        lambda s: s.skip(advisor, "stock.clumsy", "why"),
    ):
        with pytest.raises(Forbidden):
            call(kernel.service("subscriptions"))


async def test_two_processes_share_the_listeners_without_doubling(kernel, books):
    await sell(kernel, *map(str, range(40)))
    both = Dispatcher(kernel), Dispatcher(kernel)
    for one in both:
        await one.prepare()
    await asyncio.gather(*(one.drain() for one in both))
    await both[0].drain()
    assert await group_codes(kernel) == sorted(map(str, range(40)))
    assert books.heard["careful"] == [str(n) for n in range(40)]


async def test_the_running_dispatcher_brings_news_without_being_asked(kernel, books):
    task = asyncio.create_task(Dispatcher(kernel).run())
    await sell(kernel, "A")
    async with asyncio.timeout(10):
        await books.complete.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert books.heard == {"careful": ["A"], "clumsy": ["A"]}


async def fail_for_good(dispatcher, clock):
    for _attempt in range(MAX_ATTEMPTS + 1):
        await dispatcher.drain()
        clock.advance(1_000)


async def state_of(kernel, admin, name):
    return next(s for s in await kernel.service("subscriptions").list(admin) if s.name == name)


async def group_codes(kernel):
    return sorted(await kernel.db.rows(trusted(select(Group.code))))


class Mileage(msgspec.Struct):
    mileage_km: int


async def never(kernel, payload, event):
    raise AssertionError


def test_the_check_finds_a_listener_that_cannot_read_the_example(tmp_path):
    fits = listener("stock.fits", never)
    wrong = Subscription("stock.wrong", "sales.car_sold", Mileage, never)
    deaf = Subscription("stock.deaf", "other.event", Mileage, never)
    kernel = Kernel.boot(
        Settings.load({}, home=tmp_path), modules=[sales_module(fits, wrong, deaf)], discover=False
    )
    (found,) = findings(kernel)
    assert found.params["subscriber"] == "stock.wrong"
    assert "mileage_km" in str(found)
