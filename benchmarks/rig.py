"""What every benchmark shares: where it runs, who asks, servers started and stopped, load and its checks."""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

CONNECTIONS = 8
FLOOR_PORT, APP_PORT = 8311, 8312


class Question(msgspec.Struct):
    """One request of the benchmark: its path at the application, and how the floor answers it."""

    name: str
    path: str
    sql: str
    arguments: list[tuple[str, str]]
    """Type and text of each."""
    names: list[str]
    opened: dict[int, str]
    """Places of encrypted columns and their contexts."""
    masked: dict[int, str]
    """Places of masked columns and the names of their masks."""
    json: list[int]
    bools: list[int]
    next: str | None = None


class Plan(msgspec.Struct):
    """What seeding prepared: the database, the token, the questions."""

    url: str
    home: str
    token: str
    rows: int
    questions: list[Question]
    searches: dict[str, str]
    """What is typed into the search box, by what it is."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests per second, the 99th percentile in milliseconds, microseconds of the server's CPU per request.

    On a machine that does other things too, the CPU's time tells more than the rate.
    """

    rate: float
    p99: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Served:
    """A program that answers here."""

    address: str
    pid: int


@contextmanager
def server(target: str, port: int, plan: Path, log: Path) -> Iterator[Served]:
    """An ASGI program on a port of this machine until the end of the block."""
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--loop", "asyncio", "--no-ws", "--log-level", "warning", target,
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env={**os.environ, "BENCH_PLAN": str(plan)}, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait(port, process, log)
            yield Served(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _attempt in range(6000):
        if process.poll() is not None:
            raise SystemExit(f"the server ended:\n{log.read_text('utf-8', 'replace')[-3000:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit("the server does not answer")


def ask(address: str, token: str) -> bytes:
    """One answer, once the server is ready. Ends the run if it is not 2xx."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    for _attempt in range(1000):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                found: bytes = answer.read()
                return found
        except urllib.error.HTTPError as fault:
            if fault.code != 503:
                raise SystemExit(f"{fault.code} for {address}\n{fault.read()[:2000].decode()}") from fault
            time.sleep(0.02)
    raise SystemExit(f"{address} never became ready")


def load(served: Served, path: str, token: str, seconds: int) -> Measured:
    """Many requests at once by wrk. Ends the run if any of them was not 2xx."""
    tool = shutil.which("wrk")
    if tool is None:
        raise SystemExit("benchmarks need the load generator wrk (Debian: apt-get install wrk)")
    options = [
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--latency",
        "-H",
        f"Authorization: Bearer {token}",
    ]
    before = cpu_seconds(served.pid)
    done = subprocess.run([tool, *options, served.address + path], capture_output=True, text=True, check=True)
    used = cpu_seconds(served.pid) - before
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(f"not every answer was good: {path}\n{done.stdout}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    count = re.search(r"(\d+) requests in", done.stdout)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout)
    if rate is None or count is None or p99 is None:
        raise SystemExit(f"wrk said something new:\n{done.stdout}")
    if not int(count[1]):
        raise SystemExit(f"no answer within {seconds} s: {path}")
    factor = {"us": 0.001, "ms": 1.0, "s": 1000.0}[p99[2]]
    return Measured(float(rate[1]), float(p99[1]) * factor, used / int(count[1]) * 1e6)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its children so far (Linux)."""
    total = 0.0
    for child in Path(f"/proc/{pid}/task").glob("*/children"):
        total += sum(cpu_seconds(int(number)) for number in child.read_text().split())
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return total + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def median(measured: list[Measured]) -> Measured:
    """The run in the middle."""
    rate = statistics.median(one.rate for one in measured)
    return min(measured, key=lambda one: abs(one.rate - rate))
