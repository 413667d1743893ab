"""Counters and timings in Prometheus' text format."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import defaultdict
from pathlib import Path

from crm_kernel.kernel import Kernel

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Route = tuple[str, str, int]


class Metrics:
    """What this process served: requests by method, route and status, with their durations."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.shed = 0
        self._seconds: dict[Route, float] = defaultdict(float)
        self._buckets: dict[Route, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request. `route` is the path's template, never the path itself."""
        key = (method, route, status)
        self._seconds[key] += seconds
        self._buckets[key][bisect_left(BUCKETS, seconds)] += 1

    def render(self, kernel: Kernel) -> str:
        """The whole document."""
        lines = [
            "# HELP crm_requests_in_flight Requests being served.",
            "# TYPE crm_requests_in_flight gauge",
            f"crm_requests_in_flight {self.in_flight}",
            "# HELP crm_requests_shed_total Requests refused because too many were being served.",
            "# TYPE crm_requests_shed_total counter",
            f"crm_requests_shed_total {self.shed}",
            "# HELP crm_plugin_up Whether a module runs.",
            "# TYPE crm_plugin_up gauge",
            *(f'crm_plugin_up{{plugin="{p.name}"}} {int(p.state == "on")}' for p in kernel.plugins),
            "# HELP crm_process_memory_bytes Resident memory.",
            "# TYPE crm_process_memory_bytes gauge",
            f"crm_process_memory_bytes {_resident()}",
            "# HELP crm_request_seconds Time to answer.",
            "# TYPE crm_request_seconds histogram",
        ]
        for key in sorted(self._buckets):
            lines.extend(self._histogram(key))
        return "\n".join(lines) + "\n"

    def _histogram(self, key: Route) -> list[str]:
        method, route, status = key
        labels = f'method="{method}",route="{route}",status="{status}"'
        counted = 0
        lines = []
        for limit, hits in zip((*map(str, BUCKETS), "+Inf"), self._buckets[key], strict=True):
            counted += hits
            lines.append(f'crm_request_seconds_bucket{{{labels},le="{limit}"}} {counted}')
        lines.append(f"crm_request_seconds_sum{{{labels}}} {self._seconds[key]:.6f}")
        lines.append(f"crm_request_seconds_count{{{labels}}} {counted}")
        return lines


def _resident() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
