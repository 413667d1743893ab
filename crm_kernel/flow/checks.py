"""What is wrong with a flow before anybody gets stuck in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from crm_kernel.errors import FieldError
from crm_kernel.flow.definition import ClockRule, Definition, Step, Words
from crm_kernel.text import OWN, Text, messages

_ = messages("kernel")

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_STATES, MOST_STEPS, MOST_FACTS = 40, 120, 20
LONGEST_HOURS, LONGEST_DAYS = 10_000, 1_000
LONGEST_NAME = 120


def faults(
    definition: Definition,
    *,
    preset: Definition,
    fixed: Collection[str],
    permissions: Collection[str],
    roles: Collection[str] | None = None,
    columns: Collection[str] = (),
) -> list[FieldError]:
    """Everything that speaks against using a definition; the field names the part: `steps.close`.

    `fixed` are steps of the preset that its module relies on: they stay and lead where they led, and so do
    the states they touch. `columns` are those a fact may be written to.
    """
    return [
        *_sizes(definition),
        *_names(definition),
        *_references(definition, permissions, columns),
        *_people(definition, roles),
        *_ways(definition),
        *_kept(definition, preset, fixed),
        *_clocks(definition, roles),
    ]


def _fault(field: str, code: str, text: Text) -> FieldError:
    return FieldError(field, code, text)


def _sizes(definition: Definition) -> Iterator[FieldError]:
    if len(definition.states) > MOST_STATES:
        yield _fault("states", "too_many", _("At most {count} states.")(count=MOST_STATES))
    if len(definition.steps) > MOST_STEPS:
        yield _fault("steps", "too_many", _("At most {count} steps.")(count=MOST_STEPS))


def _names(definition: Definition) -> Iterator[FieldError]:
    parts: tuple[tuple[str, list[tuple[str, Any]]], ...] = (
        ("states", [(state.key, state.label) for state in definition.states]),
        ("steps", [(step.key, step.label) for step in definition.steps]),
        ("clocks", [(clock.kind, clock.label) for clock in definition.clocks]),
        *(
            (f"steps.{step.key}.facts", [(fact.key, fact.label) for fact in step.facts])
            for step in definition.steps
        ),
    )
    for place, named in parts:
        for key, times in Counter(key for key, _label in named).items():
            if times > 1:
                yield _fault(f"{place}.{key}", "taken", _("The key {key} stands twice.")(key=key))
        for key, label in named:
            if not KEY.fullmatch(key):
                yield _fault(
                    f"{place}.{key}", "key", _("A key starts with a letter: a-z, digits, underscores.")
                )
            if not _sound_words(label):
                yield _fault(f"{place}.{key}", "label", _("Give it a name of at most 120 characters."))


def _sound_words(label: Words) -> bool:
    """Words of a fitting length; a module's own have no places to fill, or somebody might fill them."""
    if isinstance(label, Text):
        if label.domain != OWN and label.params:
            return False
        said = [str(one) for one in label.params.values()] if label.domain == OWN else [label.msgid]
    else:
        said = [label]
    return bool(said) and all(one.strip() and len(one) <= LONGEST_NAME for one in said)


def _references(
    definition: Definition, permissions: Collection[str], columns: Collection[str]
) -> Iterator[FieldError]:
    known = {state.key for state in definition.states}
    if definition.start not in known:
        yield _fault("start", "unknown", _("Say in which state it starts."))
    for step in definition.steps:
        place = f"steps.{step.key}"
        if not step.sources or not {*step.sources, step.target} <= known:
            text = _("“{step}” must lead from states to a state of this flow.")(step=step.label)
            yield _fault(place, "state", text)
        if step.permission not in permissions:
            yield _fault(place, "permission", _("Choose who may take “{step}”.")(step=step.label))
        if len(step.facts) > MOST_FACTS:
            yield _fault(place, "too_many", _("At most {count} questions.")(count=MOST_FACTS))
        for fact in step.facts:
            if fact.column and fact.column not in columns:
                yield _fault(f"{place}.facts.{fact.key}", "column", _("There is no such field."))
            if (fact.kind == "choice") != bool(fact.choices):
                yield _fault(
                    f"{place}.facts.{fact.key}", "choices", _("Choose a dictionary for the answers.")
                )


