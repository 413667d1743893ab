"""How soon a change of rights counts, and whom the access control lets in where."""

from __future__ import annotations

import pytest

from crm_kernel.access.control import AccessControl
from crm_kernel.access.organisation import Staff
from crm_kernel.actor import Scope
from crm_kernel.errors import NotFound, Unauthenticated


async def clerk(kernel, dealership, **values) -> Staff:
    staff = Staff(
        code="clerk", name="李四", created_at=kernel.clock.now(), dealership_id=dealership.id, **values
    )
    async with kernel.db.work(None) as work:
        work.add(staff)
    return staff


async def test_a_right_given_here_counts_at_once_and_elsewhere_within_a_second(
    kernel, dealership, admin, clock
) -> None:
    staff = await clerk(kernel, dealership)
    elsewhere = AccessControl(kernel)
    await elsewhere.prepare()
    policy = kernel.service("policy")
    await policy.create_role(admin, "greeter", "Greeter")
    await policy.set_permissions(admin, "greeter", {"explain.use": Scope.OWN})
    await policy.grant(admin, staff.id, "greeter", dealership.id)
    assert "explain.use" in (await kernel.access.grants(staff.id, dealership.id)).permissions
    assert "explain.use" not in (await elsewhere.grants(staff.id, dealership.id)).permissions
    clock.advance(0.96)
    assert "explain.use" in (await elsewhere.grants(staff.id, dealership.id)).permissions


async def test_a_stamp_ends_when_rights_change_and_when_it_grows_old(kernel, admin, clock) -> None:
    before = await kernel.access.current_stamp()
    assert kernel.access.stamp(clock.monotonic()) is before
    clock.advance(0.8)
    assert kernel.access.stamp(clock.monotonic()) is None
    clock.advance(1)
    assert await kernel.access.current_stamp() is before, "nothing changed meanwhile"
    await kernel.service("policy").create_role(admin, "greeter", "Greeter")
    assert await kernel.access.current_stamp() is not before


async def half_done(kernel, revision) -> None:
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        await work.flush()
        await kernel.access.changed()
        assert (await kernel.access.policy()).revision == revision
        raise RuntimeError


async def test_a_change_that_is_rolled_back_is_never_seen(kernel, dealership) -> None:
    before = (await kernel.access.policy()).revision
    with pytest.raises(RuntimeError):
        await half_done(kernel, before)
    assert (await kernel.access.policy()).revision == before


async def test_nobody_acts_in_a_dealership_where_he_has_no_role(kernel, dealership, make_dealership) -> None:
    staff = await clerk(kernel, dealership)
    east = await make_dealership("east")
    assert (await kernel.access.actor(staff.id)).place.dealership_id == dealership.id
    with pytest.raises(NotFound):
        await kernel.access.actor(staff.id, east.id)


async def test_who_has_left_is_nobody(kernel, dealership) -> None:
    staff = await clerk(kernel, dealership, active=False)
    with pytest.raises(Unauthenticated):
        await kernel.access.actor(staff.id)
