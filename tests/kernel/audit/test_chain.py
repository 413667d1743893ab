"""Entries are numbered and chained after they were committed, and whatever is altered afterwards is found."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, text

from crm_kernel.access.models import AccessRule
from crm_kernel.actor import Scope
from crm_kernel.audit.entries import BulkEntry
from crm_kernel.audit.findings import KeptEnd, KeptHead
from crm_kernel.audit.integrity import read_kept_head
from crm_kernel.audit.models import AuditAccess, AuditChange, AuditHead
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Conflict, Malformed
from crm_kernel.i18n import translate
from tests.kernel.audit.module import Visitor

MOBILE = "13800001234"


@pytest.fixture
def chain(kernel):
    return kernel.service("audit_chain")


async def add(kernel, actor, count=1, **values):
    ids = []
    for n in range(count):
        async with kernel.db.work(actor) as work:
            visitor = work.add(Visitor(**{"name": f"王小明{n}", "mobile": MOBILE, "level": "A", **values}))
        ids.append(visitor.id)
    return ids


async def numbers(kernel, model=AuditChange):
    return list(await kernel.db.rows(trusted(select(model.number).order_by(model.number))))


async def state(chain, actor, log="change"):
    return next(one for one in await chain.state(actor) if one.log == log)


async def by_hand(kernel, statement, **values):
    async with kernel.db.work(None) as work:
        await work.execute(text(statement), values)


async def give(kernel, actor, role, permission):
    """A role that carries a permission, in the actor's dealership."""
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        for ptype, v0, v1, v2 in (
            ("p", f"r:{role}", permission, "dealership"),
            ("g", f"u:{actor.id}", f"r:{role}", str(actor.dealership_id)),
        ):
            work.add(AccessRule(id=uuid7(), ptype=ptype, v0=v0, v1=v1, v2=v2))


async def test_what_was_committed_is_sealed_and_until_then_shown_as_waiting(kernel, chain, admin, audit):
    await chain.seal()
    before = await state(chain, admin)
    await add(kernel, admin, 3)
    waiting = await state(chain, admin)
    assert (waiting.unsealed, waiting.number) == (3, before.number)
    assert waiting.unsealed_since is not None
    assert await chain.seal() == 3
    after = await state(chain, admin)
    assert (after.unsealed, after.number) == (0, before.number + 3)
    assert after.hash != before.hash
    assert await numbers(kernel) == list(range(1, after.number + 1))
    verdict = await chain.verify()
    assert (verdict.ok, verdict.entries, verdict.unsealed) == (True, after.number, 0)
    assert [(one.entries, one.finding) for one in await chain.checks(admin)] == [(after.number, None)]


async def test_an_entry_committed_late_is_sealed_late_and_never_skipped(kernel, chain, admin, database):
    if database.backend == "sqlite":
        pytest.skip("one writer at a time: nothing is committed late")
    await chain.seal()
    held, release = asyncio.Event(), asyncio.Event()

    async def slow():
        async with kernel.db.work(admin) as work:
            work.add(Visitor(name="慢", level="A"))
            await work.flush()
            kernel.service("audit").noted(work, "note", "visitor", uuid7(), {}, {"n": 1})
            entry = AuditChange(
                at=work.now, via="cli", request_id="-", entity="visitor", verb="x", before="{}", after="{}"
            )
            work.session.add(entry)
            await work.session.flush()
            held.set()
            await release.wait()

    writing = asyncio.create_task(slow())
    await held.wait()
    await asyncio.create_task(add(kernel, admin, 2))
    assert await chain.seal() == 2
    release.set()
    await writing
    assert (await state(chain, admin)).unsealed == 3
    assert await chain.seal() == 3
    rows = await kernel.db.rows(trusted(select(AuditChange).order_by(AuditChange.number)))
    late = next(row for row in rows if row.verb == "x")
    assert any(row.seq > late.seq and row.number < late.number for row in rows)
    assert (await chain.verify()).ok


async def test_several_sealers_at_once_make_one_chain(kernel, chain, admin):
    await asyncio.gather(*(add(kernel, admin, 4) for _n in range(4)), *(chain.seal() for _n in range(4)))
    await asyncio.gather(*(chain.seal() for _n in range(4)))
    found = await numbers(kernel)
    assert found == list(range(1, len(found) + 1))
    assert (await chain.verify()).ok


async def test_erasing_a_person_leaves_the_chain_whole(kernel, chain, admin, audit):
    (visitor,) = await add(kernel, admin)
    async with kernel.db.work(admin) as work:
        await audit.bulk(work, "visitor", [BulkEntry(visitor, "change", {"name": "甲"}, {"name": "乙"})])
    kept = await chain.head()
    async with kernel.db.work(admin) as work:
        row = await work.get(admin.access("visitor.change"), Visitor, visitor)
        row.name, row.mobile = "—", None
        await audit.forget(work, "visitor", [visitor])
    await chain.seal()
    (entry,) = [v for v in (await audit.changes(admin)).items if v.verb == "create" and v.entity == "visitor"]
    assert any(one.erased for one in entry.changes)
    assert (await chain.verify(kept)).ok


