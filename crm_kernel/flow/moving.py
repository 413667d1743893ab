"""The service `flow_mover`: running records follow another version, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.contributions import Flow, Job
from crm_kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from crm_kernel.flow import store
from crm_kernel.flow.definition import Definition, State
from crm_kernel.flow.desk import MANAGE, FlowDesk
from crm_kernel.flow.views import MoveLine, MovePlan, MoveResult
from crm_kernel.jobs.context import current_job
from crm_kernel.records.reach import entity_named
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

AT_ONCE = 50
"""So many are moved while somebody waits; more are a job's work."""
BATCH = 200
JOB = "flow.move"


class FlowMover:
    """Offered as `flow_mover`. Records at an end keep the version they ended under."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._desk = FlowDesk(kernel)
        self.at_once, self.batch = AT_ONCE, BATCH

    @permitted(MANAGE.name)
    async def plan(self, access: Access, name: str, number: int) -> MovePlan:
        """What moving to a version would mean for each state in which a record runs. Raises NotFound."""
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        target = await self._desk.version(dealership, flow, number)
        lines = []
        for (version, key), count in sorted((await self._running(dealership, flow, number)).items()):
            definition = await self._desk.version(dealership, flow, version)
            state = definition.state(key) or State(key, key)
            there = target.state(key)
            lines.append(MoveLine(version, state, count, there))
        return MovePlan(flow.name, number, lines, target.states)

    async def _running(self, dealership_id: UUID, flow: Flow, number: int) -> Mapping[tuple[int, str], int]:
        """How many records run in each state of each other version."""
        found = {}
        for (version, key), count in (await store.running(self._kernel.db, dealership_id, flow.name)).items():
            if version == number:
                continue
            state = (await self._desk.version(dealership_id, flow, version)).state(key)
            if state is None or not state.final:
                found[version, key] = count
        return found

    @permitted(MANAGE.name)
    async def move(self, access: Access, name: str, number: int, states: Mapping[str, str]) -> MoveResult:
        """Let running records follow a version; `states` says where those go whose state it does not have.

        A few are moved at once, many by a job whose progress can be followed. Raises Invalid for states
        without a place to go, NotFound.
        """
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        target = await self._desk.version(dealership, flow, number)
        running = await self._running(dealership, flow, number)
        _check(target, running, states)
        total = sum(running.values())
        if total <= self.at_once:
            moved = await self._move(access, flow, number, states, None)
            return MoveResult(moved, total - moved)
        jobs = self._kernel.service("jobs")
        progress = await jobs.start_progress(access.actor, JOB, total=total)
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            jobs.enqueue(
                work, JOB, flow=flow.name, number=number, states=dict(states), progress=str(progress)
            )
        return MoveResult(0, total, progress)

    @permitted(MANAGE.name)
    async def resume(
        self, access: Access, name: str, number: int, states: Mapping[str, str], progress_id: str
    ) -> int:
        """What the job does: all that are left, so that it may be broken off and started again."""
        flow, dealership = self._desk.flow(access.actor, name), access.actor.dealership_id
        moved = await self._move(access, flow, number, states, progress_id)
        left = sum((await self._running(dealership, flow, number)).values())
        await self._kernel.service("jobs").progress(progress_id).finish({"moved": moved, "left": left})
        return moved

    async def _move(
        self, access: Access, flow: Flow, number: int, states: Mapping[str, str], progress_id: str | None
    ) -> int:
        dealership = access.actor.dealership_id
        progress = self._kernel.service("jobs").progress(progress_id) if progress_id else None
        running = await self._running(dealership, flow, number)
        total, moved, last = sum(running.values()), 0, None
        while True:
            ids = await store.running_ids(
                self._kernel.db, dealership, flow.name, list(running), last, self.batch
            )
            for record_id in ids:
                moved += await self._move_one(access, flow, number, states, record_id)
                if progress is not None:
                    await progress.advance(moved)
            if len(ids) < self.batch:
                break
            last = ids[-1]
        if progress is not None:
            await progress.advance(moved, total=max(total, moved))
        return moved

    async def _move_one(
        self, access: Access, flow: Flow, number: int, states: Mapping[str, str], record_id: UUID
    ) -> bool:
        """One record in its transaction; one that took a step meanwhile goes by where it stands now."""
        dealership = access.actor.dealership_id
        model = entity_named(self._kernel, flow.entity).model
        operator = (await self._kernel.access.operator(dealership)).access(MANAGE.name)
        definition = await self._desk.version(dealership, flow, number)
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            try:
                record: Any = await work.get(operator, model, record_id, deleted=None)
            except NotFound:
                return False
            run = await store.run(work, record_id, lock=True)
            if run is None or run.dealership_id != dealership or run.version == number:
                return False
            before = {"version": run.version, "state": run.state}
            state = run.state if definition.state(run.state) else states.get(run.state, "")
            if definition.state(state) is None:
                return False
            await self._desk.engine.move_to(work, flow, record, run, number, state)
            if self._kernel.offers("audit"):
                after = {"version": number, "state": state}
                self._kernel.service("audit").noted(work, "move_flow", flow.entity, record_id, before, after)
        return True


def _check(target: Definition, running: Mapping[tuple[int, str], int], states: Mapping[str, str]) -> None:
    gone = sorted({key for _version, key in running if target.state(key) is None})
    errors = [
        FieldError(f"states.{key}", "required", _("Say where records in this state go."))
        for key in gone
        if target.state(states.get(key, "")) is None
    ]
    if errors:
        raise Invalid(errors)


async def move(kernel: Kernel, flow: str, number: int, states: Mapping[str, str], progress: str) -> int:
    """The job: it ends without a trace of what was not allowed any more."""
    context = current_job()
    if context is None:
        raise Conflict(_("This runs as a job only."))
    actor = await context.actor(kernel)
    try:
        return int(await kernel.service("flow_mover").resume(actor, flow, number, states, progress))
    except (Forbidden, NotFound) as fault:
        await kernel.service("jobs").progress(progress).fail(fault.message)
        return 0


JOBS: Sequence[Job] = (Job(JOB, move, _("Move running records to another version of their flow")),)
