"""What a flow consists of: states, the steps between them, the facts a step asks for, and clocks.

A definition is plain data: a module brings one as a preset, a dealership edits a copy, a record keeps the
version it was started under.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from crm_kernel.text import Text

Words = Text | str
"""A module's translated text, or what a dealership typed."""

FactKind = Literal["text", "long_text", "choice", "money", "date", "moment", "staff", "switch", "score"]
CalendarName = Literal["office", "statutory", "always"]

ANY = "*"
"""The span for every value that has none of its own."""


class Part(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A piece of a definition."""


class Fact(Part, frozen=True):
    """Something a person must (or may) say when he takes a step.

    `choices` names the dictionary of a `choice`; a `score` is a whole number from 1 to 10. With `column`
    the value is also written to that column of the record.
    """

    key: str
    label: Words
    kind: FactKind = "text"
    required: bool = True
    choices: str = ""
    column: str = ""


class State(Part, frozen=True):
    """Where a record may stand. A `final` one ends the business; steps may still lead out of it (reopen)."""

    key: str
    label: Words
    color: str = ""
    final: bool = False


class Step(Part, frozen=True):
    """A way from any of `sources` to `target`, for those who hold `permission`.

    `not_by` names who must not take it all the same: roles, and as `@column` whoever that column of the
    record names. `within_days` closes it so many days after the record entered its present state. `weight`
    says how a page draws it: the step one usually takes, a plain one, or one that needs a second thought.
    """

    key: str
    label: Words
    sources: tuple[str, ...]
    target: str
    permission: str
    facts: tuple[Fact, ...] = ()
    not_by: tuple[str, ...] = ()
    within_days: int | None = None
    weight: Literal["usual", "plain", "grave"] = "plain"

    def fact(self, key: str) -> Fact | None:
        """The fact of that key."""
        return next((fact for fact in self.facts if fact.key == key), None)


class Span(Part, frozen=True):
    """How long a clock gives: hours of working time, or whole working days (the last one to its close)."""

    hours: float = 0
    days: int = 0


class ClockRule(Part, frozen=True):
    """A deadline that runs while a record stands in `runs_in` and waits while it stands in `waits_in`.

    In any other state it has ended. How long it gives depends on the record's column `by` (`spans` by its
    value, `*` for all others; no span: no such clock). `warn_at` is the part of the span after which the
    roles in `warns` hear of it; those in `escalates_to` hear when it has run out, and every `repeat` after.
    """

    kind: str
    label: Words
    runs_in: tuple[str, ...]
    spans: Mapping[str, Span]
    waits_in: tuple[str, ...] = ()
    by: str = ""
    calendar: CalendarName = "office"
    warn_at: float = 0.75
    warns: tuple[str, ...] = ()
    escalates_to: tuple[str, ...] = ()
    repeat: Span | None = None

    def span_for(self, value: object) -> Span | None:
        """The span for a record with this value in the column `by`."""
        return self.spans.get(str(value)) or self.spans.get(ANY)


class Definition(Part, frozen=True):
    """A whole flow; records begin in `start`."""

    start: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    clocks: tuple[ClockRule, ...] = ()

    def state(self, key: str) -> State | None:
        """The state of that key."""
        return next((state for state in self.states if state.key == key), None)

    def step(self, key: str) -> Step | None:
        """The step of that key."""
        return next((step for step in self.steps if step.key == key), None)

    def clock(self, kind: str) -> ClockRule | None:
        """The clock of that kind."""
        return next((clock for clock in self.clocks if clock.kind == kind), None)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that lead out of a state, in the order of the definition."""
        return tuple(step for step in self.steps if state in step.sources)
