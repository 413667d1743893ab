"""What happened to a client, newest first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import Malformed
from crm_kernel.kernel import Kernel
from crm_kernel.records.notes.view import NoteDraft
from crm_kernel.text import messages
from tests.kernel.records.around.conftest import RIGHTS

_ = messages("kernel")


async def read(kernel: Kernel, actor: Actor, client, **options):
    return await kernel.service("timeline").read(actor, "client", client, **options)


async def test_adding_changing_deleting_and_restoring_tell_themselves(
    kernel: Kernel, agent: Actor, new_client, clock
) -> None:
    client = await new_client()
    records = kernel.service("records")
    clock.advance(60)
    await records.change(agent, "client", client, {"level": "a", "remark": "急"}, 1)
    await records.delete(agent, "client", client, "重复")
    await records.restore(agent, "client", client)

    page = await read(kernel, agent, client)
    assert {item.kind for item in page.items} == {"created", "changed", "deleted", "restored"}
    changed = next(item for item in page.items if item.kind == "changed")
    assert changed.payload["fields"] == ["level", "remark"]
    assert "Level" in changed.text
    assert "Remark" in changed.text
    assert changed.actor == "李接待"
    assert "重复" in next(item.text for item in page.items if item.kind == "deleted")


async def test_several_changes_in_one_step_are_one_line(kernel: Kernel, agent: Actor, new_client) -> None:
    client = await new_client()
    records = kernel.service("records")
    async with kernel.db.work(agent):
        await records.change(agent, "client", client, {"level": "a"})
        await records.change(agent, "client", client, {"remark": "急"})
    page = await read(kernel, agent, client, kinds=["changed"])
    assert [item.payload["fields"] for item in page.items] == [["level", "remark"]]


async def test_a_field_hidden_from_somebody_is_not_named_to_him(
    kernel: Kernel, agent: Actor, new_client, make_actor
) -> None:
    client = await new_client()
    await kernel.service("records").change(agent, "client", client, {"level": "a", "remark": "急"})
    rights = dict.fromkeys(RIGHTS, Scope.DEALERSHIP)
    junior = await make_actor(rights, hidden=frozenset({"client.level"}))
    page = await read(kernel, junior, client, kinds=["changed"])
    assert page.items[0].payload["fields"] == ["remark"]
    assert "Level" not in page.items[0].text


async def test_a_module_tells_of_something_that_happened_long_ago(
    kernel: Kernel, agent: Actor, new_client, clock
) -> None:
    client = await new_client()
    bought = clock.now() - timedelta(days=900)
    async with kernel.db.work(agent) as work:
        kernel.service("timeline").add(
            work, "client", client, "purchase", _("Bought {car}")(car="ES6"), at=bought, link="/cars/1"
        )
    page = await read(kernel, agent, client)
    assert [item.kind for item in page.items] == ["created", "purchase"]
    assert (page.items[1].text, page.items[1].at, page.items[1].link) == ("Bought ES6", bought, "/cars/1")


async def test_every_line_comes_once_however_small_the_pages(
    kernel: Kernel, agent: Actor, new_client, clock
) -> None:
    client = await new_client()
    async with kernel.db.work(agent, now=clock.now()) as work:
        for number in range(7):
            at = clock.now() + timedelta(minutes=number % 3 - 1)
            kernel.service("timeline").add(work, "client", client, "step", _("Step {n}")(n=number), at=at)
    seen, cursor = [], None
    while True:
        page = await read(kernel, agent, client, cursor=cursor, limit=2)
        seen += page.items
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == 8
    assert len({item.id for item in seen}) == 8
    moments = [item.at for item in seen]
    assert moments == sorted(moments, reverse=True)
    assert sum(item.kind == "created" for item in seen) == 1


async def test_nothing_is_told_of_what_was_rolled_back(kernel: Kernel, agent: Actor, new_client) -> None:
    client = await new_client()

    async def fail() -> None:
        async with kernel.db.work(agent) as work:
            kernel.service("timeline").add(work, "client", client, "step", _("Step"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert [item.kind for item in (await read(kernel, agent, client)).items] == ["created"]


async def test_without_the_right_to_notes_their_lines_are_left_out(
    kernel: Kernel, agent: Actor, new_client, make_actor
) -> None:
    client = await new_client()
    await kernel.service("notes").add(agent, "client", client, NoteDraft(body="私下"))
    outsider = await make_actor({"client.view": Scope.DEALERSHIP})
    assert [item.kind for item in (await read(kernel, outsider, client)).items] == ["created"]


async def test_a_made_up_cursor_is_refused(kernel: Kernel, agent: Actor, new_client) -> None:
    client = await new_client()
    for cursor in ("nonsense", "AAAA", "=" * 40, "'; DROP TABLE crm_timeline"):
        with pytest.raises(Malformed):
            await read(kernel, agent, client, cursor=cursor)
