"""A workshop that washes cars in the background."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from crm_kernel.contributions import Job, Manifest
from crm_kernel.hookspecs import hookimpl
from crm_kernel.jobs.context import current_job
from crm_kernel.text import messages

_ = messages("workshop")


class Workshop:
    """What has been done; `bad` cars make the job fail, `stuck` ones keep it busy until `go` is set."""

    def __init__(self) -> None:
        self.washed: list[str] = []
        self.contexts: list[Any] = []
        self.bad: set[str] = set()
        self.stuck: set[str] = set()
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self.enough = asyncio.Event()
        self.wanted = 0

    async def wash(self, kernel: Any, car: str) -> None:
        self.contexts.append(current_job())
        if car in self.stuck:
            self.begun.set()
            await self.go.wait()
        if car in self.bad:
            raise ValueError(f"{car} is too dirty")
        self.washed.append(car)
        if len(self.washed) >= self.wanted:
            self.enough.set()

    async def report(self, kernel: Any) -> None:
        self.washed.append("report")

    async def until(self, count: int) -> None:
        """Wait until so many cars are clean."""
        self.wanted = count
        if len(self.washed) < count:
            async with asyncio.timeout(30):
                await self.enough.wait()

    def plugin(self) -> Any:
        """The module that brings these jobs."""
        jobs = [
            Job("workshop.wash", self.wash, _("Wash a car"), max_attempts=3),
            Job("workshop.count", self.report, _("Count cars"), every=timedelta(minutes=5), queue="reports"),
            Job("workshop.report", self.report, _("Daily report"), cron="0 2 * * *", queue="reports"),
        ]

        @hookimpl
        def manifest() -> Manifest:
            return Manifest("workshop", _("Workshop"), "1")

        @hookimpl
        def register_jobs() -> list[Job]:
            return jobs

        return SimpleNamespace(__name__="workshop", manifest=manifest, register_jobs=register_jobs)


async def order(kernel: Any, *cars: str, actor: Any = None) -> list[Any]:
    """Have cars washed; returns the jobs' ids."""
    jobs = kernel.service("jobs")
    async with kernel.db.work(actor) as work:
        return [jobs.enqueue(work, "workshop.wash", car=car) for car in cars]
