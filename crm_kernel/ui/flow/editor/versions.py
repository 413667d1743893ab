"""Versions of a flow: who made them, what changed, what follows them, and moving running records over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from crm_kernel.actor import Actor
from crm_kernel.contributions import Flow
from crm_kernel.errors import Invalid, NotFound
from crm_kernel.flow.definition import Definition
from crm_kernel.flow.moving import JOB, FlowMover
from crm_kernel.flow.views import MovePlan, VersionView
from crm_kernel.i18n import formats, translate
from crm_kernel.text import messages
from crm_kernel.ui.admin.room import AnyRequest
from crm_kernel.ui.flow.editor.room import PATH, EditorRoom
from crm_kernel.ui.flow.editor.words import FlowWords
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.sheet import text_of
from crm_kernel.ui.templating import go, is_htmx

_ = messages("kernel")


class VersionPages(EditorRoom):
    """Looking at versions, and moving records to one."""

    @property
    def mover(self) -> FlowMover:
        """The service."""
        found: FlowMover = self.kernel.service("flow_mover")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor, name: str) -> Response[str]:
        flow = await self.flow(actor, name)
        versions = await self.editor.versions(actor, name)
        rows = []
        for place, one in enumerate(versions):
            definition = await self.editor.definition(actor, name, one.number)
            before = versions[place + 1].number if place + 1 < len(versions) else None
            rows.append(self._row(one, definition, f"{PATH}/{name}/versions/{one.number}", before))
        return await self.renderer.page(
            request,
            "crm/flow/editor/versions.html",
            heading=translate(_("{flow}: versions")(flow=flow.label)),
            back_url=self.url(f"{PATH}/{name}"),
            rows=rows,
            moving=await self._at_work(actor, name),
        )

    def _row(self, one: VersionView, definition: Definition, path: str, before: int | None) -> dict[str, Any]:
        standing = []
        for key, count in one.running.items():
            state = definition.state(key)
            label = translate(state.label) if state else key
            color = state.color if state and state.color else "neutral"
            standing.append({"label": label, "color": color, "count": formats.number(count)})
        return {
            "number": one.number,
            "url": self.url(path),
            "compare_url": self.url(f"{path}?against={before}") if before is not None else "",
            "move_url": self.url(f"{path}/move"),
            "preset": one.preset,
            "remark": one.remark,
            "author": one.author or "",
            "at": moment(one.created_at),
            "standing": standing,
        }

    async def _at_work(self, actor: Actor, name: str) -> dict[str, Any] | None:
        """A move one has started that is still going on."""
        for one in await self.kernel.service("jobs").my_progress(actor, JOB, 1):
            if one.state == "running":
                return self._progress(name, one)
        return None

    def _progress(self, name: str, one: Any) -> dict[str, Any]:
        url = self.url(f"{PATH}/{name}/moving/{one.id}")
        label = translate(_("Records are moved to another version"))
        return {"url": url, "label": label, "done": one.done, "total": one.total, "state": one.state}

    async def show(self, request: AnyRequest, actor: Actor, name: str, number: int) -> Response[str]:
        flow = await self.flow(actor, name)
        definition = await self.editor.definition(actor, name, number)
        numbers = [one.number for one in await self.editor.versions(actor, name)]
        raw = request.query_params.get("against", "")
        against = int(raw) if raw.isdigit() and int(raw) in numbers and int(raw) != number else None
        found, other = [], definition
        if against is not None:
            other = await self.editor.definition(actor, name, against)
            found = list(await self.editor.compare(actor, name, against, number))
        words = await FlowWords.of(self.kernel, actor, flow, definition, other)
        return await self.renderer.page(
            request,
            "crm/flow/editor/version.html",
            heading=translate(_("{flow}: version {number}")(flow=flow.label, number=number)),
            back_url=self.url(f"{PATH}/{name}/versions"),
            path=self.url(f"{PATH}/{name}/versions/{number}"),
            others=[one for one in numbers if one != number],
            against=against,
            changes=words.changes(found),
            drawing=self.drawing(definition),
            steps=[(place, translate(one.label)) for place, one in enumerate(definition.steps, start=1)],
        )

    # Moving

    async def plan(self, request: AnyRequest, actor: Actor, name: str, number: int) -> Response[str]:
        flow = await self.flow(actor, name)
        return await self._plan_page(request, flow, await self.mover.plan(actor, name, number), None, {})

    async def _plan_page(
        self, request: AnyRequest, flow: Flow, plan: MovePlan, fault: Invalid | None, typed: Any
    ) -> Response[str]:
        errors = {one.field: translate(one.message) for one in fault.errors} if fault else {}
        lines = [
            {
                "version": line.version,
                "key": line.state.key,
                "label": translate(line.state.label),
                "color": line.state.color or "neutral",
                "count": formats.number(line.count),
                "target": translate(line.target.label) if line.target else None,
                "chosen": text_of(typed, f"state-{line.state.key}"),
                "error": errors.get(f"states.{line.state.key}"),
            }
            for line in plan.lines
        ]
        path = f"{PATH}/{flow.name}/versions/{plan.number}"
        return await self.renderer.page(
            request,
            "crm/flow/editor/move.html",
            status=422 if fault else 200,
            heading=translate(_("Move running records to version {number}")(number=plan.number)),
            back_url=self.url(f"{PATH}/{flow.name}/versions"),
            lines=lines,
            total=formats.number(sum(line.count for line in plan.lines)),
            states=[(state.key, translate(state.label)) for state in plan.states if not state.final],
            ends=[(state.key, translate(state.label)) for state in plan.states if state.final],
            path=self.url(f"{path}/move"),
        )

    async def move(self, request: AnyRequest, actor: Actor, name: str, number: int) -> Response[Any]:
        flow, sent = await self.flow(actor, name), await request.form()
        states = {key.removeprefix("state-"): text_of(sent, key) for key in sent if key.startswith("state-")}
        try:
            found = await self.mover.move(actor, name, number, states)
        except Invalid as fault:
            plan = await self.mover.plan(actor, name, number)
            return await self._plan_page(request, flow, plan, fault, sent)
        path = f"{PATH}/{name}/versions"
        if found.progress is not None:
            return self.done(request, path, _("The records are being moved; you need not wait for it."))
        text = _("{count} records follow version {number} now.")(count=found.moved, number=number)
        return self.done(request, path, text)

    async def progress(self, request: AnyRequest, actor: Actor, name: str, id: UUID) -> Response[Any]:
        """How far the job has come; at its end back to the versions."""
        one = await self.kernel.service("jobs").read_progress(actor, id)
        if one.kind != JOB:
            raise NotFound()
        if one.state != "running" and is_htmx(request):
            return go(request, self.url(f"{PATH}/{name}/versions"))
        return self.renderer.part(request, "crm/flow/editor/moving.html", moving=self._progress(name, one))
