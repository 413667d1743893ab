"""What whoever holds the shell does: the first administrator, users, tokens."""

from __future__ import annotations

import pytest

from crm_kernel.assembly import furnish
from crm_kernel.errors import ConfigurationError, NotFound
from crm_kernel.settings import Settings
from crm_standalone.accounts import shell
from crm_standalone.boot import boot

from .conftest import bearer, cookie


async def test_the_first_administrator_may_do_everything_and_is_made_once(kernel, accounts, identity) -> None:
    password = await shell.ensure_admin(kernel, "Admin", name="管理员")
    opened = await accounts.login("admin", password)
    assert opened.must_change
    renewed = await accounts.change_password(
        await identity.authenticate(cookie(opened.token)), password, "another-lantern-9", opened.token
    )
    actor = await identity.authenticate(cookie(renewed.token))
    assert actor.grants.super
    assert await shell.ensure_admin(kernel, "second") is None
    with pytest.raises(NotFound):
        await shell.set_password(kernel, actor, "second")


async def test_users_are_added_locked_and_given_roles_and_tokens(
    kernel, accounts, identity, dealership
) -> None:
    await furnish(kernel)
    by = await kernel.access.operator(dealership.id)
    first = await shell.add_user(kernel, by, "wang", roles=["marketing"], dealership_id=dealership.id)
    assert (await accounts.login("wang", first)).must_change
    given = await shell.set_password(kernel, by, "wang")
    opened = await accounts.login("wang", given)
    actor = await identity.authenticate(cookie(opened.token))
    await accounts.change_password(actor, given, "another-lantern-9")
    await shell.grant(kernel, by, "wang", "administrator", dealership.id)
    token = await shell.create_token(kernel, by, "wang", days=5)
    actor = await identity.authenticate(bearer(token.token))
    assert actor.grants.roles == {"marketing", "administrator"}
    await shell.set_active(kernel, by, "wang", False)
    assert await identity.authenticate(bearer(token.token)) is None


async def test_a_role_that_does_not_exist_leaves_no_half_made_user(kernel, dealership) -> None:
    await furnish(kernel)
    by = await kernel.access.operator(dealership.id)
    with pytest.raises(NotFound):
        await shell.add_user(kernel, by, "wang", roles=["king"], dealership_id=dealership.id)
    with pytest.raises(NotFound):
        await shell.create_token(kernel, by, "wang")


def test_the_product_boots_with_accounts(tmp_path) -> None:
    made = boot(Settings.load({}, home=tmp_path, plugins=()))
    assert made.plugins["account"].state == "on"
    assert all(made.offers(name) for name in ("accounts", "applications", "identity"))


def test_a_setting_that_makes_no_sense_stops_the_product(tmp_path) -> None:
    with pytest.raises(ConfigurationError):
        boot(Settings.load({"CRM_SESSION_HOURS": "soon"}, home=tmp_path, plugins=()))
