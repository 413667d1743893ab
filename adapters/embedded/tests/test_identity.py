"""The host says who somebody is; here he becomes a member of staff with the roles his groups stand for."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from crm_embedded.identity import HOST_SCOPE
from crm_kernel.actor import Actor
from crm_kernel.errors import Forbidden, Unauthenticated


def request(user: str = "", cookie: str = "", token: str = "") -> dict[str, Any]:
    headers = [(b"x-erp-user", user.encode())] if user else []
    ours = [(b"cookie", f"crm_session={cookie}".encode())] if cookie else []
    ours += [(b"authorization", f"Bearer {token}".encode())] if token else []
    return {"type": "http", "headers": [*headers, *ours], HOST_SCOPE: {"type": "http", "headers": headers}}


async def ask(kernel: Any, user: str = "", **shown: str) -> Actor | None:
    found: Actor | None = await kernel.service("identity").authenticate(request(user, **shown))
    return found


async def test_a_person_is_known_at_first_sight_with_the_roles_of_his_groups(seeded, erp) -> None:
    erp.hire("wang", "advisors", name="王建国", position="服务顾问")
    actor = await ask(seeded, "wang")
    assert (actor.name, actor.via, actor.grants.roles) == ("王建国", "host", {"service_agent"})
    assert actor.may("customer.view")
    assert not actor.may("customer.purge")
    again = await ask(seeded, "wang")
    assert again.id == actor.id


async def test_pieces_of_a_page_asking_at_once_for_a_newcomer_all_know_his_roles(seeded, erp) -> None:
    erp.hire("wang", "advisors")

    async def later(turns: int) -> Actor | None:
        for _turn in range(turns):
            await asyncio.sleep(0)
        return await ask(seeded, "wang")

    seen = await asyncio.gather(*(later(turns) for turns in range(0, 400, 4)))
    assert [actor.grants.roles for actor in seen if actor is not None] == [{"service_agent"}] * len(seen)


async def test_nobody_is_known_without_the_hosts_word(seeded) -> None:
    assert await ask(seeded) is None
    assert await ask(seeded, "stranger") is None


async def test_whoever_has_no_group_of_ours_is_told_so(seeded, erp) -> None:
    erp.hire("zhao", "warehouse")
    with pytest.raises(Forbidden) as refused:
        await ask(seeded, "zhao")
    assert "远航" in str(refused.value.message)


async def test_a_changed_group_counts_from_the_next_request_on(seeded, erp) -> None:
    erp.hire("li", "managers")
    assert (await ask(seeded, "li")).grants.roles == {"general_manager", "administrator"}
    erp.hire("li", "advisors")
    assert (await ask(seeded, "li")).grants.roles == {"service_agent"}
    erp.hire("li")
    with pytest.raises(Forbidden):
        await ask(seeded, "li")
    assert [rule for rule in await seeded.access.store.rules() if rule.ptype == "g"] == []


async def test_roles_given_here_besides_are_left_alone(seeded, erp, admin, dealership) -> None:
    erp.hire("li", "advisors")
    person = await ask(seeded, "li")
    await seeded.service("policy").grant(admin, person.id, "marketing", dealership.id)
    erp.hire("li", "advisors", "managers")
    assert (await ask(seeded, "li")).grants.roles >= {"marketing", "administrator"}
    erp.hire("li", "advisors")
    assert (await ask(seeded, "li")).grants.roles == {"marketing", "service_agent"}


async def test_name_and_dealership_follow_the_host(seeded, erp, make_dealership) -> None:
    east = await make_dealership("east")
    erp.hire("wang", "advisors", dealership="default")
    await ask(seeded, "wang")
    erp.hire("wang", "advisors", name="王大国", dealership="east")
    actor = await ask(seeded, "wang")
    assert (actor.name, actor.dealership_id) == ("王大国", east.id)
    erp.hire("wang", "advisors", dealership="nowhere")
    with pytest.raises(Forbidden):
        await ask(seeded, "wang")


async def test_an_id_of_any_letters_becomes_a_usable_code(seeded, erp) -> None:
    erp.hire("王@erp.example/1", "advisors")
    erp.hire("王@erp.example/2", "advisors")
    people = seeded.service("host_people")
    staff = [await people.staff_of(user) for user in erp.people.values()]
    codes = {(await seeded.access.store.staff(one)).code for one in staff}
    assert len(codes) == 2
    assert all(code.startswith("h") and code.isascii() for code in codes)


async def test_a_link_opens_a_session_once(seeded, erp, clock) -> None:
    user = erp.hire("wang", "advisors")
    sessions = seeded.service("host_sessions")
    staff_id = await seeded.service("host_people").staff_of(user)
    ticket = await sessions.link(staff_id, "/customers")
    opened = await sessions.redeem(ticket)
    assert opened.path == "/customers"
    assert (await ask(seeded, cookie=opened.token)).id == staff_id
    assert (await ask(seeded, token=opened.token)).via == "token"
    with pytest.raises(Unauthenticated):
        await sessions.redeem(ticket)
    late = await sessions.link(staff_id)
    clock.advance(timedelta(seconds=61))
    with pytest.raises(Unauthenticated):
        await sessions.redeem(late)


async def test_a_session_ends_when_the_host_says_so_or_nobody_uses_it(seeded, erp, clock) -> None:
    user = erp.hire("wang", "advisors")
    people, sessions = seeded.service("host_people"), seeded.service("host_sessions")
    staff_id = await people.staff_of(user)
    first = (await sessions.open(staff_id)).token
    assert await ask(seeded, cookie=first)
    await people.dismiss("wang")
    assert await ask(seeded, cookie=first) is None
    second = (await sessions.open(await people.staff_of(user))).token
    assert (await ask(seeded, cookie=second)).may("customer.view")
    clock.advance(timedelta(hours=2))
    assert await ask(seeded, cookie=second) is None


async def test_a_signed_token_is_taken_once(seeded, clock) -> None:
    sessions = seeded.service("host_sessions")
    ends = clock.now() + timedelta(minutes=1)
    await sessions.spend("one", ends)
    await sessions.spend("two", ends)
    with pytest.raises(Unauthenticated):
        await sessions.spend("one", ends)
