"""The product dies while it reads a mailbox: read on, each message is there exactly once, with its files."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.kernel.mail.server import MailServer, mail_server

ROOT = Path(__file__).parents[2]
PDF = "%PDF-1.4 报价单"


def letter(number: int, subject: str, *, head: str = "", file: str = "") -> bytes:
    """A customer's message, maybe with a file."""
    lines = [
        "From: =?utf-8?b?5byg5Lyf?= <zhang@customer.test>",
        f"Message-ID: <{number}@customer.test>",
        f"Subject: {subject}",
        *([head] if head else []),
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"第{number}封：刹车有异响",
    ]
    if file:
        disposition = f'Content-Disposition: attachment; filename="{file}"'
        lines += ["--b", "Content-Type: application/pdf", disposition, "", f"{PDF}{number}"]
    return "\r\n".join([*lines, "--b--", ""]).encode()


MESSAGES = (
    letter(1, "Brakes", file="quote.pdf"),
    letter(2, "Air conditioning"),
    letter(3, "Re: Brakes", head="References: <1@customer.test>", file="photo.pdf"),
    letter(4, "Away", head="Auto-Submitted: auto-replied"),
    letter(2, "Air conditioning"),
    letter(5, "Paint", file="paint.pdf"),
)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MailServer]:
    async with mail_server(tmp_path) as running:
        yield running


class Reader:
    """Runs the product over a home until it has read the mailbox, or dies."""

    def __init__(self, server: MailServer, home: Path) -> None:
        self._server, self.home = server, home

    async def opened(self) -> Reader:
        """An installation with the mailbox."""
        code, said = await self._lived("open", str(self.home), str(self._server.tls))
        assert code == 0, said
        return self

    async def read(self, when: str = "never", nth: int = 0) -> Any:
        """What is there after one reading; None when it was killed."""
        code, said = await self._lived("read", str(self.home), when, str(nth))
        assert code in (0, -9), said
        if code:
            return None
        (told,) = (line for line in said.splitlines() if line.startswith("there "))
        return json.loads(told.removeprefix("there "))

    def copied(self, name: str) -> Reader:
        """Another installation of the same kind."""
        return Reader(self._server, Path(shutil.copytree(self.home, self.home.with_name(name))))

    async def _lived(self, *arguments: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.faults.letters", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, "CRM_MAIL_CA": str(self._server.authority)},
        )
        said, _nothing = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode()


@pytest.fixture
async def reader(server: MailServer, tmp_path: Path) -> Reader:
    """A product whose mailbox holds every kind of message, none of them read."""
    await server.put(*MESSAGES)
    return await Reader(server, tmp_path / "home").opened()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_mailbox_whose_reading_was_cut_off_is_read_on_and_nothing_is_there_twice(
    reader: Reader, when: str
) -> None:
    assert await reader.read(when, 2) is None
    there = await reader.read()
    states = ["begun", "begun", "joined", "ignored", "repeated", "begun"]
    assert [state for _uid, state, *_rest in there["receipts"]] == states
    first, second, third = (number for number, *_rest in there["cases"])
    taken = [first, second, first, None, None, third]
    assert [case for _uid, _state, _reason, case in there["receipts"]] == taken
    files = [(first, "photo.pdf"), (first, "quote.pdf"), (third, "paint.pdf")]
    assert [(case, name) for case, name, _digest in there["files"]] == files


@pytest.mark.faults
@pytest.mark.timeout(0)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_reading_killed_at_every_boundary_leaves_what_an_undisturbed_one_leaves(
    reader: Reader, when: str
) -> None:
    expected, kills = await reader.copied("calm").read(), 0
    while True:
        killed = reader.copied(f"killed-{kills + 1}")
        if await killed.read(when, kills + 1) is not None:
            break  # it has no further boundary
        kills += 1
        assert await killed.read() == expected, f"killed {when} commit {kills}"
        shutil.rmtree(killed.home)
    assert kills >= len(MESSAGES)
    print(f"killed {when} each of {kills} commits")
