"""Somebody asks for an account; an administrator approves with roles, or refuses with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated
from crm_standalone.accounts.applications import Wish

from .conftest import OWN, PASSWORD, cookie

WISH = Wish(
    name="赵六",
    login="zhao",
    password=PASSWORD,
    mobile="13800138000",
    type="service",
    level="staff",
    dealership="default",
    remark="早班",
)


@pytest.fixture
def applications(kernel):
    return kernel.service("applications")


@pytest.fixture
async def boss(accounts, identity, join):
    await join("boss", "administrator")
    return await identity.authenticate(cookie((await accounts.login("boss", OWN)).token))


async def test_an_approved_applicant_signs_in_with_his_password_and_the_roles_given(
    kernel, accounts, identity, applications, boss, dealership
) -> None:
    reference = await applications.apply(WISH)
    with pytest.raises(Conflict) as waiting:
        await accounts.login("zhao", PASSWORD)
    assert waiting.value.code == "application_waiting"
    (view,) = await applications.applications(boss)
    assert (view.name, view.mobile, view.type, view.remark) == ("赵六", "13800138000", "service", "早班")
    staff_id = await applications.approve(boss, view.id, [("service_advisor", dealership.id)])
    assert (await applications.status(reference)).state == "approved"
    opened = await accounts.login("zhao", PASSWORD)
    actor = await identity.authenticate(cookie(opened.token))
    assert (actor.id, actor.name, actor.grants.roles) == (staff_id, "赵六", {"service_advisor"})
    with pytest.raises(Conflict):
        await applications.approve(boss, view.id, [])


async def test_a_refused_applicant_reads_the_reason(accounts, applications, boss) -> None:
    reference = await applications.apply(WISH)
    (view,) = await applications.applications(boss)
    with pytest.raises(Invalid):
        await applications.refuse(boss, view.id, " ")
    await applications.refuse(boss, view.id, "请先签合同")
    assert (await applications.status(reference)).reason == "请先签合同"
    with pytest.raises(Conflict) as refused:
        await accounts.login("zhao", PASSWORD)
    assert "请先签合同" in str(refused.value)
    with pytest.raises(Unauthenticated) as guessed:
        await accounts.login("zhao", "not-the-password")
    assert guessed.value.code == "wrong", "who does not know the password learns nothing"


async def test_approving_gives_all_or_nothing(kernel, accounts, applications, boss, dealership) -> None:
    await applications.apply(WISH)
    (view,) = await applications.applications(boss)
    people = await kernel.service("organisation").staff(boss)
    for roles in (
        [("marketing", dealership.id), ("super_administrator", None)],
        [("no_such", dealership.id)],
    ):
        with pytest.raises((Forbidden, NotFound)):
            await applications.approve(boss, view.id, roles)
    assert len(await kernel.service("organisation").staff(boss)) == len(people)
    assert [one.state for one in await applications.applications(boss)] == ["waiting"]


async def test_a_login_in_use_is_told_to_the_administrator_and_not_to_the_applicant(
    accounts, applications, boss, dealership
) -> None:
    await applications.apply(replace(WISH, login="boss"))
    (view,) = await applications.applications(boss)
    assert view.login_taken
    with pytest.raises(Invalid):
        await applications.approve(boss, view.id, [("marketing", dealership.id)])
    await applications.approve(boss, view.id, [("marketing", dealership.id)], login="zhao6")
    assert (await accounts.login("zhao6", PASSWORD)).token
    assert (await accounts.login("boss", OWN)).token


async def test_only_administrators_of_the_wanted_dealership_see_an_application(
    kernel, applications, boss, join, make_dealership
) -> None:
    await make_dealership("east")
    await applications.apply(replace(WISH, dealership="east"))
    await applications.apply(replace(WISH, dealership="", login="other"))
    assert await applications.applications(boss) == []
    clerk = await kernel.access.actor((await join("clerk", "marketing")).staff_id)
    with pytest.raises(Forbidden):
        await applications.applications(clerk)


async def test_applications_from_one_address_are_counted(applications, clock) -> None:
    for number in range(5):
        await applications.apply(replace(WISH, login=f"zhao{number}"), address="203.0.113.9")
    with pytest.raises(TooMany):
        await applications.apply(WISH, address="203.0.113.9")
    await applications.apply(WISH, address="203.0.113.10")


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"mobile": ""},
        {"type": "boss"},
        {"level": "king"},
        {"dealership": "nowhere"},
        {"password": "short"},
        {"remark": "x" * 1001},
    ],
)
async def test_an_application_that_cannot_be_read_is_refused(applications, change) -> None:
    with pytest.raises(Invalid):
        await applications.apply(replace(WISH, **change))


async def test_the_applicants_mobile_lies_encrypted(kernel, applications) -> None:
    await applications.apply(WISH)
    async with kernel.db.engine.connect() as connection:
        (lying,) = (await connection.execute(text("SELECT mobile FROM crm_account_application"))).scalars()
    assert "13800138000" not in lying


async def test_a_made_up_reference_leads_nowhere(applications) -> None:
    with pytest.raises(NotFound):
        await applications.status("made-up")
