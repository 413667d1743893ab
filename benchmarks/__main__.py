"""Run the benchmarks: `python -m benchmarks [PART ...] [--rows N ...] [--backend NAME ...] [--seconds N]`.

Parts: reading, search, pages, start, permission; all of them without a word. Several `--rows` also tell how
a request grows with the table. Writing, imports and events have programs of their own (docs/benchmarks.md).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec

from benchmarks import pages, permission, reading, searching, starting
from benchmarks.figures import report
from benchmarks.rig import Plan

POSTGRES = "postgresql+asyncpg://root@127.0.0.1:5432/crm_bench_{rows}"
PARTS = ("reading", "search", "pages", "start", "permission")


def prepare(backend: str, rows: int, folder: Path) -> Plan:
    """The seeded database, made at the first run and kept."""
    plan = folder / "plan.json"
    if not plan.exists():
        folder.mkdir(parents=True, exist_ok=True)
        url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        if backend == "postgresql":
            url = os.environ.get("CRM_BENCH_POSTGRES_URL", POSTGRES).format(rows=rows)
            name = url.rpartition("/")[2]
            subprocess.run(["dropdb", "-h", "127.0.0.1", "--if-exists", name], check=True)
            subprocess.run(["createdb", "-h", "127.0.0.1", name], check=True)
        for left in folder.glob("bench.db*"):
            left.unlink()
        wanted = {"url": url, "home": str(folder), "rows": rows, "plan": str(plan)}
        subprocess.run([sys.executable, "-m", "benchmarks.seed", json.dumps(wanted)], check=True)
    return msgspec.json.decode(plan.read_bytes(), type=Plan)


def measure(backend: str, sizes: list[int], given: argparse.Namespace) -> int:
    """One database at every size, the parts that do not grow at the largest; how many aims were missed."""
    missed = 0
    compared = []
    for rows in sizes:
        folder = (given.home / f"{backend}-{rows}").absolute()
        plan = prepare(backend, rows, folder)
        title = f"{backend}, {rows:,} customers"
        if "reading" in given.parts:
            compared.append(reading.compare(plan, folder, given.seconds, given.rounds))
            missed += report(f"{title}: share of the floor", reading.shares(backend, compared[-1]))
        if "search" in given.parts:
            missed += report(f"{title}: search box, p95", searching.measure(plan))
    if len(compared) > 1:
        title = f"{backend}: CPU at {sizes[-1]:,} against {sizes[0]:,} customers"
        missed += report(title, reading.growth(compared[0], compared[-1]))
    if "pages" in given.parts:
        missed += report(f"{title}: pages", pages.measure(plan, folder, given.seconds))
    if "start" in given.parts:
        missed += report(f"{title}: process", starting.measure(plan, folder))
    if "permission" in given.parts:
        missed += report(f"{title}: permission, 10,000 rules", permission.measure(plan))
    return missed


def main() -> int:
    """Print the figures as Markdown tables; 1 when an aim was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path, default=Path("var/bench"))
    given = parser.parse_args()
    given.parts = given.parts or list(PARTS)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    sizes = sorted(given.rows or [200_000])
    print(f"20 dealerships, one worker, 8 connections; load of the machine {os.getloadavg()[0]:.1f}")
    missed = sum(measure(backend, sizes, given) for backend in given.backend or ("sqlite", "postgresql"))
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
