"""People are told in the product; each sees only what is his own."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from crm_kernel.dal.types import uuid7
from crm_kernel.errors import ConfigurationError, Invalid, Malformed
from crm_kernel.notifications.check import findings, notes
from crm_kernel.text import messages
from tests.kernel.notifications.module import READY, TASK, workshop

_ = messages("workshop")


@pytest.fixture
def kernel_modules():
    return [workshop]


@pytest.fixture
def notifications(kernel):
    return kernel.service("notifications")


async def tell(kernel, *people, words="Ready: {plate}", plate="粤B12345", path="/vehicles/1", type=READY):
    async with kernel.db.work(None) as work:
        return await kernel.service("notifications").notify(
            work, [person.id for person in people], type, _(words)(plate=plate), path
        )


async def test_each_person_told_finds_it_in_the_inbox(kernel, notifications, make_actor):
    one, two, nobody = await make_actor(), await make_actor(), await make_actor()
    assert await tell(kernel, one, two, one) == 2
    for person in (one, two):
        (seen,) = (await notifications.inbox(person)).items
        assert (seen.type, seen.text, seen.path, seen.read) == (
            READY,
            "Ready: 粤B12345",
            "/vehicles/1",
            False,
        )
        assert await notifications.unread(person) == 1
    assert (await notifications.inbox(nobody)).items == []


async def test_nobody_is_told_of_what_was_rolled_back(kernel, notifications, make_actor):
    person = await make_actor()
    with pytest.raises(RuntimeError):
        await tell_and_fail(kernel, person)
    assert await notifications.unread(person) == 0


async def tell_and_fail(kernel, person):
    async with kernel.db.work(None):
        await tell(kernel, person)
        raise RuntimeError


async def test_reading_marks_ones_own_and_nobody_elses(kernel, notifications, make_actor):
    one, two = await make_actor(), await make_actor()
    for _n in range(3):
        await tell(kernel, one, two)
    mine = (await notifications.inbox(one)).items
    foreign = (await notifications.inbox(two)).items
    assert await notifications.mark_read(one, [mine[0].id, foreign[0].id, uuid7()]) == 1
    assert await notifications.unread(one) == 2
    assert await notifications.unread(two) == 3
    assert [seen.id for seen in (await notifications.inbox(one, unread=True)).items] == [
        mine[1].id,
        mine[2].id,
    ]
    assert await notifications.mark_read(one) == 2
    assert await notifications.unread(one) == 0


async def test_the_inbox_is_read_page_by_page(kernel, notifications, make_actor):
    person = await make_actor()
    for n in range(5):
        await tell(kernel, person, plate=str(n))
    first = await notifications.inbox(person, limit=3)
    rest = await notifications.inbox(person, cursor=first.next, limit=3)
    assert [seen.text[-1] for seen in (*first.items, *rest.items)] == ["4", "3", "2", "1", "0"]
    assert rest.next is None
    with pytest.raises(Malformed):
        await notifications.inbox(person, cursor="x")


async def test_everybody_chooses_for_himself(kernel, notifications, make_actor):
    person, other = await make_actor(), await make_actor()
    await notifications.prefer(person, TASK, "product", False)
    await tell(kernel, person, other, type=TASK)
    assert await notifications.unread(person) == 0
    assert await notifications.unread(other) == 1
    shown = {p.type: p.channels for p in await notifications.preferences(person)}
    assert shown[TASK] == {"product": False}, "channels that reach nobody are not offered"
    await notifications.prefer(person, TASK, "product", True)
    await tell(kernel, person, type=TASK)
    assert await notifications.unread(person) == 1
    for unknown in ((TASK, "pigeon"), ("workshop.unknown", "mail")):
        with pytest.raises(Invalid):
            await notifications.prefer(person, *unknown, True)


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "javascript:x", "/" + "x" * 500])
async def test_a_notification_leads_nowhere_but_to_our_pages(kernel, make_actor, path):
    person = await make_actor()
    with pytest.raises(ConfigurationError):
        await tell(kernel, person, path=path)
    with pytest.raises(ConfigurationError):
        await tell(kernel, person, type="workshop.unknown")


async def test_words_do_not_lie_in_clear(kernel, make_actor):
    await tell(kernel, await make_actor(), plate="王小明")
    async with kernel.db.engine.connect() as connection:
        raw = (await connection.execute(text("SELECT text FROM crm_notification"))).scalar_one()
    assert "王小明" not in raw
    assert "Ready" not in raw


async def test_old_notifications_are_forgotten(kernel, notifications, make_actor, clock):
    person = await make_actor()
    await tell(kernel, person, plate="old")
    clock.advance(181 * 86_400)
    await tell(kernel, person, plate="new")
    assert await notifications.tidy() == 1
    assert [seen.text for seen in (await notifications.inbox(person)).items] == ["Ready: new"]


async def test_the_check_says_that_nothing_leaves_the_house(kernel):
    assert findings(kernel) == []
    assert ["mail" in str(notes(kernel)[0]), "SMS" in str(notes(kernel)[1])] == [True, True]
