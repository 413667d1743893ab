"""An import of customers beside its floor: the same rows written in the same chunks by the plain driver.

`python -m benchmarks.imports [--backend NAME] [--rows N]`; a million rows are a run of some minutes. Prints
rows per second, microseconds of this process's CPU per row, the peak of its memory, and how the rate holds as
the table grows.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import random
import resource
import tempfile
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.desk import bare, desk, file_of, fresh_database
from benchmarks.people import GIVEN, SURNAMES, mobile_of

HEADS = ("客户编号", "客户名称", "性别", "出生日期", "手机", "地址", "客户级别", "来源", "建档日期", "备注")
TABLES = (
    "crm_customer_customer",
    "crm_customer_phone",
    "crm_search",
    "crm_audit_key",
    "crm_audit_change",
    "crm_audit_row",
)
CHUNK = 1000


def write_file(path: Path, rows: int) -> None:
    """Good rows only, the same at every run."""
    draw = random.Random(rows)
    with path.open("w", encoding="gb18030", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADS)
        for number in range(rows):
            name = draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=2))
            born = f"{draw.randrange(1960, 2004)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
            table.writerow(
                (
                    f"KH{number:07}", name, draw.choice("男女"), born, mobile_of(number), f"某某路{number}号",
                    draw.choice(("普通", "银卡", "金卡")), draw.choice(("电话", "网络")), "2024/6/1", "",
                )
            )  # fmt: skip


class Clock:
    """Seconds of work and of waiting since it was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def read(self) -> tuple[float, float]:
        """(CPU, wall)."""
        return time.process_time() - self._cpu, time.perf_counter() - self._wall


async def measure(backend: str, home: Path, rows: int) -> None:
    """Import, then write what was imported once more the short way; ends the run if a row is missing."""
    write_file(home / "customers.csv", rows)
    url = fresh_database(backend, home, "crm_bench_import")
    other = fresh_database(backend, home, "crm_bench_import_floor")
    pace: list[tuple[int, float]] = []
    async with desk(home, url) as (kernel, actor):
        clock = Clock()
        file = home / "customers.csv"
        counts = await kernel.service("imports").import_file(
            actor, "customers", file, progress=lambda so_far: pace.append((so_far.rows, clock.read()[1]))
        )
        cpu, wall = clock.read()
    if counts["created"] != rows or counts["rejected"]:
        raise SystemExit(f"not every row became a customer: {counts}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{backend}: import {rows / wall:7.0f} rows/s {cpu / rows * 1e6:5.0f} us CPU per row, {memory} MB")
    print("  rows/s, tenth by tenth: " + ", ".join(f"{rate:.0f}" for rate in _tenths(pace)))
    async with desk(home, other):
        pass
    cpu, wall = await (_on_sqlite(url, other) if backend == "sqlite" else _on_postgresql(url, other))
    print(f"  floor {rows / wall:7.0f} rows/s {cpu / rows * 1e6:5.0f} us CPU per row", flush=True)


def _tenths(pace: list[tuple[int, float]]) -> list[float]:
    step = max(1, len(pace) // 10)
    marks = [(0, 0.0), *pace[step - 1 :: step]]
    return [(b[0] - a[0]) / (b[1] - a[1]) for a, b in pairwise(marks)]


async def _on_sqlite(url: str, other: str) -> tuple[float, float]:
    there, here = bare(file_of(url)), bare(file_of(other))
    here.execute("DELETE FROM crm_audit_change")
    cpu = wall = 0.0
    names = {table: [row[1] for row in there.execute(f"PRAGMA table_info({table})")] for table in TABLES}
    listed = {table: ", ".join(f'"{name}"' for name in names[table]) for table in TABLES}
    readers = [there.execute(f"SELECT {listed[table]} FROM {table}") for table in TABLES]
    while any(chunks := [reader.fetchmany(CHUNK) for reader in readers]):
        clock = Clock()
        here.execute("BEGIN IMMEDIATE")
        for table, rows in zip(TABLES, chunks, strict=True):
            marks = ", ".join("?" * len(names[table]))
            here.executemany(f"INSERT INTO {table} ({listed[table]}) VALUES ({marks})", rows)
        here.execute("COMMIT")
        cpu, wall = (a + b for a, b in zip((cpu, wall), clock.read(), strict=True))
    for table in TABLES:
        asked = f"SELECT count(*) FROM {table}"
        if there.execute(asked).fetchone() != here.execute(asked).fetchone():
            raise SystemExit(f"the floor did not write all of {table}")
    return cpu, wall


async def _on_postgresql(url: str, other: str) -> tuple[float, float]:
    there, here = [await asyncpg.connect(one.replace("+asyncpg", "")) for one in (url, other)]
    await here.execute("DELETE FROM crm_audit_change")
    cpu = wall = 0.0
    async with there.transaction():
        readers = [_chunks(there, table) for table in TABLES]
        while chunks := [chunk for reader in readers if (chunk := await anext(reader, None)) is not None]:
            clock = Clock()
            async with here.transaction():
                for table, names, rows in chunks:
                    await _send(here, table, names, rows)
            cpu, wall = (a + b for a, b in zip((cpu, wall), clock.read(), strict=True))
    for table in TABLES:
        asked = f"SELECT count(*) FROM {table}"
        if await there.fetchval(asked) != await here.fetchval(asked):
            raise SystemExit(f"the floor did not write all of {table}")
    await there.close()
    await here.close()
    return cpu, wall


async def _chunks(connection: Any, table: str) -> AsyncIterator[tuple[str, list[str], list[Any]]]:
    """Chunks of a table's rows in the order they were written; search tokens as text."""
    asked = "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY 1"
    names = [row[0] for row in await connection.fetch(asked, table)]
    listed = ", ".join(f'"{n}"::text' if n == "tokens" else f'"{n}"' for n in names)
    cursor = await connection.cursor(f"SELECT {listed} FROM {table}")
    while rows := await cursor.fetch(CHUNK):
        yield table, names, [tuple(row) for row in rows]


async def _send(connection: Any, table: str, names: list[str], rows: list[Any]) -> None:
    """COPY, or arrays of text for what COPY cannot send in binary form."""
    if "tokens" not in names:
        await connection.copy_records_to_table(table, columns=names, records=rows)
        return
    kinds = {"seq": "bigint", "record_id": "uuid", "dealership_id": "uuid"}
    arrays = ", ".join(f"${place}::{kinds.get(name, 'text')}[]" for place, name in enumerate(names, 1))
    casts = ", ".join("tokens::tsvector" if name == "tokens" else name for name in names)
    listed = ", ".join(names)
    await connection.execute(
        f"INSERT INTO {table} ({listed}) SELECT {casts} FROM unnest({arrays}) AS given({listed})",
        *zip(*rows, strict=True),
    )


def main() -> None:
    """Measure on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--rows", type=int, default=50_000)
    given = parser.parse_args()
    for backend in given.backend or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as place:
            asyncio.run(measure(backend, Path(place), given.rows))


if __name__ == "__main__":
    main()
