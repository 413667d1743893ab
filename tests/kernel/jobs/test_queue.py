"""A job is done if and only if the transaction that ordered it stands, and it is never lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from crm_kernel.actor import Scope
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import ConfigurationError, Conflict, Forbidden, Malformed, NotFound, TooLarge
from crm_kernel.jobs.lease import LEASE_SECONDS, Lease
from crm_kernel.jobs.store import JobStore
from crm_kernel.jobs.worker import Worker
from crm_kernel.logs import request_id
from tests.kernel.jobs.module import order


async def states(jobs, admin):
    return {job.id: job.state for job in (await jobs.list(admin)).items}


async def test_jobs_are_done_in_the_order_they_came(kernel, workshop, jobs, admin):
    await order(kernel, "A", "B")
    await order(kernel, "C")
    assert await Worker(kernel).drain() == 3
    assert workshop.washed == ["A", "B", "C"]
    assert await states(jobs, admin) == {}
    assert await Worker(kernel).drain() == 0


async def test_a_job_whose_order_was_rolled_back_is_never_done(kernel, workshop):
    with pytest.raises(RuntimeError):
        await order_and_fail(kernel)
    assert await Worker(kernel).drain() == 0


async def order_and_fail(kernel):
    async with kernel.db.work(None) as work:
        kernel.service("jobs").enqueue(work, "workshop.wash", car="A")
        raise RuntimeError


async def test_a_job_knows_who_ordered_it(kernel, workshop, make_actor):
    advisor = await make_actor({})
    served = request_id.set("req-1")
    (job,) = await order(kernel, "A", actor=advisor)
    request_id.reset(served)
    await Worker(kernel).drain()
    (context,) = workshop.contexts
    assert (context.id, context.actor_id, context.request_id, context.attempt) == (
        job,
        advisor.id,
        "req-1",
        1,
    )
    again = await context.actor(kernel)
    assert (again.id, again.via, again.dealership_id) == (advisor.id, "job", advisor.dealership_id)


async def test_arguments_do_not_lie_in_clear(kernel):
    await order(kernel, "13800001234")
    async with kernel.db.engine.connect() as connection:
        raw = (await connection.execute(text("SELECT arguments FROM crm_job"))).scalar_one()
    assert "13800001234" not in raw


async def test_unknown_jobs_and_loads_of_data_are_refused(kernel, jobs):
    async with kernel.db.work(None) as work:
        with pytest.raises(ConfigurationError):
            jobs.enqueue(work, "workshop.paint", car="A")
        with pytest.raises(TooLarge):
            jobs.enqueue(work, "workshop.wash", car="A" * 70_000)


async def test_a_failing_job_is_tried_again_later_and_then_laid_aside(kernel, workshop, jobs, admin, clock):
    workshop.bad = {"A"}
    (job,) = await order(kernel, "A")
    worker = Worker(kernel)
    for attempt in (1, 2):
        assert await worker.drain() == 1
        (view,) = (await jobs.list(admin)).items
        assert (view.state, view.attempts) == ("later", attempt)
        assert await worker.drain() == 0, "not before its time"
        clock.advance(60)
    assert await worker.drain() == 1
    (view,) = (await jobs.list(admin, state="dead")).items
    assert (view.id, view.attempts) == (job, 3)
    assert "ValueError" in view.fault
    assert "too dirty" not in view.fault, "words of foreign exceptions may hold personal data"
    clock.advance(100_000)
    assert await worker.drain() == 0
    workshop.bad = set()
    await jobs.retry(admin, job)
    assert await worker.drain() == 1
    assert workshop.washed == ["A"]


async def test_a_postponed_job_waits_for_its_time(kernel, workshop, jobs, clock):
    async with kernel.db.work(None) as work:
        jobs.enqueue_at(work, "workshop.wash", clock.now() + timedelta(hours=1), car="A")
    assert await Worker(kernel).drain() == 0
    clock.advance(timedelta(minutes=61))
    assert await Worker(kernel).drain() == 1


async def test_two_workers_share_the_jobs_without_doubling(kernel, workshop):
    cars = [str(n) for n in range(60)]
    await order(kernel, *cars)
    await asyncio.gather(Worker(kernel).drain(), Worker(kernel).drain())
    assert sorted(workshop.washed) == sorted(cars)


async def test_the_job_of_a_worker_that_died_is_done_by_another(kernel, workshop, clock):
    await order(kernel, "A")
    await claim_and_die(kernel)
    watcher = Lease(kernel, JobStore(kernel.db))
    await watcher.reap()
    clock.advance(LEASE_SECONDS - 1)
    assert await watcher.reap() == 0
    clock.advance(2)
    assert await watcher.reap() == 1
    assert await Worker(kernel).drain() == 1
    assert workshop.washed == ["A"]
    assert workshop.contexts[0].attempt == 2


async def test_a_job_that_kills_its_workers_is_laid_aside(kernel, jobs, admin, clock):
    await order(kernel, "A")
    watcher = Lease(kernel, JobStore(kernel.db))
    for _attempt in range(3):
        await claim_and_die(kernel)
        await watcher.reap()
        clock.advance(LEASE_SECONDS + 1)
        await watcher.reap()
    assert [job.state for job in (await jobs.list(admin)).items] == ["dead"]


async def test_a_clock_that_jumps_takes_no_job_from_a_living_worker(kernel, clock):
    await order(kernel, "A")
    lease = await claim_and_die(kernel)
    watcher = Lease(kernel, JobStore(kernel.db))
    for jump in (timedelta(days=1), timedelta(hours=-2), timedelta(days=-30)):
        await watcher.reap()
        clock._now += jump
        await lease.beat()
        assert await watcher.reap() == 0


async def test_a_worker_that_was_asleep_for_too_long_stops_what_others_now_do(kernel, workshop, clock):
    workshop.stuck = {"A"}
    await order(kernel, "A")
    sleeper = Worker(kernel)
    running = asyncio.create_task(sleeper.drain())
    await workshop.begun.wait()
    watcher = Lease(kernel, JobStore(kernel.db))
    await watcher.reap()
    clock.advance(LEASE_SECONDS + 1)
    assert await watcher.reap() == 1
    workshop.stuck = set()
    await sleeper.lease.beat()
    await running
    await Worker(kernel).drain()
    assert workshop.washed == ["A"]


async def test_an_interrupted_job_goes_back_and_its_attempt_does_not_count(kernel, workshop):
    workshop.stuck = {"A"}
    await order(kernel, "A")
    worker = Worker(kernel)
    worker.lease.grace_seconds = 0.01
    running = asyncio.create_task(worker.run())
    await workshop.begun.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    workshop.stuck = set()
    assert await Worker(kernel).drain() == 1
    assert workshop.contexts[-1].attempt == 1


async def test_the_running_worker_starts_at_once(kernel, workshop):
    running = asyncio.create_task(Worker(kernel).run())
    await order(kernel, *map(str, range(25)))
    await workshop.until(25)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert sorted(workshop.washed) == sorted(map(str, range(25)))


async def test_an_administrator_cancels_waiting_and_running_jobs(kernel, workshop, jobs, admin):
    workshop.stuck = {"A"}
    running_job, waiting_job = await order(kernel, "A", "B")
    await jobs.cancel(admin, waiting_job)
    worker = Worker(kernel)
    running = asyncio.create_task(worker.drain())
    await workshop.begun.wait()
    with pytest.raises(Conflict):
        await jobs.retry(admin, running_job)
    await jobs.cancel(admin, running_job)
    await worker.lease.beat()
    await running
    assert workshop.washed == []
    assert await states(jobs, admin) == {}
    verbs = [view.verb for view in (await kernel.service("audit").changes(admin)).items]
    assert verbs == ["cancel", "cancel"]


async def test_managing_jobs_needs_the_permission_and_stays_in_ones_dealership(
    kernel, workshop, jobs, make_actor, make_dealership
):
    advisor = await make_actor({"customer.view": Scope.ALL})
    (mine,) = await order(kernel, "A", actor=advisor)
    for call in (
        lambda: jobs.list(advisor),
        lambda: jobs.counts(advisor),
        lambda: jobs.retry(advisor, mine),
        lambda: jobs.cancel(advisor, mine),
        lambda: jobs.schedules(advisor),
        lambda: jobs.workers(advisor),
    ):
        with pytest.raises(Forbidden):
            call()
    here = await make_actor({"jobs.manage": Scope.DEALERSHIP})
    elsewhere = await make_actor({"jobs.manage": Scope.DEALERSHIP}, at=(await make_dealership("east")).id)
    assert [job.id for job in (await jobs.list(here)).items] == [mine]
    assert (await jobs.list(elsewhere)).items == []
    assert await jobs.counts(here) == {"waiting": 1}
    for job in (mine, uuid7()):
        with pytest.raises(NotFound):
            await jobs.cancel(elsewhere, job)
    with pytest.raises(Malformed):
        await jobs.list(here, cursor="x")


async def test_the_queue_is_read_page_by_page(kernel, jobs, admin):
    ids = await order(kernel, *map(str, range(7)))
    seen, cursor = [], None
    while True:
        page = await jobs.list(admin, cursor=cursor, limit=3)
        seen += [job.id for job in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ids[::-1]


async def test_a_worker_may_serve_some_queues_only(kernel, workshop, jobs):
    async with kernel.db.work(None) as work:
        jobs.enqueue(work, "workshop.report")
    await order(kernel, "A")
    await Worker(kernel, queues=["default"]).drain()
    assert workshop.washed == ["A"]
    await Worker(kernel, queues=["reports"]).drain()
    assert workshop.washed == ["A", "report"]


async def test_workers_are_seen_while_they_live(kernel, workshop, jobs, admin):
    assert await jobs.workers(admin) == []
    lease = Lease(kernel, JobStore(kernel.db))
    await lease.enter()
    (worker,) = await jobs.workers(admin)
    assert worker.seen_at == kernel.clock.now()
    await lease.leave()
    assert await jobs.workers(admin) == []


async def claim_and_die(kernel):
    """A worker takes the job and is never heard of again."""
    store = JobStore(kernel.db)
    lease = Lease(kernel, store)
    worker_id = await lease.enter()
    async with kernel.db.work(None) as work:
        assert len(await store.claim(work, worker_id, ["workshop.wash"], 5)) == 1
    return lease
