"""What living in another house costs, each figure beside its floor in the same run, batches taken in turn.

`python -m benchmarks.embedding [--customers N] [--rounds N] [--calls N]`:
- `customers.find(mobile=...)` in the host's process, against the same call inside the standalone product;
- the same from a host without a loop, through the blocking portal;
- a request through the embedding shim, against the same one put into the application behind it;
- a delivery of 1,000 rows, against a plain driver that writes the same rows of the same tables.

Processor time of this process, the median over the rounds of each pair's ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks.desk import bare, desk, file_of
from benchmarks.figures import Figure, report
from benchmarks.imports import TABLES
from benchmarks.people import GIVEN, SURNAMES, mobile_of
from crm_embedded.host import HostUser
from crm_embedded.inprocess import Forecourt, SyncForecourt
from crm_embedded.shim import Shim
from crm_embedded.words import host_and_settings
from crm_kernel.actor import Actor
from crm_kernel.kernel import Kernel

BATCH = 1000
WORDS: dict[str, Any] = {"everybody": ["general_manager"], "environ": {}}
PERSON = HostUser("wang", "王建国")
WRITTEN = (*TABLES, "crm_sync_identity", "crm_sync_batch", "crm_event")
Work = Callable[[], Awaitable[object]]


def rows_of(first: int) -> list[dict[str, Any]]:
    """A delivery as an ERP sends it."""
    return [
        {
            "external_id": f"C-{number}",
            "code": f"KH{number:07}",
            "name": SURNAMES[number % len(SURNAMES)] + GIVEN[number % len(GIVEN)] * 2,
            "mobile": mobile_of(number),
            "level": "gold",
        }
        for number in range(first, first + BATCH)
    ]


async def fill(kernel: Kernel, actor: Actor, customers: int) -> None:
    """Customers to be looked for."""
    for first in range(0, customers, BATCH):
        await kernel.service("sync").push(actor, "customers", rows_of(first), source="erp")


async def seconds(work: Work, calls: int) -> float:
    """Processor time of so many calls."""
    began = time.process_time()
    for _call in range(calls):
        await work()
    return time.process_time() - began


async def in_turn(floor: Work, ours: Work, rounds: int, calls: int) -> tuple[float, float, float]:
    """Medians of both per call in microseconds, and of the ratio of each pair."""
    await seconds(floor, calls), await seconds(ours, calls)
    pairs = []
    for number in range(rounds):
        if number % 2:
            second, first = await seconds(ours, calls), await seconds(floor, calls)
        else:
            first, second = await seconds(floor, calls), await seconds(ours, calls)
        pairs.append((first, second))
    scale = 1e6 / calls
    middle = statistics.median
    return (
        middle(a for a, _b in pairs) * scale,
        middle(b for _a, b in pairs) * scale,
        middle(b / a for a, b in pairs),
    )


def finder(kernel: Any, actor: Actor, mobile: str) -> Work:
    """One look-up, which has to find its customer."""
    directory = kernel.service("customer.directory")

    async def find() -> None:
        if len(await directory.find(actor, mobile=mobile)) != 1:
            raise SystemExit("the customer was not found")

    return find


async def look_up(home: Path, url: str, given: argparse.Namespace) -> int:
    """The service call in a host's process against the product's own."""
    words = {**WORDS, "home": home, "database_url": url}
    mobile = mobile_of(given.customers // 2)
    async with desk_again(home, url) as (kernel, actor), Forecourt(**words) as crm:
        one_of_host = await crm.actor(PERSON)
        floor, ours, ratio = await in_turn(
            finder(kernel, actor, mobile), finder(crm, one_of_host, mobile), given.rounds, given.calls
        )
    return report(
        f"a customer by mobile, {given.customers:,} customers",
        [
            Figure("service call inside the product", floor, "us"),
            Figure("the same in the host's process", ours, "us"),
            Figure("ratio", ratio, "times", most=1.3),
        ],
    )


def desk_again(home: Path, url: str) -> Any:
    """The standalone product on a database that is there already, and somebody who may see it all."""
    from contextlib import asynccontextmanager

    from crm_kernel.settings import Settings
    from crm_standalone.boot import boot

    @asynccontextmanager
    async def opened() -> Any:
        kernel = boot(Settings.load({}, home=home, database_url=url))
        await kernel.upgrade()
        async with kernel.running():
            shop = (await kernel.access.store.shops())[0]
            yield kernel, await kernel.access.operator(shop.id)

    return opened()


def through_the_portal(home: Path, url: str, given: argparse.Namespace) -> int:
    """What the way to the loop and back adds, in wall time: it is waiting more than work."""
    words = {**WORDS, "home": home, "database_url": url}
    mobile = mobile_of(given.customers // 2)
    with SyncForecourt(**words) as crm:
        actor, directory = crm.actor(PERSON), crm.service("customer.directory")

        def find() -> float:
            began, worked = time.perf_counter(), time.process_time()
            for _call in range(given.calls):
                directory.find(actor, mobile=mobile)
            walls.append((time.perf_counter() - began) / given.calls * 1e6)
            return (time.process_time() - worked) / given.calls * 1e6

        walls: list[float] = []
        find()
        walls.clear()
        cpu = statistics.median(find() for _round in range(given.rounds))
    return report(
        "the same through the blocking portal",
        [
            Figure("processor time of a call", cpu, "us"),
            Figure("wall time of a call", statistics.median(walls), "us"),
        ],
    )


async def shim(home: Path, url: str, given: argparse.Namespace) -> int:
    """A request as the host's server brings it, against the same request at our application."""
    host, settings = host_and_settings(
        lambda _scope: PERSON,
        {**WORDS, "home": home, "database_url": url, "public_url": "http://erp.test/crm"},
    )
    path = f"/crm/api/v1/customers?mobile={mobile_of(given.customers // 2)}"
    outer = request(path)
    async with Shim(host, settings, background=False) as crm:
        life = crm._life
        if life is None:
            raise SystemExit("it did not start")
        app = life.app
        inner = crm.inner(outer)

        def asked(target: Any, scope: dict[str, Any]) -> Work:
            async def ask() -> None:
                answers: list[Any] = []

                async def receive() -> Any:
                    return {"type": "http.request", "body": b"", "more_body": False}

                async def send(message: Any) -> None:
                    answers.append(message)

                await target({**scope, "state": {}}, receive, send)
                if answers[0]["status"] != 200:
                    raise SystemExit(str(answers))

            return ask

        floor, ours, ratio = await in_turn(asked(app, inner), asked(crm, outer), given.rounds, given.calls)
    return report(
        "a request through the embedding shim",
        [
            Figure("at the application", floor, "us"),
            Figure("through the shim", ours, "us"),
            Figure("the shim's share", ratio - 1, "%", most=0.03),
        ],
    )


