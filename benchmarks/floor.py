"""The floor: a bare ASGI function that runs the same SQL on a plain driver connection."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from benchmarks.masks import MASKS
from benchmarks.rig import Plan, Question
from crm_kernel.dal.crypto import KeyRing
from crm_kernel.settings import Settings

Fetch = Callable[[str, Sequence[Any]], Awaitable[Sequence[Sequence[Any]]]]
READ: dict[str, Callable[[str], Any]] = {
    "uuid": UUID,
    "time": datetime.fromisoformat,
    "number": int,
    "text": str,
}
HEADERS = [(b"content-type", b"application/json")]


class Answer:
    """Rows of one question as JSON."""

    def __init__(self, question: Question, ring: KeyRing) -> None:
        self.question = question
        self._ring = ring
        self._struct = msgspec.defstruct("Row", [(name, Any) for name in question.names])
        self._opened = [(place, context.encode()) for place, context in question.opened.items()]
        self._masked = [(place, MASKS[name]) for place, name in question.masked.items()]
        self._encoder = msgspec.json.Encoder()
        self.arguments = [READ[kind](text) for kind, text in question.arguments]

    def encode(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """The body."""
        items = []
        for row in rows[:50]:
            values = list(row[: len(self.question.names)])
            for place, context in self._opened:
                if values[place] is not None:
                    values[place] = self._ring.decrypt(context, values[place])
            for place, mask in self._masked:
                if values[place] is not None:
                    values[place] = mask(values[place])
            for place in self.question.json:
                if values[place] is not None:
                    values[place] = msgspec.Raw(values[place])
            for place in self.question.bools:
                values[place] = bool(values[place])
            items.append(self._struct(*values))
        return self._encoder.encode({"items": items, "next": self.question.next})


class Floor:
    """One path per question; no token, no rights, no rules."""

    def __init__(self) -> None:
        self._plan = msgspec.json.decode(Path(os.environ["BENCH_PLAN"]).read_bytes(), type=Plan)
        ring = KeyRing.load(Settings.load({}, home=self._plan.home))
        self._answers = {f"/{place}": Answer(one, ring) for place, one in enumerate(self._plan.questions)}
        self._fetch: Fetch | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        answer = self._answers[scope["path"]]
        fetch = self._fetch or await self._connect()
        body = answer.encode(await fetch(answer.question.sql, answer.arguments))
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": body})

    async def _connect(self) -> Fetch:
        fetch = (
            _sqlite(self._plan.url) if self._plan.url.startswith("sqlite") else await _asyncpg(self._plan.url)
        )
        self._fetch = fetch
        return fetch


def _sqlite(url: str) -> Fetch:
    connection = sqlite3.connect(url.split("///", 1)[1], isolation_level=None)

    async def fetch(sql: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return connection.execute(sql, arguments).fetchall()

    return fetch


async def _asyncpg(url: str) -> Fetch:
    import asyncio

    import asyncpg

    free: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
    for _number in range(4):
        free.put_nowait(await asyncpg.connect(url.replace("+asyncpg", "")))

    async def fetch(sql: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        connection = await free.get()
        try:
            rows: Sequence[Sequence[Any]] = await connection.fetch(sql, *arguments)
            return rows
        finally:
            free.put_nowait(connection)

    return fetch


app = Floor()
