"""Changes of a definition, one part at a time; whether the whole makes sense is for the checks to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from crm_kernel.flow.definition import ClockRule, Definition, Fact, State, Step

P = TypeVar("P", State, Step, Fact, ClockRule)


def fresh_key(prefix: str, taken: Iterable[str]) -> str:
    """A key nobody has: `step_1`, `step_2`."""
    held, number = set(taken), 1
    while f"{prefix}_{number}" in held:
        number += 1
    return f"{prefix}_{number}"


def put_state(definition: Definition, state: State) -> Definition:
    """Add a state, or change the one of that key."""
    return replace(definition, states=_put(definition.states, state))


def drop_state(definition: Definition, key: str) -> Definition:
    """Take a state out, with the steps that lead to it and those that only led out of it."""
    steps = tuple(
        replace(step, sources=_without(step.sources, key))
        for step in definition.steps
        if step.target != key and _without(step.sources, key)
    )
    clocks = tuple(
        replace(clock, runs_in=_without(clock.runs_in, key), waits_in=_without(clock.waits_in, key))
        for clock in definition.clocks
    )
    states = tuple(state for state in definition.states if state.key != key)
    return replace(definition, states=states, steps=steps, clocks=clocks)


def put_step(definition: Definition, step: Step) -> Definition:
    """Add a step, or change the one of that key."""
    return replace(definition, steps=_put(definition.steps, step))


def drop_step(definition: Definition, key: str) -> Definition:
    """Take a step out."""
    return replace(definition, steps=tuple(step for step in definition.steps if step.key != key))


def put_fact(definition: Definition, step: Step, fact: Fact) -> Definition:
    """Let a step ask something, or ask it otherwise."""
    return put_step(definition, replace(step, facts=_put(step.facts, fact)))


def drop_fact(definition: Definition, step: Step, key: str) -> Definition:
    """Let a step no longer ask something."""
    return put_step(definition, replace(step, facts=tuple(one for one in step.facts if one.key != key)))


def put_clock(definition: Definition, clock: ClockRule) -> Definition:
    """Add a clock, or change the one of that kind."""
    return replace(definition, clocks=_put(definition.clocks, clock, "kind"))


def drop_clock(definition: Definition, kind: str) -> Definition:
    """Take a clock out."""
    return replace(definition, clocks=tuple(one for one in definition.clocks if one.kind != kind))


def shifted(parts: Sequence[P], key: str, by: int) -> tuple[P, ...]:
    """The parts with one of them moved up (-1) or down (1)."""
    moved = list(parts)
    place = next((place for place, part in enumerate(moved) if getattr(part, "key", "") == key), None)
    if place is not None:
        moved.insert(max(place + by, 0), moved.pop(place))
    return tuple(moved)


def _put(parts: Sequence[P], part: P, name: str = "key") -> tuple[P, ...]:
    key: Any = getattr(part, name)
    kept: list[P] = list(parts)
    for place, one in enumerate(kept):
        if getattr(one, name) == key:
            kept[place] = part
            break
    else:
        kept.append(part)
    return tuple(kept)


def _without(keys: Sequence[str], key: str) -> tuple[str, ...]:
    return tuple(one for one in keys if one != key)
