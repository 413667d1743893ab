"""Mail and SMS go out after the commit, once, to those who still want them."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select, update

from crm_kernel.access.organisation import Staff
from crm_kernel.dal.scoped import trusted
from crm_kernel.jobs.worker import Worker
from crm_kernel.notifications.models import NotificationDelivery
from crm_kernel.notifications.ports import NotSent, Rejected
from crm_kernel.text import messages
from tests.kernel.notifications.module import READY, Post, workshop

_ = messages("workshop")


@pytest.fixture
def mail():
    return Post()


@pytest.fixture
def sms():
    return Post()


@pytest.fixture
def kernel_modules():
    return [workshop]


@pytest.fixture
def kernel_overrides(mail, sms):
    return {"mailer": mail, "sms": sms}


@pytest.fixture
async def advisor(kernel, make_actor):
    """Somebody with an address and a mobile who reads English."""
    actor = await make_actor()
    values = {"email": "wang@example.com", "mobile": "13800001234", "locale": "en"}
    await set_staff(kernel, actor, **values)
    return actor


async def set_staff(kernel, actor, **values):
    async with kernel.db.work(None) as work:
        await work.execute(update(Staff).where(Staff.id == actor.id).values(**values))


async def tell(kernel, *people, plate="粤B12345"):
    async with kernel.db.work(None) as work:
        await kernel.service("notifications").notify(
            work, [p.id for p in people], READY, _("Ready: {plate}")(plate=plate), "/vehicles/1"
        )


async def states(kernel):
    rows = await kernel.db.rows(trusted(select(NotificationDelivery)))
    return {row.channel: row.state for row in rows}


async def test_one_mail_and_one_message_are_sent_after_the_commit(kernel, advisor, mail, sms):
    await tell(kernel, advisor)
    assert (mail.sent, sms.sent) == ([], [])
    await Worker(kernel).drain()
    (letter,) = mail.sent
    assert (letter.to, letter.subject) == ("wang@example.com", "Car ready")
    assert letter.text == "Ready: 粤B12345\n\nhttp://127.0.0.1:8000/vehicles/1\n"
    (short,) = sms.sent
    assert (short.to, short.text) == ("13800001234", "Ready: 粤B12345")
    assert await states(kernel) == {"mail": "sent", "sms": "sent"}


async def test_line_breaks_in_a_name_do_not_reach_a_header_or_a_message(kernel, advisor, mail, sms):
    await tell(kernel, advisor, plate="A\r\nBcc: all@example.com\x00")
    await Worker(kernel).drain()
    assert "\n" not in sms.sent[0].text
    assert "\n" not in mail.sent[0].subject


async def test_a_delivery_that_is_run_again_sends_nothing_again(kernel, advisor, mail):
    await tell(kernel, advisor)
    await Worker(kernel).drain()
    rows = await kernel.db.rows(trusted(select(NotificationDelivery)))
    async with kernel.db.work(None) as work:
        for row in rows:
            kernel.service("jobs").enqueue(work, "notifications.deliver", delivery_id=str(row.id))
    await Worker(kernel).drain()
    assert len(mail.sent) == 1


async def test_when_the_process_died_while_sending_nothing_is_sent_again_by_itself(kernel, advisor, mail):
    await tell(kernel, advisor)
    async with kernel.db.work(None) as work:
        await work.execute(update(NotificationDelivery).values(state="sending"))
    await Worker(kernel).drain()
    assert mail.sent == []
    assert await states(kernel) == {"mail": "uncertain", "sms": "uncertain"}


async def test_a_server_that_is_busy_is_asked_again_later(kernel, advisor, mail, clock):
    mail.fault = NotSent()
    await tell(kernel, advisor)
    await Worker(kernel).drain()
    assert await states(kernel) == {"mail": "waiting", "sms": "sent"}
    mail.fault = None
    clock.advance(60)
    await Worker(kernel).drain()
    assert len(mail.sent) == 1
    assert await states(kernel) == {"mail": "sent", "sms": "sent"}


@pytest.mark.parametrize(("fault", "state"), [(Rejected(), "failed"), (TimeoutError(), "uncertain")])
async def test_what_was_refused_or_is_uncertain_is_not_repeated(kernel, advisor, mail, clock, fault, state):
    mail.fault = fault
    await tell(kernel, advisor)
    await Worker(kernel).drain()
    mail.fault = None
    clock.advance(100_000)
    await Worker(kernel).drain()
    assert mail.sent == []
    assert (await states(kernel))["mail"] == state


async def test_a_wish_changed_meanwhile_is_respected(kernel, advisor, mail, sms):
    await tell(kernel, advisor)
    await kernel.service("notifications").prefer(advisor, READY, "mail", False)
    await Worker(kernel).drain()
    assert mail.sent == []
    assert await states(kernel) == {"mail": "skipped", "sms": "sent"}


async def test_people_without_address_or_who_left_get_nothing(kernel, make_actor, mail, sms):
    unreachable, left = await make_actor(), await make_actor()
    await set_staff(kernel, left, email="left@example.com", mobile="13900000000")
    await tell(kernel, unreachable, left)
    await set_staff(kernel, left, active=False)
    await Worker(kernel).drain()
    assert (mail.sent, sms.sent) == ([], [])
    assert set((await states(kernel)).values()) == {"skipped"}


async def test_logs_name_nobody(kernel, advisor, mail, sms, caplog):
    caplog.set_level(logging.DEBUG, logger="crm")
    mail.fault, sms.fault = TimeoutError("wang@example.com"), NotSent("13800001234")
    await tell(kernel, advisor)
    await Worker(kernel).drain()
    told = " ".join(str(record.__dict__) for record in caplog.records if record.name.startswith("crm"))
    assert "uncertain" in told
    for secret in ("wang@example.com", "13800001234", "粤B12345"):
        assert secret not in told
