"""From nothing to the first answer, what importing the kernel costs, and how much memory a worker holds."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.rig import APP_PORT, Plan, ask, load, server

TIMES = 5
MOST_START, MOST_IMPORT, MOST_MEMORY = 1.5, 0.1, 150.0


def measure(plan: Plan, folder: Path) -> list[Figure]:
    """Seconds and megabytes; bytecode is there, as after an installation."""
    starts, memory = [], 0.0
    path = plan.questions[0].path
    for _number in range(TIMES):
        began = time.perf_counter()
        with server("benchmarks.app:app", APP_PORT, folder / "plan.json", folder / "start.log") as app:
            ask(app.address + path, plan.token)
            starts.append(time.perf_counter() - began)
            if _number == TIMES - 1:
                load(app, path, plan.token, 2)
                load(app, plan.questions[-1].path, plan.token, 2)
                memory = max(_resident(pid) for pid in _family(app.pid))
    nothing, kernel = _run("pass"), _run("import crm_kernel")
    return [
        Figure("start to first answer", statistics.median(starts), "s", most=MOST_START),
        Figure("import crm_kernel", max(kernel - nothing, 0.0), "s", most=MOST_IMPORT),
        Figure("memory of a worker after load", memory, "MB", most=MOST_MEMORY),
    ]


def _run(code: str) -> float:
    taken = []
    for _number in range(TIMES):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        taken.append(time.perf_counter() - began)
    return min(taken)


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
