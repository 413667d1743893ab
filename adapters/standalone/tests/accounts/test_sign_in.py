"""Signing in: what opens the door, what does not, and what nobody may learn from trying."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from crm_kernel.dal.scoped import trusted
from crm_kernel.errors import Invalid, NotFound, TooMany, Unauthenticated
from crm_kernel.web.secrets import fingerprint
from crm_standalone.accounts.models import Session

from .conftest import OWN, cookie

WRONG = "not-the-password"


async def sessions(kernel):
    return await kernel.db.rows(trusted(select(Session)))


async def test_the_right_password_opens_a_session_whose_token_is_stored_only_as_a_hash(
    kernel, accounts, identity, join
) -> None:
    view = await join("Wang")
    opened = await accounts.login(" wang ", OWN, address="203.0.113.5", agent="Firefox")
    actor = await identity.authenticate(cookie(opened.token))
    assert (actor.id, actor.via, actor.login) == (view.staff_id, "session", "wang")
    stored = [s.token_hash for s in await sessions(kernel)]
    assert fingerprint(opened.token) in stored
    assert opened.token not in stored


async def test_an_unknown_login_and_a_wrong_password_look_and_cost_the_same(accounts, join, hasher) -> None:
    await join("wang")
    answers = []
    for login in ("wang", "nobody"):
        before = hasher.verified
        with pytest.raises(Unauthenticated) as refused:
            await accounts.login(login, WRONG)
        answers.append((str(refused.value), refused.value.code, hasher.verified - before))
    assert answers[0] == answers[1]
    assert answers[0][1:] == ("wrong", 1), "the hash is computed once, whether or not there is an account"


async def test_a_disabled_account_answers_like_a_wrong_password(accounts, join, admin) -> None:
    view = await join("wang")
    await accounts.set_account_active(admin, view.id, False)
    with pytest.raises(Unauthenticated) as refused:
        await accounts.login("wang", OWN)
    assert refused.value.code == "wrong"


async def test_the_session_a_browser_brought_along_ends_at_sign_in(accounts, identity, join) -> None:
    """Nobody can plant a session in another's browser and share it afterwards."""
    await join("wang")
    await join("zhang")
    planted = await accounts.login("zhang", OWN)
    opened = await accounts.login("wang", OWN, previous=planted.token)
    assert opened.token != planted.token
    assert await identity.authenticate(cookie(planted.token)) is None
    with_made_up = await accounts.login("wang", OWN, previous="chosen-by-an-attacker")
    assert with_made_up.token != "chosen-by-an-attacker"
    assert await identity.authenticate(cookie("chosen-by-an-attacker")) is None


async def test_the_token_changes_with_the_dealership_and_with_the_password(
    kernel, accounts, identity, join, admin, make_dealership
) -> None:
    view = await join("wang")
    east = await make_dealership("east")
    await kernel.service("policy").grant(admin, view.staff_id, "marketing", east.id)
    first = await accounts.login("wang", OWN)
    actor = await identity.authenticate(cookie(first.token))
    second = await accounts.enter(actor, first.token, east.id)
    assert (await identity.authenticate(cookie(second.token))).place.dealership_id == east.id
    assert await identity.authenticate(cookie(first.token)) is None
    elsewhere = await accounts.login("wang", OWN)
    third = await accounts.change_password(actor, OWN, "another-lantern-9", second.token)
    assert await identity.authenticate(cookie(second.token)) is None
    assert await identity.authenticate(cookie(elsewhere.token)) is None, "other devices are signed out"
    assert (await identity.authenticate(cookie(third.token))).place.dealership_id == east.id
    assert third.expires_at == first.expires_at, "a new token prolongs nothing"


async def test_nobody_enters_a_dealership_without_a_role_there(
    accounts, identity, join, make_dealership
) -> None:
    await join("wang")
    east = await make_dealership("east")
    opened = await accounts.login("wang", OWN)
    actor = await identity.authenticate(cookie(opened.token))
    with pytest.raises(NotFound):
        await accounts.enter(actor, opened.token, east.id)
    with pytest.raises(NotFound):
        await identity.authenticate(cookie(opened.token, x_crm_dealership="east"))


async def test_five_wrong_attempts_lock_the_login_and_the_pause_doubles(accounts, join, clock) -> None:
    await join("wang")
    for _attempt in range(5):
        with pytest.raises(Unauthenticated):
            await accounts.login("wang", WRONG)
    with pytest.raises(TooMany) as locked:
        await accounts.login("wang", OWN)
    assert locked.value.retry_after == 30
    clock.advance(31)
    with pytest.raises(Unauthenticated):
        await accounts.login("wang", WRONG)
    with pytest.raises(TooMany) as locked:
        await accounts.login("wang", OWN)
    assert locked.value.retry_after == 60
    clock.advance(61)
    assert (await accounts.login("wang", OWN)).token
    with pytest.raises(Unauthenticated):
        await accounts.login("wang", WRONG)
    assert (await accounts.login("wang", OWN)).token, "the right password begins the count anew"


async def test_a_login_nobody_has_is_locked_like_any_other(accounts, join) -> None:
    for _attempt in range(5):
        with pytest.raises(Unauthenticated):
            await accounts.login("nobody", WRONG)
    with pytest.raises(TooMany):
        await accounts.login("nobody", WRONG)


async def test_one_address_that_tries_many_logins_is_locked_and_others_are_not(accounts, join) -> None:
    await join("wang")
    for attempt in range(30):
        with pytest.raises(Unauthenticated):
            await accounts.login(f"guess{attempt}", WRONG, address="2001:db8::1")
    with pytest.raises(TooMany):
        await accounts.login("wang", OWN, address="2001:db8::2")
    assert (await accounts.login("wang", OWN, address="2001:db9::1")).token


