"""Every change of a record is logged with who, when and what, and an unchanged save is not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from crm_kernel.actor import Scope
from crm_kernel.audit.entries import BulkEntry
from crm_kernel.audit.models import AuditChange, AuditKey, AuditRow
from crm_kernel.audit.service import AuditFilter
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Forbidden, Malformed, NotFound
from crm_kernel.logs import request_id
from tests.kernel.audit.module import Bay, Visitor

MOBILE = "13800001234"


async def add(kernel, actor, **values):
    values = {"name": "王小明", "mobile": MOBILE, "level": "A", **values}
    async with kernel.db.work(actor) as work:
        visitor = work.add(Visitor(**values))
    return visitor.id


async def change(kernel, actor, visitor_id, reason=None, **values):
    async with kernel.db.work(actor) as work:
        work.reason = reason
        visitor = await work.get(actor.access("visitor.change"), Visitor, visitor_id, deleted=None)
        for name, value in values.items():
            setattr(visitor, name, value)


def shown(view):
    return {c.field: (c.before, c.after) for c in view.changes}


async def entries(kernel):
    return await kernel.db.rows(trusted(select(AuditChange).order_by(AuditChange.seq)))


async def test_a_new_visitor_is_logged_with_who_when_and_from_where(kernel, audit, admin):
    served = request_id.set("req-7")
    visitor = await add(kernel, admin)
    request_id.reset(served)
    (view,) = (await audit.history(admin, "visitor", visitor)).items
    assert (view.verb, view.actor_id, view.actor_name) == ("create", admin.id, "管理员")
    assert (view.via, view.request_id, view.dealership_id) == ("session", "req-7", admin.dealership_id)
    assert shown(view) == {
        "name": (None, "王小明"),
        "mobile": (None, "138****1234"),
        "level": (None, "A"),
        "owner_id": (None, str(admin.id)),
    }


async def test_only_what_changed_is_logged(kernel, audit, admin):
    visitor = await add(kernel, admin, budget=Decimal(100000))
    await change(kernel, admin, visitor, reason="called back", level="B", name="王小明")
    view = (await audit.history(admin, "visitor", visitor)).items[0]
    assert (view.verb, view.reason) == ("change", "called back")
    assert shown(view) == {"level": ("A", "B")}


async def test_saving_without_a_change_writes_nothing(kernel, audit, admin):
    visitor = await add(kernel, admin, budget=Decimal(100000))
    await change(kernel, admin, visitor, level="A", mobile=MOBILE, budget=Decimal("100000.00"))
    assert len(await entries(kernel)) == 1


async def test_a_change_that_is_taken_back_in_the_same_transaction_writes_nothing(kernel, admin):
    visitor = await add(kernel, admin)
    async with kernel.db.work(admin) as work:
        found = await work.get(admin.access("visitor.change"), Visitor, visitor)
        found.level = "C"
        await work.flush()
        found.level = "A"
    assert [entry.verb for entry in await entries(kernel)] == ["create"]


async def test_several_steps_of_one_transaction_are_one_entry(kernel, audit, admin):
    async with kernel.db.work(admin) as work:
        visitor = work.add(Visitor(name="李雷", level="A"))
        await work.flush()
        visitor.level = "B"
    (view,) = (await audit.history(admin, "visitor", visitor.id)).items
    assert view.verb == "create"
    assert shown(view)["level"] == (None, "B")


async def test_deleting_restoring_and_purging_have_verbs_of_their_own(kernel, audit, admin):
    visitor = await add(kernel, admin)
    now = kernel.clock.now()
    await change(kernel, admin, visitor, reason="twice", deleted_at=now, deleted_by=admin.id)
    await change(kernel, admin, visitor, deleted_at=None, deleted_by=None)
    async with kernel.db.work(admin) as work:
        await work.remove(await work.get(admin.access("visitor.purge"), Visitor, visitor))
    wanted = AuditFilter(entity="visitor", record_id=visitor)
    views = (await audit.changes(admin, wanted)).items
    assert [view.verb for view in views] == ["purge", "restore", "delete", "create"]
    assert views[2].reason == "twice"
    assert shown(views[0])["level"] == ("A", None)


async def test_what_was_rolled_back_is_not_in_the_log(kernel, admin):
    with pytest.raises(RuntimeError):
        await add_and_fail(kernel, admin)
    assert await entries(kernel) == []


async def add_and_fail(kernel, actor):
    async with kernel.db.work(actor) as work:
        work.add(Visitor(name="nobody"))
        await work.flush()
        raise RuntimeError


async def test_personal_values_do_not_lie_in_clear_and_the_mark_of_the_mobile_not_at_all(kernel, admin):
    visitor = await add(kernel, admin, mobile_mark="00ff00ff00ff00ff")
    await change(kernel, admin, visitor, name="王大明", mobile="13900005678", level="B")
    for entry in await entries(kernel):
        stored = entry.before + entry.after
        for canary in ("王小明", "王大明", MOBILE, "13900005678", "00ff00ff00ff00ff"):
            assert canary not in stored
        assert '"level"' in stored


async def test_erasing_a_person_destroys_the_key_and_leaves_the_entries(kernel, audit, admin):
    kept, gone = await add(kernel, admin), await add(kernel, admin, name="李雷")
    async with kernel.db.work(admin) as work:
        assert await audit.forget(work, "visitor", [gone]) == 1
    erase, create = (await audit.history(admin, "visitor", gone)).items
    assert erase.verb == "erase"
    assert {c.field for c in create.changes if c.erased} == {"name", "mobile"}
    assert shown(create)["name"] == (None, None)
    assert shown(create)["level"] == (None, "A")
    assert shown((await audit.history(admin, "visitor", kept)).items[0])["name"] == (None, "王小明")


async def test_the_reason_given_for_a_persons_record_is_sealed_and_goes_with_him(kernel, audit, admin):
    visitor = await add(kernel, admin)
    gone = kernel.clock.now()
    await change(kernel, admin, visitor, reason="王小明投诉后要求删除", deleted_at=gone, deleted_by=admin.id)
    for entry in await entries(kernel):
        assert "投诉" not in f"{entry.reason}{entry.before}{entry.after}"
    wanted = AuditFilter(entity="visitor", record_id=visitor, verb="delete")
    (view,) = (await audit.changes(admin, wanted)).items
    assert view.reason == "王小明投诉后要求删除"
    assert shown(view) == {}
    async with kernel.db.work(admin) as work:
        await audit.forget(work, "visitor", [visitor])
    (view,) = (await audit.changes(admin, wanted)).items
    assert (view.verb, view.reason) == ("delete", None)


async def test_after_an_erasure_new_values_are_readable_and_old_ones_stay_erased(kernel, audit, admin):
    visitor = await add(kernel, admin)
    async with kernel.db.work(admin) as work:
        await audit.forget(work, "visitor", [visitor])
    await change(kernel, admin, visitor, name="某人")
    latest, _erase, first = (await audit.history(admin, "visitor", visitor)).items
    assert shown(latest)["name"] == ("王小明", "某人")
    assert next(c for c in first.changes if c.field == "name").erased


async def test_a_tampered_entry_is_shown_as_damaged(kernel, audit, admin):
    first, second = await add(kernel, admin, name="李雷"), await add(kernel, admin, name="韩梅梅")
    async with kernel.db.work(None) as work:
        one, two = await work.rows(trusted(select(AuditChange).order_by(AuditChange.seq)))
        key = await work.first(trusted(select(AuditKey).where(AuditKey.record_id == first)))
        key_two = await work.first(trusted(select(AuditKey).where(AuditKey.record_id == second)))
        one.after = two.after.replace(key_two.name, key.name)
    view = (await audit.history(admin, "visitor", first)).items[0]
    assert {c.field for c in view.changes if c.damaged} == {"name", "mobile"}


async def test_a_record_type_without_an_entity_is_logged_with_everything_sealed(kernel, admin):
    async with kernel.db.work(admin) as work:
        work.add(Bay(label="left of the door"))
    (entry,) = await entries(kernel)
    assert entry.entity == "crm_drives_bay"
    assert "left of the door" not in entry.after
    assert '"label"' in entry.after


async def test_an_imported_chunk_is_one_entry_with_a_row_for_each_record(kernel, audit, admin):
    known = await add(kernel, admin)
    new = uuid7()
    async with kernel.db.work(admin) as work:
        work.add(Visitor(id=new, name="韩梅梅", level="C"))
        work.facts["audit"] = {}
        await work.flush()
        work.facts["audit"] = {}
        await audit.bulk(
            work,
            "visitor",
            [
                BulkEntry(new, "create", after={"name": "韩梅梅", "level": "C"}),
                BulkEntry(known, "change", {"level": "A", "mobile": MOBILE}, {"level": "B", "mobile": None}),
            ],
        )
    chunk = (await entries(kernel))[-1]
    assert (chunk.verb, chunk.record_id) == ("import", None)
    rows = await kernel.db.rows(trusted(select(AuditRow)))
    assert len(rows) == 2
    assert all(MOBILE not in row.before and "韩梅梅" not in row.after for row in rows)
    summary = (await audit.changes(admin, AuditFilter(verb="import"))).items[0].summary
    assert (summary["rows"], summary["create"], summary["change"]) == (2, 1, 1)
    latest, first = (await audit.history(admin, "visitor", known)).items
    assert (latest.verb, shown(latest)) == ("change", {"level": ("A", "B"), "mobile": ("138****1234", None)})
    assert first.verb == "create"
    assert shown((await audit.history(admin, "visitor", new)).items[0])["name"] == (None, "韩梅梅")


async def test_history_needs_its_permission_and_a_record_within_reach(
    kernel, audit, admin, make_actor, make_dealership
):
    visitor = await add(kernel, admin)
    without = await make_actor({"visitor.view": Scope.ALL})
    with pytest.raises(Forbidden):
        await audit.history(without, "visitor", visitor)
    colleague = await make_actor({"visitor.history": Scope.DEALERSHIP})
    assert len((await audit.history(colleague, "visitor", visitor)).items) == 1
    for stranger in (
        await make_actor({"visitor.history": Scope.OWN}),
        await make_actor({"visitor.history": Scope.DEALERSHIP}, at=(await make_dealership("east")).id),
    ):
        with pytest.raises(NotFound):
            await audit.history(stranger, "visitor", visitor)
    with pytest.raises(NotFound):
        await audit.history(colleague, "visitor", uuid7())
    with pytest.raises(NotFound):
        await audit.history(colleague, "unicorn", visitor)


async def test_a_hidden_field_is_not_in_the_history_either(kernel, audit, admin, make_actor):
    visitor = await add(kernel, admin)
    reader = await make_actor({"visitor.history": Scope.DEALERSHIP}, hidden=frozenset({"visitor.level"}))
    view = (await audit.history(reader, "visitor", visitor)).items[0]
    assert "level" not in shown(view)


async def test_the_log_is_read_within_ones_scope_and_page_by_page(
    kernel, audit, admin, make_actor, make_dealership
):
    east = await make_dealership("east")
    stranger = await make_actor({"audit.view": Scope.DEALERSHIP}, at=east.id)
    for n in range(7):
        await add(kernel, admin, name=f"v{n}")
    await add(kernel, stranger, name="east")
    assert [v.actor_id for v in (await audit.changes(stranger)).items] == [stranger.id]
    controller = await make_actor({"audit.view": Scope.DEALERSHIP})
    names, cursor = [], None
    while True:
        page = await audit.changes(controller, AuditFilter(entity="visitor"), cursor, limit=3)
        names += [shown(view)["name"][1] for view in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert names == [f"v{n}" for n in range(6, -1, -1)]
    assert (await audit.changes(await make_actor({"audit.view": Scope.OWN}))).items == []
    assert len((await audit.changes(admin)).items) == 8
    with pytest.raises(Forbidden):
        audit.changes(await make_actor({"visitor.view": Scope.ALL}))
    with pytest.raises(Malformed):
        await audit.changes(admin, cursor="1;drop table")


async def test_the_log_is_filtered_by_person_verb_and_time(kernel, audit, admin, make_actor):
    other = await make_actor({"visitor.change": Scope.ALL})
    visitor = await add(kernel, admin)
    await change(kernel, other, visitor, level="B")
    assert [v.verb for v in (await audit.changes(admin, AuditFilter(actor_id=other.id))).items] == ["change"]
    (by_verb,) = (await audit.changes(admin, AuditFilter(verb="create"))).items
    assert by_verb.actor_id == admin.id
    since = AuditFilter(since=by_verb.at)
    assert len((await audit.changes(admin, since)).items) == 2
    assert (await audit.changes(admin, AuditFilter(until=by_verb.at))).items == []


async def test_a_nested_service_signs_with_its_own_actor(kernel, audit, admin, make_actor):
    helper = await make_actor({"visitor.change": Scope.ALL}, name="helper")
    async with kernel.db.work(None):
        mine = await add(kernel, helper, name="nested")
    (view,) = (await audit.history(admin, "visitor", mine)).items
    assert (view.actor_id, view.dealership_id) == (helper.id, helper.dealership_id)
