"""What runs until it is stopped stops, also when a library has swallowed the wish."""

from __future__ import annotations

import asyncio

from crm_kernel.deadline import asked_to_stop


async def test_a_loop_ends_although_a_driver_swallowed_the_cancellation():
    waiting = asyncio.Event()

    async def driver():
        try:
            waiting.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "an answer that came at the same moment"

    async def work():
        while not asked_to_stop():
            await driver()
        return "ended"

    task = asyncio.create_task(work())
    await waiting.wait()
    task.cancel()
    assert await task == "ended"


async def test_nobody_asked_a_task_that_simply_runs():
    assert not asked_to_stop()
