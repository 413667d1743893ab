"""What pages and the API show of flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from crm_kernel.errors import FieldError
from crm_kernel.flow.clocks import ClockState, state_of
from crm_kernel.flow.definition import Definition, State, Step, Words
from crm_kernel.flow.difference import Change
from crm_kernel.flow.models import Approval, FlowClock
from crm_kernel.text import Text


class ClockView(msgspec.Struct, frozen=True):
    """A clock of a record. `due_at` is empty while it waits; one that runs may be `warned` or `overdue`."""

    kind: str
    label: Text | str
    due_at: datetime | None
    state: ClockState
    started_at: datetime
    ended_at: datetime | None


class FlowView(msgspec.Struct, frozen=True):
    """Where a record stands: its state, the steps this person may take, its clocks."""

    flow: str
    version: int
    state: State
    since: datetime
    steps: Sequence[Step]
    clocks: Sequence[ClockView]


class MoveView(msgspec.Struct, frozen=True):
    """A step that was taken. `facts` are (label, value in the reader's words) pairs."""

    step: str
    label: Text | str
    source: str
    target: str
    target_label: Text | str
    at: datetime
    actor_id: UUID | None
    actor: str | None
    facts: Sequence[tuple[Text | str, str]]


class FlowSummary(msgspec.Struct, frozen=True):
    """A flow of a dealership in a line.

    `version` is the newest one (0: none was written down yet), `own` says whether the dealership edited it,
    `running` counts records that are not at an end, `older` those of them that follow another version.
    """

    name: str
    label: Text
    entity: str
    version: int
    own: bool
    states: int
    steps: int
    running: int
    older: int
    draft: bool


class DraftView(msgspec.Struct, frozen=True):
    """A flow while it is edited: what it would be, what speaks against it, how it differs from its base.

    `revision` is 0 where nothing was changed yet; `newest` is a version somebody has published meanwhile.
    """

    definition: Definition
    base: int
    revision: int
    newest: int
    faults: Sequence[FieldError]
    changes: Sequence[Change]
    updated_at: datetime | None = None
    author: str | None = None


class MoveLine(msgspec.Struct, frozen=True):
    """Records of a version that stand in a state, and that state in the version they would follow, if any."""

    version: int
    state: State
    count: int
    target: State | None


class MovePlan(msgspec.Struct, frozen=True):
    """What moving to a version means; `states` are those it has, for lines without a target."""

    flow: str
    number: int
    lines: Sequence[MoveLine]
    states: Sequence[State]


class MoveResult(msgspec.Struct, frozen=True):
    """How many were moved and are left; with `progress` a job is at work on them."""

    moved: int
    left: int
    progress: UUID | None = None


class VersionView(msgspec.Struct, frozen=True):
    """A version of a flow in a dealership, and how many records follow it, by state."""

    number: int
    preset: bool
    remark: str
    created_at: datetime
    author: str | None
    running: Mapping[str, int]


class ApprovalView(msgspec.Struct, frozen=True):
    """A sum that was asked for. `decidable` says whether the reader may decide it."""

    id: UUID
    kind: str
    entity: str
    record_id: UUID
    amount: Decimal
    currency: str
    reason: str
    state: str
    asked_by: UUID
    asked_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    remark: str
    decidable: bool


class WaitingView(msgspec.Struct, frozen=True):
    """A page of requests; `next` is the cursor of the following one."""

    items: Sequence[ApprovalView]
    next: str | None = None


class LimitsView(msgspec.Struct, frozen=True):
    """Up to which amount each role decides alone; `own` says whether the dealership set these itself."""

    amounts: Mapping[str, Decimal]
    own: bool


def clock_view(clock: FlowClock, definition: Definition, now: datetime) -> ClockView:
    """A clock as it stands now."""
    rule = definition.clock(clock.kind)
    label: Words = rule.label if rule else clock.kind
    return ClockView(clock.kind, label, clock.due_at, state_of(clock, now), clock.started_at, clock.ended_at)


def approval_view(row: Approval, *, decidable: bool) -> ApprovalView:
    """An approval as one reader sees it."""
    shared: dict[str, Any] = {
        name: getattr(row, name) for name in ApprovalView.__struct_fields__ if name != "decidable"
    }
    return ApprovalView(**shared, decidable=decidable)
