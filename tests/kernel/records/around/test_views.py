"""Saved views: lists as people arranged them."""

from __future__ import annotations

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import Forbidden, Invalid, NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.records.views.models import SavedView
from crm_kernel.records.views.view import ViewChange, ViewDraft
from tests.kernel.records.around.conftest import RIGHTS

GOOD = {"level": "a", "sort": "-name", "fields": "code,name,level"}


@pytest.fixture
async def boss(make_actor) -> Actor:
    rights = dict.fromkeys((*RIGHTS, "views.share"), Scope.DEALERSHIP)
    return await make_actor(rights, name="主管")


async def names(kernel: Kernel, actor: Actor) -> list[str]:
    return [view.name for view in await kernel.service("views").list(actor, "client")]


async def test_a_view_is_kept_and_used_again(kernel: Kernel, agent: Actor) -> None:
    views = kernel.service("views")
    made = await views.add(
        agent, "clients", ViewDraft(name="A级客户", params=GOOD | {"cursor": "x", "limit": "5"})
    )
    found = await views.get(agent, made.id)
    assert (found.name, found.params, found.dropped, found.mine) == ("A级客户", GOOD, [], True)


async def test_what_the_list_would_refuse_a_view_refuses(kernel: Kernel, agent: Actor) -> None:
    views = kernel.service("views")
    for params in ({"nonsense": "1"}, {"sort": "mobile"}, {"level[drop]": "1"}, {"fields": "password"}):
        with pytest.raises(Invalid):
            await views.add(agent, "client", ViewDraft(name="坏", params=params))
    with pytest.raises(Invalid):
        await views.add(agent, "client", ViewDraft(name=" ", params={}))
    assert await names(kernel, agent) == []


async def test_private_views_are_private_and_shared_ones_are_for_the_shop(
    kernel: Kernel, agent: Actor, boss: Actor, stranger: Actor
) -> None:
    views = kernel.service("views")
    private = await views.add(boss, "client", ViewDraft(name="我的", params=GOOD))
    shared = await views.add(boss, "client", ViewDraft(name="全店", params=GOOD, shared=True))
    assert await names(kernel, boss) == ["全店", "我的"]
    assert await names(kernel, agent) == ["全店"]
    assert await names(kernel, stranger) == []
    for actor, view in ((agent, private), (stranger, private), (stranger, shared)):
        for attempt in (
            views.get(actor, view.id),
            views.change(actor, view.id, ViewChange(name="x")),
            views.delete(actor, view.id),
        ):
            with pytest.raises(NotFound):
                await attempt


async def test_sharing_and_changing_what_is_shared_needs_the_right(
    kernel: Kernel, agent: Actor, boss: Actor
) -> None:
    views = kernel.service("views")
    shared = await views.add(boss, "client", ViewDraft(name="全店", params=GOOD, shared=True))
    mine = await views.add(agent, "client", ViewDraft(name="我的", params=GOOD))
    for attempt in (
        views.add(agent, "client", ViewDraft(name="推广", params=GOOD, shared=True)),
        views.change(agent, mine.id, ViewChange(shared=True)),
        views.change(agent, shared.id, ViewChange(name="x")),
        views.delete(agent, shared.id),
    ):
        with pytest.raises(Forbidden):
            await attempt
    assert await names(kernel, agent) == ["全店", "我的"]


async def test_fields_that_are_gone_or_hidden_drop_out_quietly(
    kernel: Kernel, agent: Actor, boss: Actor, make_actor
) -> None:
    views = kernel.service("views")
    shared = await views.add(boss, "client", ViewDraft(name="全店", params=GOOD, shared=True))
    junior = await make_actor(dict.fromkeys(RIGHTS, Scope.DEALERSHIP), hidden=frozenset({"client.level"}))
    seen = await views.get(junior, shared.id)
    assert seen.params == {"sort": "-name", "fields": "code,name"}
    assert sorted(seen.dropped) == ["level", "level"]

    async with kernel.db.work(boss) as work:
        row = await work.session.get(SavedView, shared.id)
        row.params = '{"former_field": "1", "sort": "gone,-name"}'
    assert (await views.get(agent, shared.id)).params == {"sort": "-name"}


async def test_ones_own_standard_comes_before_the_shops(kernel: Kernel, agent: Actor, boss: Actor) -> None:
    views = kernel.service("views")
    assert await views.standard(agent, "client") is None
    await views.add(boss, "client", ViewDraft(name="全店", params=GOOD, shared=True, standard=True))
    assert (await views.standard(agent, "client")).name == "全店"
    first = await views.add(agent, "client", ViewDraft(name="一", params=GOOD, standard=True))
    await views.add(agent, "client", ViewDraft(name="二", params=GOOD, standard=True))
    assert (await views.standard(agent, "client")).name == "二"
    assert not (await views.get(agent, first.id)).standard
    await views.change(agent, first.id, ViewChange(standard=True))
    assert (await views.standard(agent, "client")).name == "一"
    assert (await views.standard(boss, "client")).name == "全店"


async def test_order_is_the_persons_own(kernel: Kernel, agent: Actor) -> None:
    views = kernel.service("views")
    await views.add(agent, "client", ViewDraft(name="a", params={}, position=2))
    made = await views.add(agent, "client", ViewDraft(name="b", params={}, position=3))
    assert await names(kernel, agent) == ["a", "b"]
    await views.change(agent, made.id, ViewChange(position=1))
    assert await names(kernel, agent) == ["b", "a"]