def _people(definition: Definition, roles: Collection[str] | None) -> Iterator[FieldError]:
    for step in definition.steps:
        if roles is not None and set(step.not_by) - set(roles):
            yield _fault(f"steps.{step.key}", "role", _("There is no such role."))
        if step.within_days is not None and not 0 < step.within_days <= LONGEST_DAYS:
            yield _fault(f"steps.{step.key}", "within_days", _("Give hours or days, more than none."))


def _ways(definition: Definition) -> Iterator[FieldError]:
    """Every state can be reached, and from every state an end can be."""
    forward = reachable(
        {definition.start}, ((s, step.target) for step in definition.steps for s in step.sources)
    )
    ends = {state.key for state in definition.states if state.final}
    if not ends:
        yield _fault("states", "no_end", _("At least one state must be an end."))
    back = reachable(ends, ((step.target, s) for step in definition.steps for s in step.sources))
    for state in definition.states:
        if state.key not in forward:
            text = _("No way leads from the start to “{state}”.")(state=state.label)
            yield _fault(f"states.{state.key}", "unreachable", text)
        elif ends and state.key not in back:
            text = _("From “{state}” there is no way to an end.")(state=state.label)
            yield _fault(f"states.{state.key}", "dead_end", text)


def reachable(start: Collection[str], ways: Iterable[tuple[str, str]]) -> set[str]:
    """The places one gets to from `start` along the ways."""
    found, arrows = set(start), list(ways)
    grown = True
    while grown:
        new = {target for source, target in arrows if source in found} - found
        found |= new
        grown = bool(new)
    return found


def _kept(definition: Definition, preset: Definition, fixed: Collection[str]) -> Iterator[FieldError]:
    for key in sorted(fixed):
        before, now = preset.step(key), definition.step(key)
        if before is None:
            continue
        if now is None:
            text = _("“{step}” belongs to the module and cannot be removed.")(step=before.label)
            yield _fault(f"steps.{key}", "fixed", text)
        elif not _same_way(before, now):
            yield _fault(
                f"steps.{key}",
                "fixed",
                _("The module relies on where “{step}” leads and on what it asks.")(step=before.label),
            )
    touched = {s for key in fixed if (step := preset.step(key)) for s in (*step.sources, step.target)}
    for state in preset.states:
        there = definition.state(state.key)
        if state.key in touched and (there is None or there.final != state.final):
            text = _("The module relies on the state “{state}”.")(state=state.label)
            yield _fault(f"states.{state.key}", "fixed", text)


def _same_way(before: Step, now: Step) -> bool:
    required = {fact.key for fact in before.facts if fact.required}
    asked = {fact.key for fact in now.facts if fact.required}
    return (
        before.target == now.target
        and set(before.sources) <= set(now.sources)
        and required <= asked
        and before.within_days == now.within_days
    )


def _clocks(definition: Definition, roles: Collection[str] | None) -> Iterator[FieldError]:
    known = {state.key for state in definition.states}
    for clock in definition.clocks:
        place = f"clocks.{clock.kind}"
        if not clock.runs_in or not {*clock.runs_in, *clock.waits_in} <= known:
            yield _fault(place, "state", _("Say in which states “{clock}” runs.")(clock=clock.label))
        if set(clock.runs_in) & set(clock.waits_in):
            text = _("In one state “{clock}” cannot both run and wait.")(clock=clock.label)
            yield _fault(place, "state", text)
        if not clock.spans or any(not _sound(span.hours, span.days) for span in _spans(clock)):
            yield _fault(place, "span", _("Give hours or days, more than none."))
        if not 0 < clock.warn_at <= 1:
            yield _fault(place, "warn_at", _("Warn after a part of the time between 1 and 100 %."))
        strange = {*clock.warns, *clock.escalates_to} - set(roles or ())
        if roles is not None and strange:
            yield _fault(place, "role", _("There is no such role."))


def _spans(clock: ClockRule) -> Iterator[Any]:
    yield from clock.spans.values()
    if clock.repeat is not None:
        yield clock.repeat


def _sound(hours: float, days: int) -> bool:
    return 0 <= hours <= LONGEST_HOURS and 0 <= days <= LONGEST_DAYS and (hours > 0) != (days > 0)
