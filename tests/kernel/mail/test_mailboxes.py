"""Mailboxes are read over TLS; every message becomes or joins a record once, and none is lost."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, text

from crm_kernel.actor import Scope
from crm_kernel.contributions import MailTaker
from crm_kernel.dal.query import Query
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound
from crm_kernel.mail.models import Mailbox, MailReceipt
from crm_kernel.mail.service import MailboxDraft
from crm_kernel.text import Text
from tests.kernel.mail.server import LOGIN, PASSWORD, mail_server


class Desk:
    """A module that takes messages: what it was given, and where it is told to break."""

    def __init__(self):
        self.begun, self.joined, self.break_at = [], [], ""
        self.fault = OSError("power cut")

    async def begin(self, kernel, actor, mail):
        made = await kernel.service("records").create(
            actor, "customer", {"kind": "person", "name": mail.subject}
        )
        self._fall("begin")
        self.begun.append(mail)
        return made.id

    async def find(self, kernel, actor, mail):
        return None

    async def join(self, kernel, actor, record_id, mail):
        self._fall("join")
        self.joined.append((record_id, mail))

    def _fall(self, place):
        if self.break_at == place:
            self.break_at = ""
            raise self.fault


@pytest.fixture
def desk(kernel):
    desk = Desk()
    taker = MailTaker("desk", "customer", Text("Desk"), desk.begin, desk.find, desk.join)
    kernel.registry.add("tests", [taker])
    return desk


@pytest.fixture
def kernel_settings(tmp_path):
    extra = {
        "CRM_OUTBOUND_ALLOW": "localhost",
        "CRM_MAIL_CA": str(tmp_path / "localhost.pem"),
        "CRM_MAIL_MB": "1",
    }
    return {"extra": extra}


@pytest.fixture
async def server(tmp_path):
    async with mail_server(tmp_path) as running:
        yield running


@pytest.fixture
def boxes(kernel):
    return kernel.service("mailboxes")


def draft(server, **other):
    given = {
        "address": LOGIN,
        "host": "localhost",
        "port": server.tls,
        "taker": "desk",
        "password": PASSWORD,
    }
    return MailboxDraft(**{**given, **other})


def mail(subject="刹车异响", *, id="1", body="刹车有异响", **headers):
    lines = ["From: =?utf-8?b?5byg5Lyf?= <zhang@customer.test>", f"Message-ID: <{id}@customer.test>"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Subject: {subject}", "Content-Type: text/plain; charset=utf-8", "", body]
    return "\r\n".join(lines).encode()


async def receipts(kernel):
    rows = await kernel.db.rows(trusted(select(MailReceipt).order_by(MailReceipt.uid)))
    return [(row.state, row.reason) for row in rows]


async def poll(kernel, clock):
    clock.advance(61)
    return await kernel.service("mailboxes").poll()


async def test_a_mailbox_is_tried_out_and_its_password_lies_encrypted(kernel, boxes, admin, server, desk):
    view = await boxes.add(admin, draft(server))
    await server.put(mail())
    assert await boxes.try_out(admin, view.id) == 1
    starting = await boxes.add(admin, draft(server, security="starttls", port=server.plain))
    assert await boxes.try_out(admin, starting.id) == 1
    (row, _other) = await kernel.db.rows(trusted(select(Mailbox).order_by(Mailbox.id)))
    async with kernel.db.engine.connect() as connection:
        raw = (await connection.execute(text("SELECT password FROM crm_mailbox"))).scalars().first()
    assert PASSWORD not in str(raw)
    assert row.password == PASSWORD


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"password": "falsch"}, "login"),
        ({"folder": "不存在"}, "folder"),
        ({"host": "127.0.0.1"}, "address"),
        ({"port": 1}, "unreachable"),
    ],
)
async def test_what_is_wrong_is_said_in_words(kernel, boxes, admin, server, desk, other, code, database):
    if database.backend != "sqlite":
        pytest.skip("the conversation is the same")
    view = await boxes.add(admin, draft(server, **other))
    with pytest.raises(Conflict) as refusal:
        await boxes.try_out(admin, view.id)
    assert refusal.value.code == code


async def test_each_message_begins_a_record_once_and_answers_join_it(
    kernel, boxes, admin, server, desk, clock
):
    await boxes.add(admin, draft(server))
    await server.put(mail("刹车异响", id="1"), mail("空调不冷", id="2"))
    assert await poll(kernel, clock) == 2
    assert await poll(kernel, clock) == 0
    await server.put(
        mail("回复：刹车异响", id="3", In_Reply_To="<1@customer.test>"),
        mail("还是空调", id="4", References="<0@elsewhere.test> <2@customer.test>"),
        mail("又是刹车", id="5", In_Reply_To="<3@customer.test>"),
        mail("刹车异响", id="1"),
    )
    await poll(kernel, clock)
    assert [one.subject for one in desk.begun] == ["刹车异响", "空调不冷"]
    assert [one.subject for _id, one in desk.joined] == ["回复：刹车异响", "还是空调", "又是刹车"]
    first, second = {one[0] for one in desk.joined if "刹车" in one[1].subject}, desk.joined[1][0]
    assert len(first) == 1
    assert second not in first
    assert [state for state, _reason in await receipts(kernel)] == [
        "begun", "begun", "joined", "joined", "joined", "repeated",
    ]  # fmt: skip
    assert await server.seen() == 0


async def test_the_same_message_in_two_mailboxes_counts_once(kernel, boxes, admin, server, desk, clock):
    await boxes.add(admin, draft(server))
    await boxes.add(admin, draft(server, address="two@dealer.test", login=LOGIN))
    await server.put(mail())
    await poll(kernel, clock)
    assert len(desk.begun) == 1
    assert sorted(state for state, _reason in await receipts(kernel)) == ["begun", "repeated"]


async def test_automatic_answers_and_loops_are_passed_over(kernel, boxes, admin, server, desk, clock):
    await boxes.add(admin, draft(server))
    await server.put(
        mail("自动回复：外出", id="1"),
        mail("x", id="2", Auto_Submitted="auto-replied"),
        mail("y", id="3", Precedence="bulk"),
        mail("z", id="4").replace(b"=?utf-8?b?5byg5Lyf?= <zhang@customer.test>", LOGIN.encode()),
        mail("w", id="5").replace(b"=?utf-8?b?5byg5Lyf?= <zhang@", b"<MAILER-DAEMON@"),
    )
    await poll(kernel, clock)
    assert desk.begun == []
    assert [reason for _state, reason in await receipts(kernel)] == [
        "auto_reply", "auto_reply", "bulk", "loop", "delivery_report",
    ]  # fmt: skip


async def test_what_is_too_large_or_no_mail_is_shown_and_stays_in_the_mailbox(
    kernel, boxes, admin, server, desk, clock
):
    await boxes.add(admin, draft(server))
    await server.put(mail("大附件", body="x" * (1 << 20)), b"\r\n\x00\xff not a mail", mail("好的", id="3"))
    await poll(kernel, clock)
    assert await receipts(kernel) == [("refused", "too_large"), ("refused", "unreadable"), ("begun", "")]
    shown, _next = await boxes.receipts(admin, ("refused",))
    assert {one.subject for one in shown} == {"大附件", ""}
    assert (await boxes.list(admin))[0].not_taken == 2


@pytest.mark.parametrize("place", ["begin", "join"])
async def test_a_message_that_breaks_its_module_holds_nobody_up_and_is_taken_again(
    kernel, boxes, admin, server, desk, clock, place
):
    await boxes.add(admin, draft(server))
    await server.put(mail("先来", id="0"))
    await poll(kernel, clock)
    desk.break_at = place
    answering = {"In_Reply_To": "<0@customer.test>"} if place == "join" else {}
    await server.put(mail("坏的", id="1", **answering), mail("好的", id="2"))
    await poll(kernel, clock)
    assert [state for state, _reason in await receipts(kernel)] == ["begun", "failed", "begun"]
    (failed,), _next = await boxes.receipts(admin, ("failed",))
    assert (await boxes.again(admin, failed.id)).state == ("joined" if place == "join" else "begun")
    records = kernel.service("records")
    names = [one.get("name") for one in (await records.list(admin, "customer", Query())).items]
    assert sorted(names) == (["先来", "好的"] if place == "join" else ["先来", "坏的", "好的"])
    with pytest.raises(NotFound):
        await boxes.again(admin, failed.id)


class Killed(BaseException):
    """The process ends here."""


class Executioner:
    """Takes part in every transaction, and ends one before its commit."""

    def __init__(self):
        self.armed = False

    def flushing(self, work, session):
        """Nothing to see."""

    async def committing(self, work):
        if self.armed:
            raise Killed


async def test_a_process_killed_before_the_commit_leaves_nothing_half_done(
    kernel, boxes, admin, server, desk, clock
):
    await boxes.add(admin, draft(server))
    await server.put(mail("刹车异响", id="1"))
    executioner = Executioner()
    kernel.db.observe(executioner)
    desk.break_at, desk.fault = "begin", Killed()
    with pytest.raises(Killed):
        await poll(kernel, clock)
    assert await receipts(kernel) == []
    executioner.armed = True
    with pytest.raises(Killed):
        await poll(kernel, clock)
    executioner.armed = False
    assert await receipts(kernel) == []
    assert (await kernel.service("records").list(admin, "customer", Query())).items == []
    await poll(kernel, clock)
    await poll(kernel, clock)
    assert await receipts(kernel) == [("begun", "")]
    assert len((await kernel.service("records").list(admin, "customer", Query())).items) == 1


async def test_two_processes_reading_at_once_take_each_message_once(
    kernel, boxes, admin, server, desk, clock
):
    await boxes.add(admin, draft(server))
    await server.put(*(mail(f"第{n}封", id=str(n)) for n in range(6)))
    clock.advance(61)
    await asyncio.gather(boxes.poll(), boxes.poll())
    assert sorted(one.subject for one in desk.begun) == [f"第{n}封" for n in range(6)]
    assert len(await receipts(kernel)) == 6


async def test_files_are_kept_with_the_record_and_those_that_are_not_are_named(
    kernel, boxes, admin, server, desk, clock
):
    await boxes.add(admin, draft(server))
    body = "\r\n".join(
        [
            "From: a@customer.test", "Subject: files", "Message-ID: <f@x>", "MIME-Version: 1.0",
            'Content-Type: multipart/mixed; boundary="b"', "",
            "--b", "Content-Type: text/plain", "", "see files",
            "--b", "Content-Type: application/pdf", 'Content-Disposition: attachment; filename="a.pdf"', "",
            "%PDF-1.4 x",
            "--b", "Content-Type: application/octet-stream",
            "Content-Disposition: attachment; filename*=utf-8''%E7%97%85%E6%AF%92.exe",
            "Content-Transfer-Encoding: base64", "", "TVqQAAMAAAAEAAAA//8AALgAAAA=",
            "--b--", "",
        ]
    )  # fmt: skip
    await server.put(body.encode("latin-1"))
    await poll(kernel, clock)
    (row,) = await kernel.db.rows(trusted(select(MailReceipt)))
    kept = await kernel.service("attachments").list(admin, "customer", row.record_id)
    assert [one.name for one in kept] == ["a.pdf"]
    assert row.left_out == "病毒.exe"


async def test_a_mailbox_that_does_not_answer_is_tried_less_and_less_often(
    kernel, boxes, admin, server, desk, clock
):
    await boxes.add(admin, draft(server, password="falsch"))
    pauses = []
    for _n in range(3):
        await poll_until_tried(kernel, boxes, clock, pauses)
    assert pauses == sorted(pauses)
    assert pauses[-1] > pauses[0]
    assert (await boxes.list(admin))[0].fault == "login"


async def poll_until_tried(kernel, boxes, clock, pauses):
    (before,) = await kernel.db.rows(trusted(select(Mailbox)))
    start = clock.now()
    if before.due_at > start:
        clock.advance(before.due_at - start)
    await boxes.poll()
    (after,) = await kernel.db.rows(trusted(select(Mailbox)))
    pauses.append(after.due_at - clock.now())


async def test_mailboxes_of_other_houses_are_not_there(
    kernel, boxes, admin, server, desk, make_actor, make_dealership
):
    view = await boxes.add(admin, draft(server))
    east = await make_dealership("east")
    stranger = await make_actor({"mailboxes.manage": Scope.DEALERSHIP}, at=east.id)
    assert list(await boxes.list(stranger)) == []
    for attempt in (boxes.try_out, boxes.remove, boxes.get):
        with pytest.raises(NotFound):
            await attempt(stranger, view.id)
    with pytest.raises(Forbidden):
        boxes.list(await make_actor({}))
    with pytest.raises(Invalid):
        await boxes.add(admin, draft(server, address="nobody", host="", port=0, taker="none"))
    with pytest.raises(Invalid):
        await boxes.change(admin, view.id, draft(server, host="elsewhere.test", password=""))
    with pytest.raises(NotFound):
        await boxes.again(admin, uuid7())