async def test_lawful_clearing_of_old_accesses_is_recorded_and_leaves_the_chain_whole(
    kernel, chain, admin, audit, clock
):
    for _n in range(3):
        await audit.accessed(admin, "printed", "visitor", uuid7())
    old_head = await chain.head()
    clock.advance(audit.kept_days * 86_400 + 60)
    await audit.accessed(admin, "exported", "visitor")
    assert await audit.prune() == 3
    assert (await state(chain, admin, "access")).cleared == 3
    await chain.seal()
    assert (await chain.verify()).ok
    assert (await chain.verify(old_head)).ok
    (cut,) = [v for v in (await audit.changes(admin)).items if v.verb == "clear"]
    assert cut.entity == "audit"
    await by_hand(kernel, "DELETE FROM crm_audit_access")
    assert (await chain.verify()).finding.code == "cut_tail"


async def test_a_cut_that_nobody_recorded_is_found(kernel, chain, admin, audit):
    for _n in range(3):
        await audit.accessed(admin, "printed", "visitor", uuid7())
    await chain.seal()
    await by_hand(kernel, "DELETE FROM crm_audit_access WHERE number <= 2")
    verdict = await chain.verify()
    assert (verdict.finding.log, verdict.finding.code, verdict.finding.number) == ("access", "missing", 1)
    (hashed,) = await kernel.db.rows(trusted(select(AuditAccess.previous_hash)))
    await by_hand(
        kernel, "UPDATE crm_audit_head SET cut_number = 2, cut_hash = :h WHERE log = 'access'", h=hashed
    )
    assert (await chain.verify()).finding.code == "head"
    await audit.accessed(admin, "printed", "visitor", uuid7())
    with pytest.raises(Conflict):
        await chain.seal()


async def test_a_tail_cut_off_with_its_head_is_found_by_the_head_kept_outside(kernel, chain, admin):
    await add(kernel, admin, 2)
    await chain.seal()
    early = (await kernel.db.rows(trusted(select(AuditHead).where(AuditHead.log == "change"))))[0]
    await add(kernel, admin, 3)
    kept = await chain.head()
    await by_hand(kernel, "DELETE FROM crm_audit_change WHERE number > :n", n=early.number)
    assert (await chain.verify()).finding.code == "cut_tail"
    await by_hand(
        kernel,
        "UPDATE crm_audit_head SET number = :n, hash = :h, signature = :s WHERE log = 'change'",
        n=early.number,
        h=early.hash,
        s=early.signature,
    )
    async with kernel.db.work(None) as work:
        head = await work.first(trusted(select(AuditHead).where(AuditHead.log == "change")))
        head.sealed_at = early.sealed_at
    assert (await chain.verify()).ok
    finding = (await chain.verify(kept)).finding
    assert (finding.code, finding.number) == ("kept_short", kept.change.number)
    assert "截断" in translate(finding.words, "zh-CN")
    await add(kernel, admin, 5)
    assert (await chain.seal()) == 5
    assert (await chain.verify(kept)).finding.code == "kept_other"


async def test_an_entry_put_in_behind_the_seal_is_found(kernel, chain, admin):
    await add(kernel, admin, 2)
    await chain.seal()
    (first,) = await kernel.db.rows(trusted(select(AuditChange).where(AuditChange.number == 1)))
    names = [column.key for column in AuditChange.__table__.columns if column.key != "seq"]
    async with kernel.db.work(None) as work:
        copied = {name: getattr(first, name) for name in names} | {"number": 99}
        work.session.add(AuditChange(**copied))
    assert (await chain.verify()).finding.code == "beyond"
    await by_hand(kernel, "DELETE FROM crm_audit_change WHERE number = 99")
    assert (await chain.verify()).ok


async def test_a_backdated_entry_is_found_while_it_waits_and_noted_when_it_is_sealed(
    kernel, chain, admin, audit, clock
):
    await audit.accessed(admin, "printed", "visitor", uuid7())
    await chain.seal()
    forged = {"via": "session", "request_id": "-", "verb": "opened", "entity": "visitor"}
    async with kernel.db.work(None) as work:
        work.session.add(AuditAccess(at=clock.now() - timedelta(days=30), **forged))
    assert (await chain.verify()).finding.code == "backdated"
    await chain.seal()
    assert (await chain.verify()).ok
    (late,) = [v for v in (await audit.changes(admin)).items if v.verb == "late"]
    assert late.entity == "audit"


async def test_auditors_of_every_dealership_hear_of_a_finding(kernel, chain, make_actor, make_dealership):
    east = await make_dealership("east")
    auditor = await make_actor({"audit.view": Scope.DEALERSHIP}, at=east.id)
    adviser = await make_actor({"visitor.view": Scope.DEALERSHIP})
    await give(kernel, auditor, "auditor", "audit.view")
    await give(kernel, adviser, "adviser", "visitor.view")
    await add(kernel, auditor, 3)
    await chain.seal()
    assert (await chain.verify()).ok
    await by_hand(kernel, "UPDATE crm_audit_change SET verb = 'x' WHERE number = 2")
    await chain.verify()
    inbox = kernel.service("notifications").inbox
    [heard] = (await inbox(auditor)).items
    assert heard.path == "/admin/audit/chain"
    assert "第 2 条" in heard.text
    assert not (await inbox(adviser)).items


async def test_a_kept_head_is_read_back_or_refused_in_words():
    kept = KeptHead("2026-11-26T08:00:00Z", KeptEnd(3, "a" * 64), KeptEnd(0, "0" * 64))
    assert read_kept_head(msgspec.json.encode(kept)) == kept
    for text_ in ("", "{}", '{"at": "x", "change": 1, "access": 2}'):
        with pytest.raises(Malformed):
            read_kept_head(text_)
