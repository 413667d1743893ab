"""What people see: the page of a list of 50 and of one record, and what a first visit loads."""

from __future__ import annotations

import gzip
import re
import statistics
import time
from pathlib import Path

import msgspec

from benchmarks.figures import Figure
from benchmarks.rig import APP_PORT, Plan, Served, ask, load, server

TIMES = 60
MOST_MS, LEAST_RATE, MOST_KB = 20.0, 250.0, 200.0
_LOADED = re.compile(r'(?:src|href)="([^"]+\.(?:js|css)[^"]*)"')


def measure(plan: Plan, folder: Path, seconds: int) -> list[Figure]:
    """Server time one at a time, pages a second with all connections, kilobytes of the first load."""
    found = []
    with server("benchmarks.app:app", APP_PORT, folder / "plan.json", folder / "pages.log") as app:
        for name, path in (("page of a list of 50", "/customers"), ("page of a record", _record(plan, app))):
            page = ask(app.address + path, plan.token)
            if b"</html>" not in page:
                raise SystemExit(f"{path} is no page: {page[:300]!r}")
            taken = []
            for _number in range(TIMES):
                began = time.perf_counter()
                ask(app.address + path, plan.token)
                taken.append((time.perf_counter() - began) * 1000)
            p95 = statistics.quantiles(taken, n=20)[-1]
            loaded = load(app, path, plan.token, seconds)
            note = f"median {statistics.median(taken):.1f} ms; {len(page) / 1024:.0f} kB"
            found.append(Figure(f"{name}, p95 unloaded", p95, "ms", most=MOST_MS, note=note))
            note = f"CPU {loaded.cpu / 1000:.1f} ms a page"
            found.append(Figure(f"{name}, rate", loaded.rate, "pages/s", least=LEAST_RATE, note=note))
        page = ask(app.address + "/customers", plan.token)
        parts = [page, *(ask(app.address + part, plan.token) for part in set(_LOADED.findall(page.decode())))]
        weight = sum(len(gzip.compress(part)) for part in parts) / 1024
        found.append(Figure("first load, gzip", weight, "kB", most=MOST_KB))
    return found


def _record(plan: Plan, app: Served) -> str:
    listed = msgspec.json.decode(ask(f"{app.address}/api/v1/customers?limit=1", plan.token))
    return f"/customers/{listed['items'][0]['id']}"
