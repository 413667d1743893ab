"""One-time codes: each counts once, and losing the device is no end."""

from __future__ import annotations

import pyotp
import pytest
from sqlalchemy import select, text

from crm_kernel.dal.scoped import trusted
from crm_kernel.errors import Conflict, Invalid, TooMany, Unauthenticated
from crm_standalone.accounts.models import RecoveryCode
from crm_standalone.accounts.one_time_codes import code_step

from .conftest import OWN


@pytest.fixture
async def enrolled(kernel, accounts, join, clock):
    """A person with the second factor on: (actor, secret, recovery codes, account view)."""
    view = await join("wang")
    actor = await kernel.access.actor(view.staff_id)
    enrolment = await accounts.begin_second_factor(actor, OWN)
    codes = await accounts.confirm_second_factor(actor, code(enrolment.secret, clock))
    clock.advance(60)
    return actor, enrolment.secret, codes, view


def code(secret: str, clock) -> str:
    return pyotp.TOTP(secret).at(clock.now())


async def test_enrolling_shows_a_code_to_scan_and_begins_only_when_confirmed(kernel, accounts, join) -> None:
    view = await join("wang")
    actor = await kernel.access.actor(view.staff_id)
    with pytest.raises(Unauthenticated):
        await accounts.begin_second_factor(actor, "not-the-password")
    enrolment = await accounts.begin_second_factor(actor, OWN)
    assert enrolment.svg.startswith("<svg")
    assert enrolment.secret in enrolment.uri
    assert (await accounts.login("wang", OWN)).token, "not asked for until confirmed"
    with pytest.raises(Invalid):
        await accounts.confirm_second_factor(actor, "000000")


async def test_without_the_code_nobody_enters_and_the_password_alone_tells_nothing_more(
    accounts, enrolled, clock
) -> None:
    _actor, secret, _codes, _view = enrolled
    with pytest.raises(Unauthenticated) as asked:
        await accounts.login("wang", OWN)
    assert asked.value.code == "second_factor"
    with pytest.raises(Unauthenticated) as refused:
        await accounts.login("wang", "not-the-password", code(secret, clock))
    assert refused.value.code == "wrong"
    assert (await accounts.login("wang", OWN, code(secret, clock))).token


async def test_a_code_works_once(accounts, enrolled, clock) -> None:
    _actor, secret, _codes, _view = enrolled
    now = code(secret, clock)
    await accounts.login("wang", OWN, now)
    with pytest.raises(Unauthenticated):
        await accounts.login("wang", OWN, now)
    clock.advance(30)
    assert (await accounts.login("wang", OWN, code(secret, clock))).token


async def test_codes_cannot_be_guessed_for_long(accounts, enrolled) -> None:
    for attempt in range(5):
        with pytest.raises(Unauthenticated):
            await accounts.login("wang", OWN, f"{attempt:06d}")
    with pytest.raises(TooMany):
        await accounts.login("wang", OWN, "000009")


async def test_a_recovery_code_opens_once_and_lies_only_as_a_hash(kernel, accounts, enrolled) -> None:
    _actor, _secret, codes, _view = enrolled
    assert len(set(codes)) == 10
    stored = {row.code_hash for row in await kernel.db.rows(trusted(select(RecoveryCode)))}
    assert not stored & set(codes)
    assert (await accounts.login("wang", OWN, codes[0].upper())).token
    with pytest.raises(Unauthenticated):
        await accounts.login("wang", OWN, codes[0])


async def test_the_shared_secret_lies_encrypted(kernel, enrolled) -> None:
    _actor, secret, _codes, _view = enrolled
    async with kernel.db.engine.connect() as connection:
        (lying,) = (await connection.execute(text("SELECT code_secret FROM crm_account"))).scalars()
    assert secret not in lying


async def test_it_can_be_removed_with_the_password_and_by_an_administrator(
    accounts, enrolled, admin, clock
) -> None:
    actor, _secret, _codes, view = enrolled
    with pytest.raises(Conflict):
        await accounts.begin_second_factor(actor, OWN)
    await accounts.clear_second_factor(admin, view.id)
    assert (await accounts.login("wang", OWN)).token
    enrolment = await accounts.begin_second_factor(actor, OWN)
    await accounts.confirm_second_factor(actor, code(enrolment.secret, clock))
    fresh = await accounts.renew_recovery_codes(actor, OWN)
    assert (await accounts.login("wang", OWN, fresh[0])).token
    await accounts.remove_second_factor(actor, OWN)
    assert (await accounts.login("wang", OWN)).token


def test_a_code_fits_its_half_minute_and_its_neighbours_only(clock) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    now = clock.now()
    given = pyotp.TOTP(secret).at(now)
    assert code_step(secret, given, now) == int(now.timestamp()) // 30
    clock.advance(30)
    assert code_step(secret, given, clock.now()) is not None
    clock.advance(30)
    assert code_step(secret, given, clock.now()) is None
    assert code_step("", given, now) is None
    assert code_step(secret, "١٢٣٤٥٦", now) is None
