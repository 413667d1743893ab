"""Who else has a client open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.records.presence.service import sweep
from tests.kernel.records.around.conftest import RIGHTS


async def here(kernel: Kernel, actor: Actor, client, **options) -> list[tuple[str, bool]]:
    found = await kernel.service("presence").here(actor, "client", client, **options)
    return [(one.name, one.editing) for one in found]


async def test_two_people_on_one_record_know_of_each_other(
    kernel: Kernel, agent: Actor, make_actor, new_client
) -> None:
    client, other = await new_client("张伟"), await new_client("刘洋")
    colleague = await make_actor(dict.fromkeys(RIGHTS, Scope.DEALERSHIP), name="王顾问")
    assert await here(kernel, agent, client) == []
    assert await here(kernel, colleague, client, editing=True) == [("李接待", False)]
    assert await here(kernel, agent, client) == [("王顾问", True)]
    assert await here(kernel, colleague, client) == [("李接待", False)]
    assert await here(kernel, agent, client) == [("王顾问", False)]
    assert await here(kernel, agent, other) == []


async def test_whoever_left_is_forgotten(kernel: Kernel, agent: Actor, make_actor, new_client, clock) -> None:
    client = await new_client()
    colleague = await make_actor(dict.fromkeys(RIGHTS, Scope.DEALERSHIP), name="王顾问")
    await here(kernel, colleague, client)
    clock.advance(timedelta(minutes=1))
    assert await here(kernel, agent, client) == []
    clock.advance(timedelta(minutes=20))
    await sweep(kernel)
    async with kernel.db.engine.connect() as connection:
        left = (await connection.exec_driver_sql("SELECT count(*) FROM crm_presence")).scalar_one()
    assert left == 0


async def test_somebody_elses_record_has_no_company(kernel: Kernel, stranger: Actor, new_client) -> None:
    client = await new_client()
    with pytest.raises(NotFound):
        await here(kernel, stranger, client)


def test_a_page_asks_often_enough_not_to_be_forgotten() -> None:
    from crm_kernel.records.presence.service import ASK_EVERY, GONE_AFTER

    assert 2 * ASK_EVERY < GONE_AFTER < timedelta(minutes=1)
