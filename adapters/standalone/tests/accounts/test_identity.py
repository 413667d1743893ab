"""Who is recognised by which token, and how soon that ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from crm_kernel.administration.presets import seed_presets
from crm_kernel.dal.scoped import trusted
from crm_kernel.errors import Forbidden, Invalid, NotFound
from crm_standalone.accounts import shell
from crm_standalone.accounts.models import Token
from crm_standalone.identity import IdentityService

from .conftest import OWN, bearer, cookie, request


@pytest.fixture
async def elsewhere(kernel):
    """Another process of the same product, as far as identities go."""
    from crm_kernel.access.control import AccessControl

    made = IdentityService(kernel)
    made._access = AccessControl(kernel)
    await made._access.prepare()
    return made


@pytest.fixture
async def token(accounts, join, admin):
    view = await join("erp", "administrator")
    return await accounts.create_token_for(admin, view.id, "ERP", 30)


async def test_a_token_stands_for_its_person_and_only_its_hash_is_kept(kernel, identity, token) -> None:
    actor = await identity.authenticate(bearer(token.token))
    assert (actor.login, actor.via) == ("erp", "token")
    (row,) = await kernel.db.rows(trusted(select(Token)))
    assert token.token not in (row.token_hash, row.prefix, row.name)
    assert token.token.startswith(token.view.prefix)
    assert len(token.view.prefix) <= 10


async def test_a_program_works_from_its_first_day_though_nobody_ever_signs_in_for_it(
    kernel, accounts, identity, admin, dealership
) -> None:
    await seed_presets(kernel)
    operator = await kernel.access.operator(dealership.id)
    first = await shell.add_user(
        kernel, operator, "erp", roles=["administrator"], dealership_id=dealership.id
    )
    made = await shell.create_token(kernel, operator, "erp")
    program = await identity.authenticate(bearer(made.token))
    assert program.may("access.manage")
    assert program.place.dealership_id == dealership.id
    opened = await accounts.login("erp", first)
    person = await identity.authenticate(cookie(opened.token))
    with pytest.raises(Forbidden):
        person.access("access.manage")


@pytest.mark.parametrize("header", ["Bearer nothing", "Bearer ", "Basic eDp5", "Bearer fct_"])
async def test_nobody_is_known_by_anything_else(identity, token, header) -> None:
    assert await identity.authenticate(request({"authorization": header})) is None
    assert await identity.authenticate(request({})) is None
    assert await identity.authenticate(request({"cookie": "crm_session="})) is None


async def test_a_session_cookie_is_no_bearer_token_and_a_token_no_cookie(
    accounts, identity, join, token
) -> None:
    await join("wang")
    opened = await accounts.login("wang", OWN)
    assert await identity.authenticate(bearer(opened.token)) is None
    assert await identity.authenticate(cookie(token.token)) is None


async def test_a_known_token_costs_no_statement(kernel, identity, token) -> None:
    await identity.authenticate(bearer(token.token))
    seen: list[str] = []
    engine = kernel.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    for _request in range(20):
        assert await identity.authenticate(bearer(token.token)) is not None
    assert seen == []


async def test_a_revoked_token_ends_at_once_here_and_within_a_second_elsewhere(
    kernel, accounts, identity, elsewhere, token, clock
) -> None:
    actor = await identity.authenticate(bearer(token.token))
    assert await elsewhere.authenticate(bearer(token.token)) is not None
    await accounts.revoke_token(actor, token.view.id)
    assert await identity.authenticate(bearer(token.token)) is None
    clock.advance(1)
    assert await elsewhere.authenticate(bearer(token.token)) is None


async def test_a_disabled_person_is_out_at_once_with_every_session_and_token(
    kernel, accounts, identity, elsewhere, join, admin, clock
) -> None:
    view = await join("wang", "administrator")
    opened = await accounts.login("wang", OWN)
    token = await accounts.create_token_for(admin, view.id, "ERP")
    shown = [cookie(opened.token), bearer(token.token)]
    for scope in shown:
        assert await identity.authenticate(scope) is not None
        assert await elsewhere.authenticate(scope) is not None
    await accounts.set_account_active(admin, view.id, False)
    assert [await identity.authenticate(scope) for scope in shown] == [None, None]
    clock.advance(1)
    assert [await elsewhere.authenticate(scope) for scope in shown] == [None, None]


async def test_who_leaves_the_dealership_is_out_at_once(kernel, accounts, identity, join, admin) -> None:
    view = await join("wang", "marketing")
    opened = await accounts.login("wang", OWN)
    assert await identity.authenticate(cookie(opened.token)) is not None
    await kernel.service("organisation").set_staff_active(admin, view.staff_id, False)
    assert await identity.authenticate(cookie(opened.token)) is None


async def test_a_role_taken_away_takes_its_rights_from_open_sessions_at_once(
    kernel, accounts, identity, join, admin, dealership
) -> None:
    view = await join("wang", "administrator")
    opened = await accounts.login("wang", OWN)
    assert (await identity.authenticate(cookie(opened.token))).may("account.manage")
    await kernel.service("policy").revoke(admin, view.staff_id, "administrator", dealership.id)
    assert not (await identity.authenticate(cookie(opened.token))).may("account.manage")


async def test_a_token_runs_out(identity, token, clock) -> None:
    assert await identity.authenticate(bearer(token.token)) is not None
    clock.advance(timedelta(days=30, seconds=1))
    assert await identity.authenticate(bearer(token.token)) is None


async def test_a_token_made_for_one_dealership_acts_there_whatever_the_request_says(
    kernel, accounts, identity, join, admin, dealership, make_dealership
) -> None:
    view = await join("wang", "marketing")
    east = await make_dealership("east")
    await kernel.service("policy").grant(admin, view.staff_id, "marketing", east.id)
    bound = await accounts.create_token_for(admin, view.id, "east", 5, east.id)
    free = await accounts.create_token_for(admin, view.id, "any", 5)

    async def place(token, **headers):
        return (await identity.authenticate(bearer(token.token, **headers))).place.dealership_id

    assert await place(bound, x_crm_dealership="default") == east.id
    assert await place(free) == dealership.id
    assert await place(free, x_crm_dealership="east") == east.id
    assert await place(free, x_crm_dealership="default") == dealership.id
    with pytest.raises(NotFound):
        await place(free, x_crm_dealership="nowhere")


async def test_a_session_goes_on_at_home_when_its_other_dealership_is_closed_to_the_person(
    kernel, accounts, identity, join, admin, dealership, make_dealership
) -> None:
    view = await join("wang", "marketing")
    east = await make_dealership("east")
    policy = kernel.service("policy")
    await policy.grant(admin, view.staff_id, "marketing", east.id)
    opened = await accounts.login("wang", OWN)
    actor = await identity.authenticate(cookie(opened.token))
    moved = await accounts.enter(actor, opened.token, east.id)
    await policy.revoke(admin, view.staff_id, "marketing", east.id)
    assert (await identity.authenticate(cookie(moved.token))).place.dealership_id == dealership.id


async def test_the_browsers_language_counts_unless_the_person_chose_one(
    kernel, accounts, identity, join, admin
) -> None:
    view = await join("wang", "marketing")
    opened = await accounts.login("wang", OWN)

    async def language(accepted: str) -> str:
        return (await identity.authenticate(cookie(opened.token, accept_language=accepted))).locale

    assert await language("en-GB,en;q=0.8") == "en"
    assert await language("fr") == "zh-CN"
    await kernel.service("organisation").change_staff(admin, view.staff_id, locale="zh-CN")
    assert await language("en") == "zh-CN"


async def test_tokens_are_made_by_permission_for_oneself_and_withdrawn_by_their_owner(
    kernel, accounts, identity, join
) -> None:
    await join("wang", "administrator")
    await join("zhang", "marketing")
    boss = await identity.authenticate(cookie((await accounts.login("wang", OWN)).token))
    clerk = await identity.authenticate(cookie((await accounts.login("zhang", OWN)).token))
    with pytest.raises(Forbidden):
        await accounts.create_token(clerk, "mine")
    made = await accounts.create_token(boss, "mine", 10)
    assert [one.prefix for one in await accounts.tokens(boss)] == [made.view.prefix]
    with pytest.raises(NotFound):
        await accounts.revoke_token(clerk, made.view.id)
    for days in (0, 731, -1):
        with pytest.raises(Invalid):
            await accounts.create_token(boss, "mine", days)
