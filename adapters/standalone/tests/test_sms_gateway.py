"""Short messages are handed to the gateway, and its answer says whether they may be tried again."""

from __future__ import annotations

import asyncio
import json

import pytest

from crm_kernel.errors import ConfigurationError
from crm_kernel.notifications.ports import NotSent, Rejected, Sms
from crm_kernel.settings import Settings
from crm_standalone.channels import channels
from crm_standalone.sms_gateway import GatewayFailed, SmsGateway

SMS = Sms("01-a", "13800001234", "车已修好")


class Gateway:
    """An HTTP server that keeps what is posted and answers as told."""

    def __init__(self):
        self.requests = []
        self.answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        headers = {name.lower(): value for name, value in headers.items()}
        body = await reader.readexactly(int(headers["content-length"]))
        self.requests.append((head.split("\r\n")[0], headers, json.loads(body)))
        if self.answer:
            writer.write(self.answer)
        else:
            await reader.read()
        writer.close()
        await writer.wait_closed()


@pytest.fixture
async def gateway():
    made = Gateway()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/send"
    async with server:
        yield made


async def test_a_message_is_posted_with_its_id_and_token(gateway):
    await SmsGateway(gateway.url, "secret", "【好车】", 5).send(SMS)
    ((line, headers, body),) = gateway.requests
    assert line == "POST /send HTTP/1.1"
    assert headers["authorization"] == "Bearer secret"
    assert headers["idempotency-key"] == "01-a"
    assert body == {"id": "01-a", "to": "13800001234", "text": "车已修好", "from": "【好车】"}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(400, Rejected), (401, Rejected), (302, Rejected), (429, NotSent), (503, NotSent), (500, GatewayFailed)],
)
async def test_an_answer_says_whether_another_attempt_may_help(gateway, status, outcome):
    gateway.answer = (
        f"HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".encode()
    )
    with pytest.raises(outcome):
        await SmsGateway(gateway.url, "", "", 5).send(SMS)
    assert len(gateway.requests) == 1, "a redirect is not followed"


async def test_a_gateway_that_is_away_got_nothing():
    with pytest.raises(NotSent):
        await SmsGateway("http://127.0.0.1:1/send", "", "", 1).send(SMS)


async def test_an_answer_that_never_comes_leaves_it_open(gateway):
    gateway.answer = b""
    with pytest.raises(Exception) as raised:
        await SmsGateway(gateway.url, "", "", 0.2).send(SMS)
    assert not isinstance(raised.value, NotSent | Rejected)


def settings(tmp_path, **given):
    return Settings.load({f"CRM_{name}": value for name, value in given.items()}, home=tmp_path)


def test_the_settings_describe_the_gateway(tmp_path):
    found = channels(settings(tmp_path, SMS_URL="https://sms.example/send", SMS_TOKEN="t"))["sms"]
    assert (found.url, found.token, found.timeout) == ("https://sms.example/send", "t", 10)


@pytest.mark.parametrize("url", ["http://sms.example/send", "ftp://sms.example", "https://", "sms.example"])
def test_tokens_and_messages_travel_encrypted_or_not_at_all(tmp_path, url):
    with pytest.raises(ConfigurationError):
        channels(settings(tmp_path, SMS_URL=url))
