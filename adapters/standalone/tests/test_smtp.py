"""Mail goes to the mail server as it should, and a failure says whether it may be tried again."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.smtp import SMTP
from aiosmtplib import SMTPServerDisconnected

from crm_kernel.errors import ConfigurationError
from crm_kernel.notifications.ports import Mail, NotSent, Rejected
from crm_kernel.settings import Settings
from crm_standalone.channels import channels
from crm_standalone.smtp import SmtpMailer


class Sink:
    """A mail server that keeps what it gets, or answers as told."""

    def __init__(self):
        self.envelopes = []
        self.answers = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get("rcpt", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        if self.answers.get("data") == "lost":
            server.transport.abort()
        self.envelopes.append(envelope)
        return self.answers.get("data", "250 OK")


@asynccontextmanager
async def server(sink):
    spoken = []

    def speak():
        spoken.append(SMTP(sink, hostname="mail.test"))
        return spoken[-1]

    listening = await asyncio.get_running_loop().create_server(speak, "127.0.0.1", 0)
    yield listening.sockets[0].getsockname()[1]
    listening.close()
    for one in spoken:
        if one.transport is not None:
            one.transport.abort()
        if one._handler_coroutine is not None:
            await asyncio.gather(one._handler_coroutine, return_exceptions=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def sink():
    return Sink()


@pytest.fixture
async def mailer(sink):
    async with server(sink) as port:
        yield SmtpMailer("127.0.0.1", port, "none", "", "", "crm@dealer.example", 5.0)


def mail(**values):
    given = {"id": "01-a", "to": "wang@example.com", "subject": "新任务", "text": "请回电。\n"}
    return Mail(**{**given, **values})


async def test_a_mail_arrives_with_its_words(mailer, sink):
    await mailer.send(mail())
    (envelope,) = sink.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("crm@dealer.example", ["wang@example.com"])
    got = message_from_bytes(envelope.content, policy=default)
    assert (got["Subject"], got["To"], got["Message-ID"]) == (
        "新任务",
        "wang@example.com",
        "<01-a@dealer.example>",
    )
    assert got.get_content().strip() == "请回电。"


async def test_a_subject_with_line_breaks_makes_no_header(mailer, sink):
    await mailer.send(mail(subject="A\r\nBcc: all@example.com\n\nbody"))
    got = message_from_bytes(sink.envelopes[0].content, policy=default)
    assert got["Bcc"] is None
    assert got["Subject"] == "A Bcc: all@example.com body"
    assert sink.envelopes[0].rcpt_tos == ["wang@example.com"]


@pytest.mark.parametrize(
    "to",
    [
        "",
        "wang",
        "@example.com",
        "a@b\r\nBcc: c@d",
        "a@example.com, b@example.com",
        "王@example.com",
        "a b@c.d",
    ],
)
async def test_what_is_no_single_address_is_refused_before_anything_is_sent(mailer, sink, to):
    with pytest.raises(Rejected):
        await mailer.send(mail(to=to))
    assert sink.envelopes == []


@pytest.mark.parametrize(
    ("stage", "answer", "outcome"),
    [
        ("rcpt", "550 unknown", Rejected),
        ("rcpt", "451 later", NotSent),
        ("data", "554 spam", Rejected),
        ("data", "452 full", NotSent),
    ],
)
async def test_a_refusal_says_whether_another_attempt_may_help(mailer, sink, stage, answer, outcome):
    sink.answers[stage] = answer
    with pytest.raises(outcome):
        await mailer.send(mail())


async def test_a_server_that_is_away_or_without_tls_got_nothing(mailer):
    away = SmtpMailer("127.0.0.1", free_port(), "none", "", "", "crm@dealer.example", 1.0)
    insecure = SmtpMailer("127.0.0.1", mailer.port, "starttls", "", "", "crm@dealer.example", 2.0)
    for one in (away, insecure):
        with pytest.raises(NotSent):
            await one.send(mail())


async def test_a_connection_lost_while_sending_leaves_it_open(mailer, sink):
    sink.answers["data"] = "lost"
    with pytest.raises(SMTPServerDisconnected):
        await mailer.send(mail())


def settings(tmp_path, **given):
    return Settings.load({f"CRM_{name}": value for name, value in given.items()}, home=tmp_path)


def test_the_settings_describe_the_mailer(tmp_path):
    assert channels(settings(tmp_path)) == {}
    found = channels(settings(tmp_path, SMTP_HOST="mail.example", SMTP_FROM="crm@dealer.example"))["mailer"]
    assert (found.host, found.port, found.tls) == ("mail.example", 587, "starttls")


@pytest.mark.parametrize(
    "wrong",
    [
        {"SMTP_FROM": "nobody"},
        {"SMTP_FROM": "a@b.c", "SMTP_TLS": "maybe"},
        {"SMTP_FROM": "a@b.c", "SMTP_PORT": "x"},
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path, wrong):
    with pytest.raises(ConfigurationError):
        channels(settings(tmp_path, SMTP_HOST="mail.example", **wrong))
