"""docs/integration.md: every command in it works, and is answered as it says."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from crm_kernel.actor import Scope
from crm_kernel.testing.databases import TestDatabase, database_for

DOCUMENT = Path(__file__).parents[3] / "docs" / "integration.md"
ANYTHING = "…"
RIGHTS = ("sync.push", "sync.manage", "changes.read", "webhooks.manage", "customer.view", "vehicle.view")


@pytest.fixture
async def database(tmp_path: Path) -> TestDatabase:
    return await database_for("sqlite", tmp_path)


def commands() -> list[tuple[list[str], Any]]:
    """Each curl command with the answer that stands below it, if one does."""
    text = DOCUMENT.read_text("utf-8")
    found = re.findall(r"```sh\n(curl .*?)\n```\n(?:```json\n(.*?)\n```)?", text, re.DOTALL)
    return [(shlex.split(command), json.loads(answer) if answer else None) for command, answer in found]


async def called(client: httpx.AsyncClient, words: list[str]) -> httpx.Response:
    method, url, headers, body = "GET", "", {"content-type": "application/json"}, None
    rest = iter(words[1:])
    for word in rest:
        match word:
            case "-X":
                method = next(rest)
            case "-H":
                name, _colon, value = next(rest).partition(": ")
                headers[name.lower()] = value.replace("$TOKEN", "erp")
            case "-d":
                body = next(rest)
            case _:
                url = word.replace("$FORECOURT", "http://crm.test")
    return await client.request(method, url, headers=headers, content=body and body.encode())


def within(expected: Any, found: Any) -> bool:
    """Whether what was answered holds what the document shows."""
    if expected == ANYTHING:
        return found is not None
    if isinstance(expected, dict):
        return all(name in found and within(value, found[name]) for name, value in expected.items())
    if isinstance(expected, list):
        return len(found) >= len(expected) and all(map(within, expected, found))
    return bool(expected == found)


async def test_every_command_of_the_document_is_answered_as_it_says(
    connect: Any, make_actor: Any, doorman: Any
) -> None:
    erp = await make_actor(dict.fromkeys(RIGHTS, Scope.DEALERSHIP), name="ERP", locale="en")
    doorman.known["erp"] = replace(erp, via="token")
    client = connect()
    asked = commands()
    assert len(asked) >= 7
    for words, expected in asked:
        answer = await called(client, words)
        assert answer.status_code == 200, f"{' '.join(words)}: {answer.text}"
        if expected is not None:
            assert within(expected, answer.json()), f"{' '.join(words)}: {answer.text}"
