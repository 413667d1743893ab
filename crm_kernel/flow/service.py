"""The service `flows`: where a record stands, the steps it may take, and how it came there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity, Flow
from crm_kernel.dal.scoped import scoped
from crm_kernel.errors import Conflict, NotFound
from crm_kernel.flow import store
from crm_kernel.flow.definition import Definition, State, Step
from crm_kernel.flow.engine import START, FlowEngine
from crm_kernel.flow.facts import spec_of
from crm_kernel.flow.models import FlowMove, FlowRun
from crm_kernel.flow.room import engine_of
from crm_kernel.flow.views import ClockView, FlowView, MoveView, clock_view
from crm_kernel.i18n import translate
from crm_kernel.records.reach import entity_named, reached, within
from crm_kernel.records.room import room_of
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

STARTED, MOVED = _("Begun"), _("Moved to another version")


class Flows:
    """Offered as `flows`.

    Reading needs the record's right to view, a step its own permission; both are known only with the record,
    so every method checks them itself, hence @public.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @property
    def _engine(self) -> FlowEngine:
        return engine_of(self._kernel)

    @public
    async def view(self, actor: Actor, entity: Entity | str, id: UUID) -> FlowView:
        """Where a record stands. Raises Forbidden, NotFound (also for records without a flow)."""
        flow, run, definition = await self._followed(actor, entity, id)
        record = await self._record(actor, flow, id)
        state = definition.state(run.state) or State(run.state, run.state)
        steps = await self._engine.open_steps(actor, flow, record, run)
        found = await self.clocks(actor, entity, [id])
        return FlowView(flow.name, run.version, state, run.since, steps, found.get(id, ()))

    async def _followed(
        self, actor: Actor, entity: Entity | str, id: UUID
    ) -> tuple[Flow, FlowRun, Definition]:
        flow = self._engine.flow_of(entity_named(self._kernel, entity))
        if flow is None:
            raise NotFound()
        place = await reached(self._kernel, actor, entity, id)
        run = await store.run_of(self._kernel.db, place.id)
        if run is None:
            raise NotFound()
        return flow, run, await self._engine.versions.of(run.dealership_id, flow, run.version)

    async def _record(self, actor: Actor, flow: Flow, id: UUID) -> Any:
        entity = entity_named(self._kernel, flow.entity)
        access = actor.access(entity.permission("view"))
        return await self._kernel.db.first(scoped(access, entity.model).where(entity.model.id == id))

    @public
    async def step(
        self,
        actor: Actor,
        entity: Entity | str,
        id: UUID,
        key: str,
        facts: Mapping[str, Any],
        version: int | None = None,
    ) -> FlowView:
        """Take a step.

        Raises NotFound for a record or step that is not there, Forbidden, Conflict with the open steps for
        one that is not possible now, Invalid for missing or wrong facts, Stale when the record has changed.
        """
        flow, run, definition = await self._followed(actor, entity, id)
        step = definition.step(key)
        if step is None:
            raise NotFound(_("There is no such step."))
        access = actor.access(step.permission)
        model = entity_named(self._kernel, entity).model
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            record = await work.get(access, model, id, version=version)
            held = await store.run(work, id, lock=True)
            if held is None:
                raise NotFound()
            if held.version != run.version:
                raise Conflict(_("The flow of this record was just changed. Look at it again."), code="step")
            await self._engine.take(work, actor, flow, record, held, step, facts)
        return await self.view(actor, entity, id)

    @public
    async def history(self, actor: Actor, entity: Entity | str, id: UUID) -> Sequence[MoveView]:
        """The steps a record took, oldest first, with what was said. Raises Forbidden, NotFound."""
        flow, run, _definition = await self._followed(actor, entity, id)
        moves = await store.moves(self._kernel.db, run.dealership_id, id)
        return [await self._move(actor, flow, move, name) for move, name in moves]

    async def _move(self, actor: Actor, flow: Flow, move: FlowMove, name: str | None) -> MoveView:
        definition = await self._engine.versions.of(move.dealership_id, flow, move.version)
        step, target = definition.step(move.step), definition.state(move.target)
        special: Mapping[str, Text] = {START: STARTED, "version": MOVED}
        label: Text | str = step.label if step else special.get(move.step, move.step)
        facts = [
            (fact.label, await self._shown(actor, move.dealership_id, step, fact.key, move.facts[fact.key]))
            for fact in (step.facts if step else ())
            if fact.key in move.facts
        ]
        return MoveView(
            move.step,
            label,
            move.source,
            move.target,
            target.label if target else move.target,
            move.at,
            move.actor_id,
            name,
            facts,
        )

    async def _shown(self, actor: Actor, dealership_id: UUID, step: Step | None, key: str, kept: Any) -> str:
        fact = step.fact(key) if step else None
        if fact is None:
            return str(kept)
        if fact.kind == "choice":
            labels = await room_of(self._kernel).dictionaries.labels(dealership_id, fact.choices)
            return translate(labels.get(str(kept), str(kept)), actor.locale)
        if fact.kind == "staff":
            return await self._kernel.access.store.name_of(UUID(str(kept))) or str(kept)
        spec = spec_of(fact)
        value = spec.kind.parse(str(kept)) if isinstance(kept, str) else kept
        if isinstance(value, datetime):
            value = value.astimezone(ZoneInfo(actor.timezone))
        return spec.kind.show(value, actor.locale)

    @public
    async def states(self, actor: Actor, entity: Entity | str) -> Sequence[State]:
        """The states of the dealership's newest version in order, then those only older versions have.

        Raises Forbidden.
        """
        declared = entity_named(self._kernel, entity)
        actor.access(declared.permission("view"))
        flow = self._engine.flow_of(declared)
        if flow is None:
            return []
        found: dict[str, State] = {}
        for number in await store.version_numbers(self._kernel.db, actor.dealership_id, flow.name):
            definition = await self._engine.versions.of(actor.dealership_id, flow, number)
            for state in definition.states:
                found.setdefault(state.key, state)
        return list((found or {state.key: state for state in flow.definition.states}).values())

    @public
    async def steps(self, actor: Actor, entity: Entity | str) -> Sequence[Step]:
        """The steps this person may take at all, as the dealership's newest version has them.

        Whether one is open for a record, `view` says. Raises Forbidden.
        """
        declared = entity_named(self._kernel, entity)
        actor.access(declared.permission("view"))
        flow = self._engine.flow_of(declared)
        if flow is None:
            return []
        numbers = await store.version_numbers(self._kernel.db, actor.dealership_id, flow.name)
        definition = flow.definition
        if numbers:
            definition = await self._engine.versions.of(actor.dealership_id, flow, numbers[0])
        return [step for step in definition.steps if actor.may(step.permission)]

    @public
    async def clocks(
        self, actor: Actor, entity: Entity | str, ids: Collection[UUID]
    ) -> Mapping[UUID, Sequence[ClockView]]:
        """The clocks of records, in the order they were started; those out of reach have none."""
        declared = entity_named(self._kernel, entity)
        flow = self._engine.flow_of(declared)
        if flow is None or not ids:
            return {}
        seen = await within(self._kernel, actor, declared, ids)
        now = self._kernel.clock.now()
        found: dict[UUID, list[ClockView]] = {}
        for clock in await store.clocks(self._kernel.db, seen):
            definition = await self._engine.versions.of(clock.dealership_id, flow, clock.version)
            found.setdefault(clock.record_id, []).append(clock_view(clock, definition, now))
        return found