def request(address: str) -> dict[str, Any]:
    """A scope as an ASGI host makes it."""
    path, _mark, query = address.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"erp.test"), (b"accept", b"application/json")],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 80),
        "session": {"login": "wang"},
        "user": object(),
    }


async def delivery(home: Path, given: argparse.Namespace) -> int:
    """Deliveries of new customers, and their rows written once more by the plain driver."""
    ours_file, floor_file = (
        f"sqlite+aiosqlite:///{home / 'ours.db'}",
        f"sqlite+aiosqlite:///{home / 'floor.db'}",
    )
    async with desk(home, floor_file):
        pass
    here = bare(file_of(floor_file))
    here.execute("PRAGMA foreign_keys=OFF")
    pairs = []
    async with desk(home, ours_file) as (kernel, actor):
        there = sqlite3.connect(file_of(ours_file))
        marks = {table: _last(there, table) for table in WRITTEN}
        for number in range(given.deliveries + 1):
            began = time.process_time()
            done = await kernel.service("sync").push(
                actor, "customers", rows_of(number * BATCH), source="erp"
            )
            ours = time.process_time() - began
            if done.count("created") != BATCH:
                raise SystemExit("not every row became a customer")
            chunks = {table: _new(there, table, marks) for table in WRITTEN}
            began = time.process_time()
            here.execute("BEGIN IMMEDIATE")
            for table, rows in chunks.items():
                if rows:
                    places = ", ".join("?" * len(rows[0]))
                    here.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", rows)
            here.execute("COMMIT")
            pairs.append((time.process_time() - began, ours, sum(map(len, chunks.values()))))
        there.close()
    del pairs[0]
    middle = statistics.median
    return report(
        f"a delivery of {BATCH:,} new customers, {pairs[0][2]:,} rows in {len(WRITTEN)} tables",
        [
            Figure("plain driver, the same rows", middle(a for a, _b, _n in pairs) * 1e3, "ms"),
            Figure("delivery", middle(b for _a, b, _n in pairs) * 1e3, "ms"),
            Figure("ratio", middle(b / a for a, b, _n in pairs), "times"),
        ],
    )


def _last(there: sqlite3.Connection, table: str) -> int:
    return int(there.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0])


def _new(there: sqlite3.Connection, table: str, marks: dict[str, int]) -> list[tuple[Any, ...]]:
    rows = there.execute(f"SELECT * FROM {table} WHERE rowid > ?", (marks[table],)).fetchall()
    marks[table] = _last(there, table)
    return rows


async def measured(home: Path, given: argparse.Namespace) -> int:
    """Everything on a loop."""
    url = f"sqlite+aiosqlite:///{home / 'crm.db'}"
    async with Forecourt(**WORDS, home=home, database_url=url) as crm:
        shop = (await crm.kernel.access.store.shops())[0]
        await fill(crm.kernel, await crm.kernel.access.operator(shop.id), given.customers)
    missed = await look_up(home, url, given)
    missed += await shim(home, url, given)
    return missed + await delivery(home, given)


def main() -> None:
    """Measure; exit 1 when an aim was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--deliveries", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        missed = asyncio.run(measured(home, given))
        through_the_portal(home, f"sqlite+aiosqlite:///{home / 'crm.db'}", given)
    raise SystemExit(bool(missed))


if __name__ == "__main__":
    main()
