"""The product as it is served, on the benchmark's database."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from benchmarks.rig import Plan
from crm_kernel.settings import Settings
from crm_standalone.server import Server

plan = msgspec.json.decode(Path(os.environ["BENCH_PLAN"]).read_bytes(), type=Plan)
app = Server(Settings.load({}, home=plan.home, database_url=plan.url), background=False)
