"""Accounts of others: only of people within reach, and of nobody above oneself."""

from __future__ import annotations

import pytest

from crm_kernel.access.policy import SUPER
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound

from .conftest import OWN, PASSWORD, cookie


@pytest.fixture
async def boss(accounts, identity, join):
    """An administrator of the dealership."""
    await join("boss", "administrator")
    return await identity.authenticate(cookie((await accounts.login("boss", OWN)).token))


async def test_an_administrator_manages_the_accounts_of_his_dealership(
    kernel, accounts, boss, admin, dealership, join, make_dealership
) -> None:
    east = await make_dealership("east")
    foreign = await join("east-clerk", at=east)
    staff = await kernel.service("organisation").create_staff(
        admin, "li", "李四", dealership_id=dealership.id
    )
    view, first = await accounts.create_account(boss, staff.id, "Li.Si")
    assert view.login == "li.si"
    assert (await accounts.login("li.si", first)).must_change
    assert {one.login for one in await accounts.accounts(boss)} == {"boss", "li.si"}
    assert [one.login for one in await accounts.accounts(boss, "李四")] == ["li.si"]
    for attempt in (
        accounts.give_password(boss, foreign.id),
        accounts.get_account(boss, foreign.id),
        accounts.set_account_active(boss, foreign.id, False),
        accounts.create_token_for(boss, foreign.id, "x"),
        accounts.tokens_of(boss, foreign.id),
        accounts.create_account(boss, foreign.staff_id, "other"),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_nobody_takes_over_the_account_of_somebody_above_him(accounts, boss, join) -> None:
    chief = await join("chief", SUPER, everywhere=True)
    for attempt in (
        accounts.give_password(boss, chief.id, "another-lantern-9"),
        accounts.give_reset_link(boss, chief.id),
        accounts.create_token_for(boss, chief.id, "mine"),
        accounts.clear_second_factor(boss, chief.id),
        accounts.set_account_active(boss, chief.id, False),
        accounts.rename_account(boss, chief.id, "mine"),
    ):
        with pytest.raises(Forbidden):
            await attempt
    assert (await accounts.login("chief", OWN)).token


async def test_without_the_permission_nothing_of_others_is_seen(kernel, accounts, join) -> None:
    view = await join("clerk", "marketing")
    clerk = await kernel.access.actor(view.staff_id)
    with pytest.raises(Forbidden):
        await accounts.accounts(clerk)
    assert (await accounts.account(clerk)).login == "clerk"


async def test_the_last_super_administrator_who_can_sign_in_stays(accounts, admin, join) -> None:
    only = await join("only", SUPER, everywhere=True)
    with pytest.raises(Conflict) as refused:
        await accounts.set_account_active(admin, only.id, False)
    assert refused.value.code == "last_super_administrator"
    await join("second", SUPER, everywhere=True)
    await accounts.set_account_active(admin, only.id, False)
    assert (await accounts.get_account(admin, only.id)).state == "disabled"


async def test_a_login_is_unique_in_whatever_spelling(kernel, accounts, admin, dealership, join) -> None:
    view = await join("wang")
    staff = await kernel.service("organisation").create_staff(
        admin, "li", "李四", dealership_id=dealership.id
    )
    for login in ("WANG", "ｗａｎｇ", " wang "):
        with pytest.raises(Invalid):
            await accounts.create_account(admin, staff.id, login)
    for login in ("", "a", "two words", "x" * 130):
        with pytest.raises(Invalid):
            await accounts.create_account(admin, staff.id, login)
    with pytest.raises(Conflict):
        await accounts.create_account(admin, view.staff_id, "again")
    await accounts.rename_account(admin, view.id, "Wang.Xiaoming")
    assert (await accounts.login("wang.xiaoming", OWN)).token


async def test_a_weak_first_password_is_refused(kernel, accounts, admin, dealership) -> None:
    staff = await kernel.service("organisation").create_staff(
        admin, "li", "李四", dealership_id=dealership.id
    )
    with pytest.raises(Invalid):
        await accounts.create_account(admin, staff.id, "lisi", "password123")
    assert (await accounts.create_account(admin, staff.id, "lisi", PASSWORD))[1] == PASSWORD