async def test_people_behind_one_address_who_sign_in_rightly_lock_nobody_out(accounts, join) -> None:
    await join("wang")
    for _morning in range(35):
        await accounts.login("wang", OWN, address="203.0.113.5")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "Use at least"),
        ("1q2w3e4r5t", "first that attackers try"),
        ("password2026", "first that attackers try"),
        ("aaaaaaaaaaaa", "first that attackers try"),
        ("abcabcabcabc", "first that attackers try"),
        ("Wang-is-the-best", "must not be part"),
        ("王小明的密码就是这一个", "must not be part"),
        ("x" * 201, "Use at most"),
    ],
)
async def test_passwords_that_are_guessed_first_are_refused(kernel, accounts, join, password, why) -> None:
    view = await join("wang")
    actor = await kernel.access.actor(view.staff_id)
    with pytest.raises(Invalid) as refused:
        await accounts.change_password(actor, OWN, password)
    assert why in str(refused.value.errors[0].message)


async def test_somebody_with_a_given_password_holds_no_right_until_he_sets_his_own(
    kernel, accounts, identity, join, admin
) -> None:
    view = await join("wang", "administrator")
    given = await accounts.give_password(admin, view.id)
    opened = await accounts.login("wang", given)
    assert opened.must_change
    actor = await identity.authenticate(cookie(opened.token))
    assert not actor.grants.permissions
    renewed = await accounts.change_password(actor, given, "another-lantern-9", opened.token)
    assert not renewed.must_change
    assert (await identity.authenticate(cookie(renewed.token))).may("account.manage")


async def test_a_reset_link_works_once_and_for_half_an_hour_and_ends_everything_open(
    accounts, identity, join, admin, clock
) -> None:
    view = await join("wang")
    opened = await accounts.login("wang", OWN)
    token = (await accounts.create_token_for(admin, view.id, "erp")).token
    link = await accounts.give_reset_link(admin, view.id)
    with pytest.raises(Invalid):
        await accounts.reset_password(link, "wang-wang-wang")
    await accounts.reset_password(link, "another-lantern-9")
    assert await identity.authenticate(cookie(opened.token)) is None
    assert await identity.authenticate({"headers": [(b"authorization", f"Bearer {token}".encode())]}) is None
    with pytest.raises(NotFound):
        await accounts.reset_password(link, "third-lantern-11")
    late = await accounts.give_reset_link(admin, view.id)
    clock.advance(31 * 60)
    with pytest.raises(NotFound):
        await accounts.reset_password(late, "third-lantern-11")
    assert (await accounts.login("wang", "another-lantern-9")).token


async def test_a_link_goes_to_the_mail_of_whoever_has_one_and_the_answer_is_the_same_for_everybody(
    kernel, accounts, join, admin, outbox
) -> None:
    view = await join("wang")
    await kernel.service("organisation").change_staff(admin, view.staff_id, email="wang@example.com")
    assert await accounts.request_reset("wang") is None
    assert await accounts.request_reset("nobody") is None
    await asyncio.gather(*accounts._sending)
    (mail,) = outbox.sent
    assert mail.to == "wang@example.com"
    token = mail.text.rpartition("#")[2]
    await accounts.reset_password(token, "another-lantern-9")
    assert (await accounts.login("wang", "another-lantern-9")).token
    for caller in range(4):
        await accounts.request_reset("wang", address=f"203.0.113.{caller}")
    with pytest.raises(TooMany):
        await accounts.request_reset("wang", address="203.0.113.9")
    await asyncio.gather(*accounts._sending)


async def test_guesses_made_at_the_same_moment_are_counted_one_by_one(accounts, join, hasher) -> None:
    await join("wang")
    before = hasher.verified
    tries = [accounts.login("wang", f"{WRONG}{n}") for n in range(20)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, TooMany) for answer in answers) == 15
    assert hasher.verified - before == 5


async def test_signing_out_ends_the_session_at_once(accounts, identity, join) -> None:
    await join("wang")
    opened = await accounts.login("wang", OWN)
    assert await identity.authenticate(cookie(opened.token)) is not None
    await accounts.logout(opened.token)
    assert await identity.authenticate(cookie(opened.token)) is None
    await accounts.logout(opened.token)


async def test_a_session_ends_unused_after_two_hours_and_in_any_case_after_twelve(
    accounts, identity, join, clock
) -> None:
    await join("wang")
    idle = await accounts.login("wang", OWN)
    clock.advance(2 * 3600 + 1)
    assert await identity.authenticate(cookie(idle.token)) is None
    busy = await accounts.login("wang", OWN)
    for _hour in range(11):
        clock.advance(3600)
        assert await identity.authenticate(cookie(busy.token)) is not None
    clock.advance(3601)
    assert await identity.authenticate(cookie(busy.token)) is None


async def test_one_sees_and_ends_ones_own_sessions_only(kernel, accounts, identity, join) -> None:
    await join("wang")
    await join("zhang")
    here, there = await accounts.login("wang", OWN, agent="desk"), await accounts.login("wang", OWN)
    foreign = await accounts.login("zhang", OWN)
    actor = await identity.authenticate(cookie(here.token))
    other = await identity.authenticate(cookie(foreign.token))
    listed = await accounts.sessions(actor, here.token)
    assert sum(one.current for one in listed) == 1
    (own,) = [one for one in await accounts.sessions(other, foreign.token) if one.current]
    with pytest.raises(NotFound):
        await accounts.end_session(actor, own.id)
    assert await accounts.end_other_sessions(actor, here.token) >= 1
    assert await identity.authenticate(cookie(there.token)) is None
    assert await identity.authenticate(cookie(here.token)) is not None
    assert await identity.authenticate(cookie(foreign.token)) is not None
