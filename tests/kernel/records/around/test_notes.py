"""Notes, calls and visits on a client's page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import Forbidden, Invalid, NotFound, Stale
from crm_kernel.kernel import Kernel
from crm_kernel.records.notes.view import NoteChange, NoteDraft
from tests.kernel.records.around.conftest import RIGHTS


async def test_a_call_with_its_outcome_is_read_again_and_stands_in_the_timeline(
    kernel: Kernel, agent: Actor, new_client
) -> None:
    client = await new_client()
    notes = kernel.service("notes")
    call = NoteDraft(kind="call", body="谈了新车，13800138000", outcome="reached", minutes=7)
    made = await notes.add(agent, "client", client, call)

    page = await notes.list(agent, "clients", client)
    assert [(n.id, n.kind, n.body, n.minutes, n.author, n.mine) for n in page.items] == [
        (made.id, "call", "谈了新车，13800138000", 7, "李接待", True)
    ]
    told = await kernel.service("timeline").read(agent, "client", client, kinds=["call"])
    assert [(item.kind, item.note.body) for item in told.items] == [("call", "谈了新车，13800138000")]


async def test_what_people_write_lies_encrypted(kernel: Kernel, agent: Actor, new_client) -> None:
    client = await new_client()
    await kernel.service("notes").add(agent, "client", client, NoteDraft(body="身份证 110101199003074514"))
    async with kernel.db.engine.connect() as connection:
        stored = (await connection.exec_driver_sql("SELECT body FROM crm_note")).scalar_one()
        words = (await connection.exec_driver_sql("SELECT words FROM crm_timeline")).scalars().all()
    assert "1101" not in stored
    assert all("Note" not in line for line in words)


async def test_notes_come_newest_first_and_page_by_page(
    kernel: Kernel, agent: Actor, new_client, clock
) -> None:
    client = await new_client()
    notes = kernel.service("notes")
    for number in range(5):
        await notes.add(agent, "client", client, NoteDraft(body=f"第{number}次"))
        clock.advance(60)
    seen, cursor = [], None
    while True:
        page = await notes.list(agent, "client", client, cursor=cursor, limit=2)
        seen += [note.body for note in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ["第4次", "第3次", "第2次", "第1次", "第0次"]


async def test_only_what_may_be_kept_is_kept(kernel: Kernel, agent: Actor, new_client, clock) -> None:
    client = await new_client()
    later = clock.now() + timedelta(days=3)
    for wrong, field in (
        (NoteDraft(body="  "), "body"),
        (NoteDraft(body="x" * 20_000), "body"),
        (NoteDraft(body="x", kind="telegram"), "kind"),
        (NoteDraft(body="x", outcome="nonsense"), "outcome"),
        (NoteDraft(body="x", minutes=-1), "minutes"),
        (NoteDraft(body="x", happened_at=later), "happened_at"),
    ):
        with pytest.raises(Invalid) as refused:
            await kernel.service("notes").add(agent, "client", client, wrong)
        assert [error.field for error in refused.value.errors] == [field]


async def test_an_agent_corrects_his_own_note_and_not_his_colleagues(
    kernel: Kernel, agent: Actor, new_client, make_actor
) -> None:
    rights = dict.fromkeys(RIGHTS, Scope.DEALERSHIP) | {"notes.change": Scope.OWN, "notes.delete": Scope.OWN}
    colleague = await make_actor(rights, name="赵同事")
    client = await new_client()
    notes = kernel.service("notes")
    his = await notes.add(colleague, "client", client, NoteDraft(body="他的"))
    mine = await notes.add(agent, "client", client, NoteDraft(body="我的"))

    changed = await notes.change(colleague, his.id, NoteChange(body="改过"), his.version)
    assert (changed.body, changed.version) == ("改过", his.version + 1)
    for attempt in (
        notes.change(colleague, mine.id, NoteChange(body="偷改")),
        notes.delete(colleague, mine.id),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(Stale):
        await notes.change(colleague, his.id, NoteChange(body="又改"), his.version)
    assert (await notes.get(agent, mine.id)).body == "我的"


async def test_a_deleted_note_is_gone_from_list_and_timeline(
    kernel: Kernel, agent: Actor, new_client
) -> None:
    client = await new_client()
    notes = kernel.service("notes")
    made = await notes.add(agent, "client", client, NoteDraft(body="写错了"))
    await notes.delete(agent, made.id, "写错")
    assert (await notes.list(agent, "client", client)).items == []
    told = await kernel.service("timeline").read(agent, "client", client)
    assert [item.kind for item in told.items] == ["created"]


async def test_another_dealership_finds_neither_client_nor_note(
    kernel: Kernel, agent: Actor, stranger: Actor, new_client
) -> None:
    client = await new_client()
    notes = kernel.service("notes")
    made = await notes.add(agent, "client", client, NoteDraft(body="秘密"))
    for attempt in (
        notes.list(stranger, "client", client),
        notes.get(stranger, made.id),
        notes.add(stranger, "client", client, NoteDraft(body="x")),
        notes.change(stranger, made.id, NoteChange(body="x")),
        notes.delete(stranger, made.id),
        kernel.service("timeline").read(stranger, "client", client),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_who_may_not_see_clients_sees_no_notes(
    kernel: Kernel, agent: Actor, new_client, make_actor
) -> None:
    client = await new_client()
    blind = await make_actor({"notes.view": Scope.DEALERSHIP, "notes.create": Scope.DEALERSHIP})
    with pytest.raises(Forbidden):
        await kernel.service("notes").list(blind, "client", client)
    with pytest.raises(Forbidden):
        await kernel.service("notes").add(blind, "client", client, NoteDraft(body="x"))


async def test_what_was_said_lately_names_its_client_and_leaves_out_what_one_may_not_read(
    kernel: Kernel, agent: Actor, make_actor, stranger: Actor, new_client, clock
) -> None:
    notes = kernel.service("notes")
    first, second = await new_client("张伟"), await new_client("刘洋")
    await notes.add(agent, "client", first, NoteDraft(body="来电"))
    clock.advance(timedelta(minutes=1))
    await notes.add(agent, "client", second, NoteDraft(body="到店"))
    assert [(one.record, one.note.body) for one in await notes.recent(agent)] == [
        ("刘洋", "到店"),
        ("张伟", "来电"),
    ]
    assert await notes.recent(stranger) == []
    reader = await make_actor({"notes.view": Scope.DEALERSHIP})
    assert await notes.recent(reader) == []
