"""Whoever starts long work sees how far it has come, also after a reload, and may stop it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from crm_kernel.errors import NotFound
from crm_kernel.jobs.context import JobCancelled
from crm_kernel.text import messages

_ = messages("workshop")


async def test_progress_is_read_by_its_owner_only(kernel, jobs, make_actor):
    mine, other = await make_actor({}), await make_actor({})
    started = await jobs.start_progress(
        mine, "import", total=200, message=_("Reading {file}")(file="客户.csv")
    )
    view = await jobs.read_progress(mine, started)
    assert (view.done, view.total, view.state) == (0, 200, "running")
    assert str(view.message) == "Reading 客户.csv"
    for call in (lambda: jobs.read_progress(other, started), lambda: jobs.cancel_progress(other, started)):
        with pytest.raises(NotFound):
            await call()
    assert await jobs.my_progress(other) == []
    assert [p.id for p in await jobs.my_progress(mine, "import")] == [started]
    assert await jobs.my_progress(mine, "export") == []


async def test_a_job_tells_how_far_it_is_and_what_came_of_it(jobs, make_actor, clock):
    actor = await make_actor({})
    started = await jobs.start_progress(actor, "import")
    progress = jobs.progress(started)
    await progress.advance(10, total=100)
    for done in range(11, 60):
        await progress.advance(done)
    assert (await jobs.read_progress(actor, started)).done == 10, "written twice a second, not for every row"
    clock.advance(1)
    await progress.advance(60)
    assert (await jobs.read_progress(actor, started)).done == 60
    await progress.finish({"created": 99, "rejected": {"vin_wrong": 1}})
    view = await jobs.read_progress(actor, started)
    assert (view.state, view.result) == ("done", {"created": 99, "rejected": {"vin_wrong": 1}})


async def test_progress_of_a_chunk_is_shown_if_the_chunk_is_committed(kernel, jobs, make_actor):
    actor = await make_actor({})
    started = await jobs.start_progress(actor, "import")
    progress = jobs.progress(started)
    with pytest.raises(RuntimeError):
        await advance_and_fail(kernel, progress)
    assert (await jobs.read_progress(actor, started)).done == 0


async def advance_and_fail(kernel, progress):
    async with kernel.db.work(None):
        await progress.advance(500)
        raise RuntimeError


async def test_the_owner_stops_the_work(jobs, make_actor, clock):
    actor = await make_actor({})
    started = await jobs.start_progress(actor, "import")
    progress = jobs.progress(started)
    await progress.advance(5)
    await jobs.cancel_progress(actor, started)
    assert (await jobs.read_progress(actor, started)).cancelling
    clock.advance(1)
    with pytest.raises(JobCancelled):
        await progress.advance(6)
    view = await jobs.read_progress(actor, started)
    assert (view.state, view.cancelling) == ("cancelled", False)


async def test_work_that_failed_says_why(jobs, make_actor):
    actor = await make_actor({})
    started = await jobs.start_progress(actor, "import")
    await jobs.progress(str(started)).fail(_("The file is empty."))
    view = await jobs.read_progress(actor, started)
    assert (view.state, str(view.message)) == ("failed", "The file is empty.")


async def test_words_and_results_do_not_lie_in_clear(kernel, jobs, make_actor):
    actor = await make_actor({})
    started = await jobs.start_progress(actor, "merge", message=_("Merging {name}")(name="王小明"))
    await jobs.progress(started).finish({"name": "王小明"})
    async with kernel.db.engine.connect() as connection:
        row = (await connection.execute(text("SELECT message, result FROM crm_job_progress"))).one()
    assert all("王小明" not in value and "\\u738b" not in value for value in row)


async def test_old_progress_is_forgotten(jobs, make_actor, clock):
    actor = await make_actor({})
    await jobs.start_progress(actor, "import")
    clock.advance(89 * 86_400)
    fresh = await jobs.start_progress(actor, "import")
    clock.advance(2 * 86_400)
    assert await jobs.tidy() == 1
    assert [p.id for p in await jobs.my_progress(actor)] == [fresh]
