"""The floor of writing: a bare ASGI function that inserts and commits what the product wrote for one record.

`/row` inserts the record alone, `/all` also what belongs to it: number, search tokens, change log, event.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from benchmarks.desk import bare, file_of

CONNECTIONS = 4
HEADERS = [(b"content-type", b"application/json")]


class Row(msgspec.Struct):
    """A row the product wrote. `fresh` are places of values that differ from record to record."""

    table: str
    columns: list[str]
    kinds: list[str]
    """PostgreSQL's name of each column's type."""
    values: list[Any]
    fresh: dict[int, str]
    """Place to `id` (of the record), `uuid` (of the row) or `text`."""


class Template(msgspec.Struct):
    """What is written for one record, the record's own row first, and what is answered."""

    url: str
    rows: list[Row]
    answer: str


class Body(msgspec.Struct):
    """What is sent."""

    name: str
    mobile: str
    source: str


Write = Callable[[list[Row], list[list[Any]]], Awaitable[None]]


class Floor:
    """Reads the body, inserts, commits, answers."""

    def __init__(self) -> None:
        self._decoder = msgspec.json.Decoder(Body)
        self._rows: list[Row] = []
        self._answer = b""
        self._sqlite = False
        self._write: Write | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            self._write = await self._begin()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        self._decoder.decode((await receive())["body"])
        if self._write is None:
            raise RuntimeError("the server has not begun")
        rows = self._rows if scope["path"] == "/all" else self._rows[:1]
        await self._write(rows, self._values(rows))
        await send({"type": "http.response.start", "status": 201, "headers": HEADERS})
        await send({"type": "http.response.body", "body": self._answer})

    def _values(self, rows: list[Row]) -> list[list[Any]]:
        record: Any = uuid4()
        record = str(record) if self._sqlite else record
        found = []
        for row in rows:
            values: list[Any] = list(row.values)
            for place, use in row.fresh.items():
                values[place] = record if use == "id" else secrets.token_hex(8)
                if use == "uuid":
                    values[place] = str(uuid4()) if self._sqlite else uuid4()
            found.append(values)
        return found

    async def _begin(self) -> Write:
        template = _template()
        rows = self._rows = template.rows
        self._answer = template.answer.encode()
        self._sqlite = template.url.startswith("sqlite")
        if self._sqlite:
            return _on_sqlite(bare(file_of(template.url)), {row.table: _marks(row, "?") for row in rows})
        free: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        for _number in range(CONNECTIONS):
            free.put_nowait(await asyncpg.connect(template.url.replace("+asyncpg", "")))
        for row in rows:
            row.values = [
                UUID(str(value)) if kind == "uuid" and value is not None else value
                for kind, value in zip(row.kinds, row.values, strict=True)
            ]
        return _on_postgresql(free, {row.table: _marks(row, "$") for row in rows})


def _template() -> Template:
    return msgspec.json.decode(Path(os.environ["BENCH_PLAN"]).read_bytes(), type=Template)


def _marks(row: Row, mark: str) -> str:
    texts = {"uuid", "bigint", "integer", "boolean"}
    marks = [
        mark if mark == "?" else f"${place}" if kind in texts else f"${place}::text::{kind}"
        for place, kind in enumerate(row.kinds, start=1)
    ]
    columns = ", ".join(f'"{name}"' for name in row.columns)
    return f"INSERT INTO {row.table} ({columns}) VALUES ({', '.join(marks)})"


def _on_sqlite(connection: sqlite3.Connection, sql: dict[str, str]) -> Write:
    async def write(rows: list[Row], values: list[list[Any]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for row, given in zip(rows, values, strict=True):
            connection.execute(sql[row.table], given)
        connection.execute("COMMIT")

    return write


def _on_postgresql(free: asyncio.LifoQueue[Any], sql: dict[str, str]) -> Write:
    async def write(rows: list[Row], values: list[list[Any]]) -> None:
        connection = await free.get()
        try:
            async with connection.transaction():
                for row, given in zip(rows, values, strict=True):
                    await connection.execute(sql[row.table], *given)
        finally:
            free.put_nowait(connection)

    return write


app = Floor()
