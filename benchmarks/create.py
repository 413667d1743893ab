"""Creating a customer over the API beside its floor: a bare ASGI function that inserts the same rows.

`python -m benchmarks.create [--backend NAME] [--seconds N] [--rounds N]`. Two floors: the record's row alone,
and all rows that the product writes for it (search tokens, change log, event). Prints records per second, and
the shares of both.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import statistics
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.desk import desk, fresh_database, token_of
from benchmarks.insertions import Row, Template
from benchmarks.rig import CONNECTIONS, Plan, Served, ask, cpu_seconds, server

FLOOR_PORT, APP_PORT = 8313, 8314
PATH = "/api/v1/customers"
TABLES = (
    "crm_customer_customer",
    "crm_customer_phone",
    "crm_search",
    "crm_audit_key",
    "crm_audit_change",
    "crm_event",
)
RECORD = ("record_id", "customer_id")
UNLIKE = ("code", "mobile_bi", "number_bi")
AIM = 0.35

SCRIPT = """
local n = os.time() %% 100000 * 1000
request = function()
  n = n + 1
  return wrk.format("POST", nil, nil,
    string.format('{"name":"王%%d","mobile":"138%%08d","source":"walk_in"}', n, n %% 100000000))
end
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer %s"
"""


def post(address: str, token: str) -> str:
    """One creation. Raises HTTPError for anything but success."""
    body = '{"name":"王一","mobile":"13800000001","source":"walk_in"}'.encode()
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as answer:
        found: bytes = answer.read()
        return found.decode()


def load(served: Served, path: str, script: Path, seconds: int) -> tuple[float, float]:
    """(creations per second, microseconds of the server's CPU for each). Ends the run if one failed."""
    tool = shutil.which("wrk")
    if tool is None:
        raise SystemExit("benchmarks need the load generator wrk (Debian: apt-get install wrk)")
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), served.address + path]
    before = cpu_seconds(served.pid)
    done = subprocess.run([tool, *options], capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(served.pid) - before
    rate, count = re.search(r"Requests/sec:\s+([\d.]+)", done), re.search(r"(\d+) requests in", done)
    if "Non-2xx" in done or "Socket errors" in done or rate is None or count is None:
        raise SystemExit(f"not every creation succeeded: {path}\n{done}")
    return float(rate[1]), used / int(count[1]) * 1e6


async def prepare(backend: str, home: Path) -> tuple[Plan, str]:
    """A database of the product's, an empty one for the floor, and a token."""
    url = fresh_database(backend, home, "crm_bench_create")
    other = fresh_database(backend, home, "crm_bench_create_floor")
    async with desk(home, url) as (kernel, actor):
        token = await token_of(kernel, actor)
    async with desk(home, other):
        pass
    return Plan(url, str(home), token, 0, [], {}), other


async def counted(home: Path, url: str) -> int:
    """How many customers a database holds."""
    async with _open(home, url) as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {TABLES[0]}"))).scalar_one())


def _open(home: Path, url: str) -> Any:
    from crm_kernel.dal.engine import make_engine
    from crm_kernel.settings import Settings

    return make_engine(Settings.load({}, home=home, database_url=url)).connect()


async def template(home: Path, url: str, other: str, answer: str) -> Template:
    """What the product wrote for its first record."""
    async with _open(home, url) as connection:
        rows = [await _row(connection, table) for table in TABLES]
    return Template(other, rows, answer)


async def _row(connection: AsyncConnection, table: str) -> Row:
    postgresql = connection.dialect.name == "postgresql"
    kinds: dict[str, str] = {}
    if postgresql:
        asked = text(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :table"
        )
        kinds = dict((await connection.execute(asked, {"table": table})).all())
    plain = ("uuid", "bigint", "integer", "boolean")
    listed = ", ".join(f'"{n}"' if k in plain else f'"{n}"::text' for n, k in kinds.items()) if kinds else "*"
    found = (await connection.execute(text(f"SELECT {listed} FROM {table} LIMIT 1"))).mappings().one()
    names = [name for name in found if name != "seq"]
    fresh = {}
    for place, name in enumerate(names):
        if name in RECORD or (name == "id" and table == TABLES[0]):
            fresh[place] = "id"
        elif name == "id":
            fresh[place] = "uuid"
        elif name in UNLIKE:
            fresh[place] = "text"
    values = [str(found[n]) if kinds.get(n) == "uuid" and found[n] else found[n] for n in names]
    return Row(table, names, [kinds.get(name, "") for name in names], values, fresh)


def measure(backend: str, home: Path, seconds: int, rounds: int) -> None:
    """Product and both floors in turns; prints a line of a table."""
    plan, other = asyncio.run(prepare(backend, home))
    file, script, layout = home / "plan.json", home / "create.lua", home / "template.json"
    file.write_bytes(msgspec.json.encode(plan))
    script.write_text(SCRIPT % plan.token, "utf-8")
    runs: dict[str, list[tuple[float, float]]] = {"app": [], "/row": [], "/all": []}
    with server("benchmarks.app:app", APP_PORT, file, home / "app.log") as app:
        ask(app.address + PATH, plan.token)
        answer = post(app.address + PATH, plan.token)
        layout.write_bytes(msgspec.json.encode(asyncio.run(template(home, plan.url, other, answer))))
        with server("benchmarks.insertions:app", FLOOR_PORT, layout, home / "floor.log") as floor:
            post(floor.address + "/all", "")
            load(app, PATH, script, seconds)
            for _round in range(rounds):
                for path in ("/row", "/all"):
                    runs[path].append(load(floor, path, script, seconds))
                runs["app"].append(load(app, PATH, script, seconds))
    if not asyncio.run(counted(home, plan.url)) or not asyncio.run(counted(home, other)):
        raise SystemExit("nothing was written")
    app_rate, app_cpu = (statistics.median(column) for column in zip(*runs["app"], strict=True))
    for path, name in (("/row", "the row alone"), ("/all", "all rows")):
        rate, cpu = (statistics.median(column) for column in zip(*runs[path], strict=True))
        print(
            f"| {backend} | {name} | {rate:,.0f} | {app_rate:,.0f} | {app_rate / rate:.0%} "
            f"| {cpu:.0f} | {app_cpu:.0f} | {cpu / app_cpu:.0%} | {AIM:.0%} |",
            flush=True,
        )


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print("| database | floor inserts | floor/s | product/s | share | floor CPU us | CPU us | share | aim |")
    print("|---|---|---|---|---|---|---|---|---|")
    for backend in given.backend or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as place:
            measure(backend, Path(place), given.seconds, given.rounds)


if __name__ == "__main__":
    main()
