"""One request, one answer: pinned to the judged address, within its time, within its size, no further."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from crm_kernel.outbound.addresses import Allowed, Refused
from crm_kernel.outbound.client import Interrupted, NotReached, Outbound

INSIDE = Allowed.parse("127.0.0.1 erp.inside")


class Server:
    """Keeps the heads of requests and answers as told."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        if self.answer:
            writer.write(self.answer)
        else:
            await reader.read()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    running = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = running.sockets[0].getsockname()[1]
    async with running:
        yield made


async def test_an_allowed_machine_answers(server: Server) -> None:
    answer = await Outbound(INSIDE).send("GET", f"http://127.0.0.1:{server.port}/车?a=1&名=张")
    assert (answer.status, answer.body) == (200, b"ok")
    assert server.heads[0].startswith("GET /%E8%BD%A6?a=1&%E5%90%8D=%E5%BC%A0 HTTP/1.1")
    assert f"host: 127.0.0.1:{server.port}" in server.heads[0]


async def test_a_name_that_points_inside_a_moment_later_gains_nothing(server: Server) -> None:
    """The classic trick: harmless when it is judged, this machine when it is called."""
    asked: list[str] = []

    async def turning(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["192.0.2.1"] if len(asked) == 1 else ["127.0.0.1"]

    with pytest.raises((Refused, NotReached)):
        await Outbound(Allowed.parse("192.0.2.1"), turning).send(
            "GET", f"http://evil.example:{server.port}/", seconds=0.3
        )
    assert asked == ["evil.example"], "resolved once, and what was judged was called"
    assert server.heads == []


async def test_one_address_inside_among_public_ones_is_enough_to_refuse(server: Server) -> None:
    async def both(_host: str, _port: int) -> Sequence[str]:
        return ["1.1.1.1", "127.0.0.1"]

    with pytest.raises(Refused):
        await Outbound(Allowed(), both).send("GET", f"https://half.example:{server.port}/")
    assert server.heads == []


async def test_the_first_address_that_answers_is_taken(server: Server) -> None:
    async def two(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    answer = await Outbound(Allowed.parse("erp.inside"), two).send("GET", f"http://erp.inside:{server.port}/")
    assert answer.status == 200


async def test_without_encryption_only_machines_inside_are_called(server: Server) -> None:
    async def outside(_host: str, _port: int) -> Sequence[str]:
        return ["1.1.1.1"]

    with pytest.raises(Refused):
        await Outbound(INSIDE, outside).send("GET", "http://example.com/")


async def test_a_redirect_is_answered_and_not_followed(server: Server) -> None:
    server.answer = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    answer = await Outbound(INSIDE).send("POST", f"http://127.0.0.1:{server.port}/", body=b"{}")
    assert (answer.status, answer.headers["location"]) == (302, "http://127.0.0.1:1/")
    assert len(server.heads) == 1


async def test_an_answer_without_end_is_cut_off(server: Server) -> None:
    server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000
    with pytest.raises(Interrupted):
        await Outbound(INSIDE).send("GET", f"http://127.0.0.1:{server.port}/", limit=1000)


async def test_a_machine_that_does_not_answer_is_given_up(server: Server) -> None:
    server.answer = b""
    with pytest.raises(Interrupted):
        await Outbound(INSIDE).send("GET", f"http://127.0.0.1:{server.port}/", seconds=0.2)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    with pytest.raises(NotReached):
        await Outbound(INSIDE).send("GET", "http://127.0.0.1:1/", seconds=2)
    with pytest.raises(NotReached):
        await Outbound(INSIDE).send("GET", "https://nobody.invalid/", seconds=5)


async def test_what_is_no_http_is_no_answer(server: Server) -> None:
    server.answer = b"SSH-2.0-OpenSSH_9\r\n"
    with pytest.raises(Interrupted):
        await Outbound(INSIDE).send("GET", f"http://127.0.0.1:{server.port}/")
