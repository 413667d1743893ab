"""A group with two dealerships, and people with roles that stand in the database."""

from __future__ import annotations

import pytest

from crm_kernel.access.organisation import Dealership, Group
from crm_kernel.administration.presets import seed_presets
from crm_kernel.dal.types import uuid7


@pytest.fixture
async def roles(kernel):
    """The preset roles, as on the first day."""
    await seed_presets(kernel)
    return kernel.service("policy")


@pytest.fixture
async def group(kernel, dealership):
    """The dealership `default` belongs to a group together with `east`; `lone` belongs to nobody."""
    group = Group(code="hua", name="华东集团")
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.add(group)
        await work.flush()
        found = await kernel.access.store.dealership(dealership.id)
        found.group_id = group.id
        work.add(Dealership(number=2, code="east", name="东店", group_id=group.id))
        work.add(Dealership(number=3, code="lone", name="独店"))
    return group


@pytest.fixture
async def hire(kernel, admin, dealership, roles):
    """Hires somebody with a role in a dealership: `await hire("administrator")` gives his actor."""

    async def hire(role: str = "", *, at=dealership, everywhere: bool = False):
        staff = await kernel.service("organisation").create_staff(
            admin, f"s{uuid7().hex[-10:]}", "员工", dealership_id=at.id
        )
        if role:
            await roles.grant(admin, staff.id, role, None if everywhere else at.id)
        return await kernel.access.actor(staff.id)

    return hire


@pytest.fixture
async def east(kernel, group):
    """The other dealership of the group."""
    return await kernel.access.store.dealership_by_code("east")


@pytest.fixture
async def lone(kernel, group):
    """A dealership of no group."""
    return await kernel.access.store.dealership_by_code("lone")
