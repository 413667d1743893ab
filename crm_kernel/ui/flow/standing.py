"""Where a record stands, as its page shows it: state, next steps, clocks, the way it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.errors import NotFound
from crm_kernel.flow.clocks import ClockState
from crm_kernel.flow.definition import Step
from crm_kernel.flow.views import ClockView, MoveView
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text, messages
from crm_kernel.ui.flow.states import PLAIN, flow_of
from crm_kernel.ui.records.display import moment

_ = messages("kernel")

SECOND_THOUGHT = _("This step weighs heavily, and everybody sees who took it.")
CLOCK_STATES: Mapping[ClockState, tuple[Text, str]] = {
    "running": (_("in time"), "info"),
    "warned": (_("soon due"), "warning"),
    "overdue": (_("overdue"), "danger"),
    "waiting": (_("paused"), "neutral"),
    "met": (_("kept"), "success"),
    "missed": (_("missed"), "danger"),
}


async def standing(kernel: Kernel, actor: Actor, entity: Entity, id: UUID) -> dict[str, Any] | None:
    """What the template shows; None for records that follow no flow."""
    if flow_of(kernel, entity) is None:
        return None
    try:
        view = await kernel.service("flows").view(actor, entity, id)
    except NotFound:
        return None
    clocks = [_clock(one) for one in view.clocks]
    usual = [one for one in view.steps if one.weight != "grave"]
    usual.sort(key=lambda one: one.weight != "usual")
    return {
        "state": translate(view.state.label),
        "color": view.state.color or PLAIN,
        "since": moment(view.since),
        "final": view.state.final,
        "steps": [_step(one, "primary" if place == 0 else "") for place, one in enumerate(usual)],
        "grave": [_step(one, "danger") for one in view.steps if one.weight == "grave"],
        "clocks": [one for one in clocks if not one["ended"]],
        "past": [one for one in clocks if one["ended"]],
        "second_thought": translate(SECOND_THOUGHT),
    }


def _step(step: Step, kind: str) -> dict[str, Any]:
    return {
        "key": step.key,
        "label": translate(step.label),
        "asks": bool(step.facts),
        "kind": kind if step.weight != "plain" else "",
    }


def _clock(clock: ClockView) -> dict[str, Any]:
    words, tone = CLOCK_STATES[clock.state]
    return {
        "label": translate(clock.label),
        "state": translate(words),
        "tone": tone,
        "due": moment(clock.due_at) if clock.due_at else None,
        "ended": moment(clock.ended_at) if clock.ended_at else None,
    }


def moves_shown(moves: Sequence[MoveView]) -> list[dict[str, Any]]:
    """The steps taken, newest first."""
    return [
        {
            "label": translate(move.label),
            "state": translate(move.target_label),
            "who": move.actor or "",
            "at": moment(move.at),
            "facts": [(translate(label), value) for label, value in move.facts],
        }
        for move in reversed(moves)
    ]
