"""Who opened, searched, printed, exported or revealed is logged, cheaply where it may be late by a second."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, text

from crm_kernel.actor import Scope
from crm_kernel.audit.models import AuditAccess
from crm_kernel.audit.service import AuditFilter
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import ConfigurationError, Forbidden


async def stored(kernel):
    return [row.verb for row in await kernel.db.rows(trusted(select(AuditAccess).order_by(AuditAccess.seq)))]


async def test_opening_is_written_together_and_revealing_at_once(kernel, audit, admin):
    customer = uuid7()
    for _n in range(3):
        await audit.accessed(admin, "opened", "customer", customer)
    assert await stored(kernel) == []
    await audit.accessed(admin, "revealed", "customer", customer, {"field": "mobile"})
    assert await stored(kernel) == ["revealed"]
    await audit.flush()
    assert await stored(kernel) == ["revealed", "opened", "opened", "opened"]


async def test_two_hundred_openings_are_written_without_waiting_for_the_second(kernel, audit, admin):
    for _n in range(200):
        await audit.accessed(admin, "opened", "customer", uuid7())
    await asyncio.gather(*audit._accesses._flushes)
    assert len(await stored(kernel)) == 200


async def test_what_was_searched_for_is_readable_in_the_log_and_nowhere_else(kernel, audit, admin, database):
    await audit.accessed(admin, "searched", "customer", None, {"q": "13800001234"})
    await audit.flush()
    (view,) = (await audit.accesses(admin, AuditFilter(verb="searched"))).items
    assert view.detail == {"q": "13800001234"}
    assert view.actor_name == "管理员"
    async with kernel.db.engine.connect() as connection:
        raw = (await connection.execute(text("SELECT detail FROM crm_audit_access"))).scalar_one()
    assert "13800001234" not in raw


async def test_a_verb_the_log_does_not_know_is_refused(audit, admin):
    with pytest.raises(ConfigurationError):
        await audit.accessed(admin, "peeked", "customer", uuid7())


async def test_accesses_are_read_within_ones_scope(kernel, audit, admin, make_actor, make_dealership):
    east = await make_dealership("east")
    stranger = await make_actor({"audit.view": Scope.DEALERSHIP}, at=east.id)
    reader = await make_actor({"audit.view": Scope.DEALERSHIP})
    await audit.accessed(admin, "printed", "customer", uuid7())
    await audit.accessed(stranger, "printed", "customer", uuid7())
    await audit.accessed(None, "denied", "customer", uuid7())
    await audit.flush()
    assert [v.actor_id for v in (await audit.accesses(reader)).items] == [admin.id]
    assert [v.actor_id for v in (await audit.accesses(stranger)).items] == [stranger.id]
    assert len((await audit.accesses(admin)).items) == 3
    page = await audit.accesses(admin, limit=2)
    rest = await audit.accesses(admin, cursor=page.next, limit=2)
    assert len({v.seq for v in (*page.items, *rest.items)}) == 3
    with pytest.raises(Forbidden):
        audit.accesses(await make_actor({}))


async def test_accesses_are_kept_for_at_least_six_months(kernel, audit, admin, clock):
    await audit.accessed(admin, "printed", "customer", uuid7())
    clock.advance(audit.kept_days * 86_400 - 60)
    await audit.accessed(admin, "exported", "customer")
    assert await audit.prune() == 0
    clock.advance(120)
    assert await audit.prune() == 1
    assert await stored(kernel) == ["exported"]
    assert audit.kept_days >= 184
