"""Takes records along their flow: which steps are open, what a step does, how the clocks follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import update

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity, Flow
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, Forbidden, Invalid
from crm_kernel.flow import approvals_store, clocks, store
from crm_kernel.flow.definition import Definition, Step
from crm_kernel.flow.facts import Said, said
from crm_kernel.flow.models import FlowClock, FlowRun
from crm_kernel.flow.versions import Versions
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

START = "start"
"""What the log of steps calls a record's beginning."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new record of an entity with a flow begins with."""

    flow: Flow
    version: int
    state: str


class FlowEngine:
    """Works inside the unit of work of a guarded service: it checks the right to a step, not to a record."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.versions = Versions(kernel)

    def flow_of(self, entity: Entity) -> Flow | None:
        """The flow the records of an entity follow."""
        return self._kernel.registry.flow_of(entity.name)

    async def beginning(self, work: UnitOfWork, entity: Entity, dealership_id: UUID) -> Beginning | None:
        """How a new record of the entity begins; None where it follows no flow."""
        flow = self.flow_of(entity)
        if flow is None:
            return None
        number, definition = await self.versions.current(work, dealership_id, flow)
        return Beginning(flow, number, definition.start)

    async def start(self, work: UnitOfWork, record: Any, begins: Beginning) -> None:
        """Set a record going that was just written in the state it begins with."""
        flow = begins.flow
        run = FlowRun(
            record_id=record.id,
            dealership_id=record.dealership_id,
            flow=flow.name,
            version=begins.version,
            state=begins.state,
            since=work.now,
        )
        work.session.add(run)
        await store.add_move(work, **_move(work, flow, run, START, "", run.state, Said({}, {})))
        definition = await self.versions.of(run.dealership_id, flow, run.version)
        await self.set_clocks(work, flow, definition, run, record)

    async def open_steps(self, actor: Actor, flow: Flow, record: Any, run: FlowRun) -> Sequence[Step]:
        """The steps this person may take now."""
        definition = await self.versions.of(run.dealership_id, flow, run.version)
        steps = [one for one in definition.steps_from(run.state) if actor.may(one.permission)]
        return [
            step
            for step in steps
            if not self._late(step, run) and await self._refusal(actor, flow, record, step) is None
        ]

    async def _refusal(self, actor: Actor, flow: Flow, record: Any, step: Step) -> Text | None:
        """Why this person must not take the step although he holds the right; None if he may."""
        for name in step.not_by:
            if name.startswith("@"):
                named = getattr(record, name[1:], None)
                people = named if isinstance(named, list) else [named]
                if str(actor.id) in {str(one) for one in people}:
                    return _("You are named in this record, so somebody else must do this.")
            elif name in actor.grants.roles:
                return _("Your role may not take this step here.")
        return await flow.guard(self._kernel, actor, record, step) if flow.guard else None

    def _late(self, step: Step, run: FlowRun) -> bool:
        if step.within_days is None:
            return False
        return (self._kernel.clock.now() - run.since).total_seconds() > step.within_days * 86_400

    async def take(
        self,
        work: UnitOfWork,
        actor: Actor,
        flow: Flow,
        record: Any,
        run: FlowRun,
        step: Step,
        given: Mapping[str, Any],
    ) -> Said:
        """Take a step.

        Raises Forbidden for somebody who must not, Conflict with the open steps for one that is not open,
        Invalid for facts that are missing or wrong.
        """
        definition = await self.versions.of(run.dealership_id, flow, run.version)
        await self._check(actor, flow, record, run, definition, step)
        facts = await said(self._kernel, work, actor, record.dealership_id, step, given)
        source, run.state, run.since = run.state, step.target, work.now
        self._kernel.service("timeline").quiet(work, record.id)
        setattr(record, flow.state, step.target)
        for fact in step.facts:
            if fact.column and fact.key in facts.values:
                setattr(record, fact.column, facts.values[fact.key])
        await work.flush()
        await store.add_move(work, **_move(work, flow, run, step.key, source, step.target, facts))
        self._tell(work, flow, definition, record, step)
        await self.set_clocks(work, flow, definition, run, record)
        if flow.taken is not None:
            await flow.taken(self._kernel, work, record, step, facts.values)
        return facts

    async def _check(
        self, actor: Actor, flow: Flow, record: Any, run: FlowRun, definition: Definition, step: Step
    ) -> None:
        actor.access(step.permission)
        if run.state not in step.sources:
            state = definition.state(run.state)
            steps = await self.open_steps(actor, flow, record, run)
            raise Conflict(
                _("“{step}” is not possible now: it stands at “{state}”.")(
                    step=step.label, state=state.label if state else run.state
                ),
                code="step",
                open=[{"step": one.key, "label": one.label} for one in steps],
            )
        if self._late(step, run):
            raise Conflict(
                _("“{step}” was possible for {days} days only.")(step=step.label, days=step.within_days),
                code="too_late",
            )
        refusal = await self._refusal(actor, flow, record, step)
        if refusal is not None:
            raise Forbidden(step.permission, refusal)

    def _tell(self, work: UnitOfWork, flow: Flow, definition: Definition, record: Any, step: Step) -> None:
        state = definition.state(step.target)
        text: Text = _("{step} → {state}")(step=step.label, state=state.label if state else step.target)
        self._kernel.service("timeline").add(
            work,
            flow.entity,
            record.id,
            "step",
            text,
            dealership_id=record.dealership_id,
            payload={"step": step.key, "state": step.target},
        )

    async def move_to(
        self, work: UnitOfWork, flow: Flow, record: Any, run: FlowRun, number: int, state: str
    ) -> None:
        """Let a record follow another version from now on, standing at a state of that one."""
        definition = await self.versions.of(run.dealership_id, flow, number)
        if definition.state(state) is None:
            raise Invalid.one("state", "unknown", _("There is no such state in the new version."))
        source = run.state
        run.version = number
        if state != source:
            run.state, run.since = state, work.now
            setattr(record, flow.state, state)
        await work.flush()
        await store.add_move(work, **_move(work, flow, run, "version", source, state, Said({}, {})))
        await self.set_clocks(work, flow, definition, run, record)

    # What was said about a person

    async def told(self, dealership_id: UUID, record_id: UUID) -> list[dict[str, Any]]:
        """The steps of a record with their facts as they were said, for handing over to the person."""
        moves = await store.moves(self._kernel.db, dealership_id, record_id)
        return [{"step": move.step, "at": move.at, "facts": move.facts} for move, _name in moves]

    async def approvals(self, dealership_id: UUID, record_id: UUID) -> list[dict[str, Any]]:
        """What was asked for about a record and decided, for handing over to the person."""
        names = ("kind", "amount", "currency", "reason", "state", "remark", "asked_at", "decided_at")
        rows = await approvals_store.approvals(self._kernel.db, dealership_id, record_id)
        return [{name: getattr(row, name) for name in names} for row in rows]

    async def forget_facts(self, work: UnitOfWork, record_id: UUID) -> None:
        """Erase what was said in a record's steps and approvals; that they were taken stays."""
        await store.forget_facts(work, record_id)

    # Clocks

    async def set_clocks(
        self, work: UnitOfWork, flow: Flow, definition: Definition, run: FlowRun, record: Any
    ) -> None:
        """Let the clocks follow the state a record stands in, and what they depend on."""
        await work.flush()
        held = {clock.kind: clock for clock in await store.open_clocks(work, record.id)}
        for rule in definition.clocks:
            clock = held.pop(rule.kind, None)
            span = rule.span_for(getattr(record, rule.by) if rule.by else None)
            runs, waits = run.state in rule.runs_in, run.state in rule.waits_in
            if record.deleted_at is not None:
                runs, waits = False, True
            if span is None or not (runs or waits):
                if clock is not None:
                    clocks.end(clock, work.now)
                continue
            calendar = await self._kernel.service("working_time").calendar(run.dealership_id, rule.calendar)
            if clock is None:
                if runs:
                    fresh = _clock(flow, run, rule.kind)
                    clocks.start(fresh, rule, span, calendar, work.now)
                    work.session.add(fresh)
                continue
            clock.version = run.version
            if clocks.span_of(clock) != span:
                clocks.respan(clock, rule, span, calendar, work.now)
            if runs:
                clocks.resume(clock, rule, calendar, work.now)
            else:
                clocks.pause(clock, calendar, work.now)
        for clock in held.values():
            clocks.end(clock, work.now)
        await self._note_due(work, flow, record)

    async def _note_due(self, work: UnitOfWork, flow: Flow, record: Any) -> None:
        """Keep on the record when its next clock runs out, for lists; it gets no new version by that."""
        if flow.due is None:
            return
        await work.flush()
        dues = [clock.due_at for clock in await store.open_clocks(work, record.id) if clock.due_at]
        table = type(record).__table__
        await work.execute(
            update(table).where(table.c.id == record.id).values({flow.due: min(dues, default=None)})
        )


def _clock(flow: Flow, run: FlowRun, kind: str) -> FlowClock:
    return FlowClock(
        id=uuid7(),
        dealership_id=run.dealership_id,
        record_id=run.record_id,
        flow=flow.name,
        version=run.version,
        kind=kind,
        reminders=0,
    )


def _move(
    work: UnitOfWork, flow: Flow, run: FlowRun, step: str, source: str, target: str, facts: Said
) -> dict[str, Any]:
    return {
        "dealership_id": run.dealership_id,
        "record_id": run.record_id,
        "flow": flow.name,
        "version": run.version,
        "step": step,
        "source": source,
        "target": target,
        "at": work.now,
        "actor_id": work.actor.id if work.actor else None,
        "facts": facts.kept,
    }
