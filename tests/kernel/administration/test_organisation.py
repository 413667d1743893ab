"""Groups, regions, dealerships, people: who may change what."""

from __future__ import annotations

import pytest

from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Scope
from crm_kernel.administration.staff import ensure_default_dealership
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


@pytest.fixture
def organisation(kernel):
    return kernel.service("organisation")


async def test_a_group_gets_regions_and_a_region_dealerships_with_numbers_of_their_own(
    kernel, organisation, admin
) -> None:
    group = await organisation.create_group(admin, "hua", "华东集团")
    region = await organisation.create_region(admin, group.id, "sh", "上海")
    north = await organisation.create_dealership(admin, "north", "北店", region_id=region.id)
    south = await organisation.create_dealership(admin, "south", "南店", group_id=group.id)
    assert (north.group_id, north.number, south.number) == (group.id, 2, 3)
    assert {d.code for d in await organisation.dealerships(admin)} == {"default", "north", "south"}
    with pytest.raises(Invalid):
        await organisation.create_dealership(admin, "north", "又一店")


@pytest.mark.parametrize(
    "wrong", [{"code": "a b"}, {"code": ""}, {"name": " "}, {"timezone": "Mars/Base"}, {"currency": "yuan"}]
)
async def test_values_nobody_could_work_with_are_refused(organisation, admin, wrong) -> None:
    with pytest.raises(Invalid):
        await organisation.create_dealership(admin, **{"code": "new", "name": "新店", **wrong})


async def test_an_administrator_manages_his_own_dealership_only(
    organisation, hire, dealership, east, lone, group
) -> None:
    boss, foreign = await hire("administrator"), await hire(at=east)
    assert [d.id for d in await organisation.dealerships(boss)] == [dealership.id]
    assert {s.dealership_id for s in await organisation.staff(boss)} == {dealership.id}
    clerk = await organisation.create_staff(boss, "zhang", "张三", dealership_id=dealership.id)
    for attempt in (
        organisation.change_dealership(boss, east.id, name="我的"),
        organisation.create_staff(boss, "li", "李四", dealership_id=east.id),
        organisation.change_staff(boss, foreign.id, name="改"),
        organisation.get_staff(boss, foreign.id),
        organisation.move_staff(boss, clerk.id, dealership_id=east.id),
        organisation.set_staff_active(boss, foreign.id, False),
        organisation.create_department(boss, east.id, "售后"),
        organisation.modules(boss, east.id),
        organisation.move_dealership(boss, dealership.id, group_id=group.id, region_id=None),
    ):
        with pytest.raises(NotFound):
            await attempt
    for attempt in (
        organisation.create_dealership(boss, "mine", "我的店"),
        organisation.create_group(boss, "mine", "我的集团"),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_teams_and_departments_belong_to_their_dealership(
    organisation, admin, dealership, east
) -> None:
    service = await organisation.create_department(admin, dealership.id, "售后")
    team = await organisation.create_team(admin, dealership.id, "一组", service.id)
    staff = await organisation.create_staff(
        admin, "zhang", "张三", dealership_id=dealership.id, department_id=service.id, team_id=team.id
    )
    assert staff.team_id == team.id
    for attempt in (
        organisation.create_team(admin, east.id, "二组", service.id),
        organisation.move_staff(admin, staff.id, dealership_id=east.id, team_id=team.id),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_move_counts_at_once(kernel, organisation, admin, dealership) -> None:
    team = await organisation.create_team(admin, dealership.id, "一组")
    staff = await organisation.create_staff(admin, "zhang", "张三", dealership_id=dealership.id)
    stamp = await kernel.access.current_stamp()
    await organisation.move_staff(admin, staff.id, dealership_id=dealership.id, team_id=team.id)
    assert (await kernel.access.actor(staff.id)).place.team_id == team.id
    assert await kernel.access.current_stamp() is not stamp


async def test_who_is_let_go_is_nobody_at_once(kernel, organisation, admin, hire) -> None:
    clerk = await hire("marketing")
    await organisation.set_staff_active(admin, clerk.id, False)
    with pytest.raises(Unauthenticated):
        await kernel.access.actor(clerk.id)
    await organisation.set_staff_active(admin, clerk.id, True)
    assert (await kernel.access.actor(clerk.id)).id == clerk.id


async def test_the_last_super_administrator_cannot_be_let_go(organisation, admin, hire) -> None:
    only = await hire(SUPER, everywhere=True)
    with pytest.raises(Conflict):
        await organisation.set_staff_active(admin, only.id, False)


async def test_people_above_oneself_cannot_be_changed(organisation, hire, admin) -> None:
    """With the mail address of a super administrator one could have a new password sent."""
    boss, chief = await hire("administrator"), await hire(SUPER, everywhere=True)
    for attempt in (
        organisation.change_staff(boss, chief.id, email="mine@example.com"),
        organisation.set_staff_active(boss, chief.id, False),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_a_field_of_the_table_that_is_no_field_of_people_is_refused(
    organisation, admin, dealership
) -> None:
    with pytest.raises(Invalid):
        await organisation.create_staff(admin, "zhang", "张三", dealership_id=dealership.id, active=False)


async def test_people_enter_the_dealerships_where_they_hold_roles(
    kernel, organisation, roles, hire, admin, dealership, east
) -> None:
    clerk = await hire("marketing")
    assert [d.code for d in await organisation.enterable(clerk)] == ["default"]
    await roles.grant(admin, clerk.id, "marketing", east.id)
    assert [d.code for d in await organisation.enterable(clerk)] == ["default", "east"]
    assert (await kernel.access.actor(clerk.id, east.id)).place.dealership_id == east.id


async def test_names_are_known_by_id_and_follow_a_change(organisation, admin, hire, dealership) -> None:
    clerk = await hire()
    assert await organisation.names(admin, "staff", [clerk.id]) == {clerk.id: "员工"}
    await organisation.change_staff(admin, clerk.id, name="王五")
    assert await organisation.names(admin, "staff", [clerk.id]) == {clerk.id: "王五"}
    assert await organisation.names(admin, "dealership", [dealership.id]) == {dealership.id: "默认门店"}
    assert clerk.id in {one for one, _name in await organisation.colleagues(clerk, "王")}


async def test_the_first_dealership_is_opened_once(kernel, admin) -> None:
    assert await ensure_default_dealership(kernel) is None, "there is one already"


async def test_a_controller_of_a_group_has_no_dealership_and_reaches_the_group(
    kernel, organisation, roles, admin, group
) -> None:
    person = await organisation.create_staff(admin, "ctrl", "集团总监", dealership_id=None, group_id=group.id)
    await roles.create_role(admin, "controller", "Controller")
    await roles.set_permissions(admin, "controller", {"organisation.manage": Scope.GROUP})
    await roles.grant(admin, person.id, "controller", None)
    actor = await kernel.access.actor(person.id)
    assert (actor.place.dealership_id, actor.place.group_id) == (None, group.id)
