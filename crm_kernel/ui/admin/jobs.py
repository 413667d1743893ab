"""Background work: the queue, the schedules, who works; and the subscribers of events with their faults."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.contributions import Job
from crm_kernel.errors import Invalid
from crm_kernel.events.service import SubscriptionService
from crm_kernel.i18n import formats, translate
from crm_kernel.jobs.service import JobService
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest, Tab
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/jobs"
JOBS, EVENTS = "jobs.manage", "events.manage"
TABS: tuple[Tab, ...] = (
    (PATH, _("Queue"), JOBS),
    (f"{PATH}/schedules", _("Schedules"), JOBS),
    (f"{PATH}/subscribers", _("Event subscribers"), EVENTS),
)
STATES: dict[str, tuple[Text, str]] = {
    "running": (_("running"), "info"),
    "waiting": (_("waiting"), "neutral"),
    "later": (_("later"), "neutral"),
    "sent": (_("at the broker"), "neutral"),
    "dead": (_("failed"), "danger"),
}
DAILY = re.compile(r"\d+ \d+ \* \* \*")
SUBSCRIBER_STATES: dict[str, tuple[Text, str]] = {
    "running": (_("running"), "success"),
    "retrying": (_("trying again"), "warning"),
    "stopped": (_("stopped"), "danger"),
}


def job_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of background work."""
    pages = JobPages(kernel, renderer)
    jobs, events = {"permission": JOBS}, {"permission": EVENTS}
    return Router(
        PATH,
        route_handlers=[
            get("/", opt=jobs)(pages.queue),
            get("/schedules", opt=jobs)(pages.schedules),
            get("/subscribers", opt=events)(pages.subscribers),
            post("/{id:uuid}/retry", opt=jobs)(pages.retry),
            post("/{id:uuid}/cancel", opt=jobs)(pages.cancel),
            post("/subscribers/{name:str}/resume", opt=events)(pages.resume),
            post("/subscribers/{name:str}/skip", opt=events)(pages.skip),
        ],
        include_in_schema=False,
    )


class JobPages(AdminRoom):
    """What runs, what waits, what failed, and the buttons that mend it."""

    @property
    def jobs(self) -> JobService:
        """The service of the queue."""
        found: JobService = self.kernel.service("jobs")
        return found

    @property
    def subscriptions(self) -> SubscriptionService:
        """The service of the subscribers."""
        found: SubscriptionService = self.kernel.service("subscriptions")
        return found

    async def queue(self, request: AnyRequest, actor: Actor) -> Response[str]:
        state = request.query_params.get("state", "")
        state = state if state in STATES else ""
        page = await self.jobs.list(actor, state or None, request.query_params.get("cursor"))
        counts = await self.jobs.counts(actor)
        next_url = None
        if page.next:
            next_url = f"{self.url(PATH)}?{urlencode({'state': state, 'cursor': page.next})}"
        return await self._page(
            request,
            actor,
            "queue",
            PATH,
            rows=[self._job(view) for view in page.items],
            states=self._states(state, counts),
            state=state,
            workers=[{"name": w.name, "seen": moment(w.seen_at)} for w in await self.jobs.workers(actor)],
            next_url=next_url,
        )

    def _states(self, current: str, counts: dict[str, int]) -> list[dict[str, Any]]:
        choices: Sequence[tuple[str, Text]] = [("", _("all")), *((k, v[0]) for k, v in STATES.items())]
        return [
            {
                "label": translate(label),
                "count": counts.get(key) if key else sum(counts.values()) or None,
                "url": self.url(PATH) + (f"?state={key}" if key else ""),
                "active": key == current,
            }
            for key, label in choices
            if key in ("", "dead", "running", "waiting") or counts.get(key) or key == current
        ]

    def _job(self, view: Any) -> dict[str, Any]:
        label, tone = STATES.get(view.state, (view.state, "neutral"))
        return {
            "id": view.id,
            "label": translate(view.label) if view.label else view.name,
            "name": view.name,
            "state": translate(label) if not view.cancelled else translate(_("stopping")),
            "tone": tone,
            "attempts": f"{view.attempts}/{view.max_attempts}",
            "run_at": moment(view.run_at) if view.run_at else "",
            "created": moment(view.created_at),
            "fault": view.fault,
            "retry": view.state in ("dead", "later"),
            "running": view.state == "running",
            "cancelled": view.cancelled,
        }

    async def schedules(self, request: AnyRequest, actor: Actor) -> Response[str]:
        jobs = {job.name: job for job in self.kernel.registry.of(Job)}
        rows = [
            {
                "label": translate(view.label),
                "name": view.name,
                "timetable": _timetable(jobs[view.name], view.next) or f"{view.timetable} (UTC)",
                "last": moment(view.last) if view.last else "—",
                "next": moment(view.next) if view.next else "—",
                "exact": formats.moment(view.next),
                "fault": view.fault,
            }
            for view in await self.jobs.schedules(actor)
        ]
        return await self._page(request, actor, "schedules", f"{PATH}/schedules", rows=rows)

    async def subscribers(self, request: AnyRequest, actor: Actor) -> Response[str]:
        rows = []
        for one in await self.subscriptions.list(actor):
            manifest = self.kernel.plugins[one.plugin].manifest
            label, tone = SUBSCRIBER_STATES[one.state]
            rows.append(
                {
                    "name": one.name,
                    "module": translate(manifest.label) if manifest else one.plugin,
                    "event": one.event,
                    "state": translate(label),
                    "tone": tone,
                    "waiting": one.waiting,
                    "attempts": one.attempts,
                    "retry_at": moment(one.retry_at) if one.retry_at else "",
                    "fault": one.fault,
                }
            )
        rows.sort(key=lambda row: (not row["fault"], row["name"]))
        return await self._page(request, actor, "subscribers", f"{PATH}/subscribers", rows=rows)

    async def _page(
        self, request: AnyRequest, actor: Actor, part: str, path: str, **values: Any
    ) -> Response[str]:
        return await self.renderer.page(
            request,
            f"crm/admin/{part}.html",
            heading=translate(_("Background work")),
            tabs=self.tabs(actor, TABS, path),
            path=self.url(path),
            **values,
        )

    async def retry(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        await self.jobs.retry(actor, id)
        return self.done(request, self.back_to(request, PATH), _("It is tried again now."))

    async def cancel(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        await self.jobs.cancel(actor, id)
        return self.done(request, self.back_to(request, PATH), _("The job is stopped."))

    async def resume(self, request: AnyRequest, actor: Actor, name: str) -> Response[Any]:
        await self.subscriptions.resume(actor, name)
        return self.done(request, f"{PATH}/subscribers", _("It goes on with the failing event."))

    async def skip(self, request: AnyRequest, actor: Actor, name: str) -> Response[Any]:
        sent = await request.form()
        reason = str(sent.get("reason", "")).strip()
        if not reason:
            raise Invalid.one("reason", "required", _("Say why the event is skipped."))
        await self.subscriptions.skip(actor, name, reason[:500])
        return self.done(request, f"{PATH}/subscribers", _("The event is skipped."))


def _timetable(job: Job, following: datetime | None) -> str:
    """How often a job runs, in words; nothing where only its expression says it."""
    if job.every is not None:
        return translate(_("every {time}")(time=formats.duration(job.every)))
    if following is not None and DAILY.fullmatch(job.cron or ""):
        return translate(_("daily at {time}")(time=formats.clock_time(following)))
    return ""
