"""A flow that nobody could finish, or that its module no longer understands, is refused with the reason."""

from __future__ import annotations

import msgspec
import pytest

from crm_kernel.flow.checks import faults
from crm_kernel.flow.definition import ClockRule, Definition, Fact, Span, State, Step
from crm_kernel.i18n import translate
from crm_kernel.i18n.translation import own_words
from crm_kernel.text import Text
from tests.kernel.flow.workshop import DEFINITION, FLOW

PERMISSIONS = {"case.change", "case.close"}
ROLES = {"service_manager", "@owner_id"}


def found(definition: Definition) -> set[tuple[str, str]]:
    errors = faults(
        definition,
        preset=DEFINITION,
        fixed=FLOW.fixed,
        permissions=PERMISSIONS,
        roles=ROLES,
        columns={"handler_id", "cost"},
    )
    return {(error.field, error.code) for error in errors}


def changed(**parts: object) -> Definition:
    return msgspec.structs.replace(DEFINITION, **parts)


def more(*, states: tuple[State, ...] = (), steps: tuple[Step, ...] = ()) -> Definition:
    return changed(states=DEFINITION.states + states, steps=DEFINITION.steps + steps)


def test_the_preset_itself_has_no_fault_and_survives_being_stored() -> None:
    assert found(DEFINITION) == set()
    kept = msgspec.json.encode(DEFINITION)
    assert msgspec.json.decode(kept, type=Definition) == DEFINITION


def test_a_step_of_ones_own_is_welcome() -> None:
    quality = State("checked", "质检通过")
    to = Step("check", "质检", ("repaired",), "checked", "case.change", (Fact("by", "质检员", "staff"),))
    back = Step("release", "放行", ("checked",), "repaired", "case.change")
    assert found(more(states=(quality,), steps=(to, back))) == set()


@pytest.mark.parametrize(
    ("definition", "fault"),
    [
        (more(states=(State("lost", "失联"),)), ("states.lost", "unreachable")),
        (
            more(
                states=(State("stuck", "搁置"),),
                steps=(Step("park", "搁置", ("assessed",), "stuck", "case.change"),),
            ),
            ("states.stuck", "dead_end"),
        ),
        (changed(start="nowhere"), ("start", "unknown")),
        (
            more(steps=(Step("x", "x", ("reported",), "closed", "case.change", not_by=("@nobody",)),)),
            ("steps.x", "role"),
        ),
        (
            more(steps=(Step("x", own_words({"en": " "}), ("reported",), "closed", "case.change"),)),
            ("steps.x", "label"),
        ),
        (
            more(
                steps=(
                    Step("x", Text("{a:>99}", "kernel", {"a": "b"}), ("reported",), "closed", "case.change"),
                )
            ),
            ("steps.x", "label"),
        ),
        (more(steps=(Step("fly", "飞", ("assessed",), "moon", "case.change"),)), ("steps.fly", "state")),
        (more(steps=(Step("go", "去", (), "assessed", "case.change"),)), ("steps.go", "state")),
        (more(steps=(Step("go", "去", ("assessed",), "closed", "case.fly"),)), ("steps.go", "permission")),
        (more(steps=(Step("Go!", "去", ("assessed",), "closed", "case.close"),)), ("steps.Go!", "key")),
        (more(steps=(Step("go", "  ", ("assessed",), "closed", "case.close"),)), ("steps.go", "label")),
        (more(steps=(DEFINITION.steps[0],)), ("steps.assess", "taken")),
        (
            more(
                steps=(Step("go", "去", ("assessed",), "closed", "case.close", (Fact("x", "问", "choice"),)),)
            ),
            ("steps.go.facts.x", "choices"),
        ),
        (
            more(
                steps=(
                    Step("go", "去", ("assessed",), "closed", "case.close", (Fact("x", "问", column="id"),)),
                )
            ),
            ("steps.go.facts.x", "column"),
        ),
        (changed(clocks=(ClockRule("c", "钟", ("gone",), {"*": Span(1)}),)), ("clocks.c", "state")),
        (changed(clocks=(ClockRule("c", "钟", ("assessed",), {"*": Span()}),)), ("clocks.c", "span")),
        (changed(clocks=(ClockRule("c", "钟", ("assessed",), {"*": Span(1, 1)}),)), ("clocks.c", "span")),
        (
            changed(clocks=(ClockRule("c", "钟", ("assessed",), {"*": Span(1)}, warns=("nobody",)),)),
            ("clocks.c", "role"),
        ),
        (
            changed(clocks=(ClockRule("c", "钟", ("assessed",), {"*": Span(1)}, waits_in=("assessed",)),)),
            ("clocks.c", "state"),
        ),
    ],
)
def test_what_is_wrong_is_named(definition: Definition, fault: tuple[str, str]) -> None:
    assert fault in found(definition)


def test_steps_the_module_relies_on_may_be_renamed_and_nothing_else() -> None:
    def with_close(**parts: object) -> Definition:
        steps = tuple(
            msgspec.structs.replace(step, **parts) if step.key == "close" else step
            for step in DEFINITION.steps
        )
        return changed(steps=steps)

    assert found(with_close(label="结案")) == set()
    assert ("steps.close", "fixed") in found(with_close(target="assessed"))
    assert ("steps.close", "fixed") in found(with_close(sources=("assessed",)))
    without = changed(steps=tuple(step for step in DEFINITION.steps if step.key != "close"))
    assert ("steps.close", "fixed") in found(without)
    open_end = tuple(
        msgspec.structs.replace(state, final=False) if state.key == "closed" else state
        for state in DEFINITION.states
    )
    assert ("states.closed", "fixed") in found(changed(states=open_end))


def test_a_stored_definition_with_unknown_parts_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"start":"a","states":[],"steps":[],"surprise":1}', type=Definition)


def test_a_dead_end_and_a_state_nobody_reaches_are_named() -> None:
    stuck = State("stuck", own_words({"zh-CN": "搁置", "en": "Parked"}))
    park = Step("park", "搁置", ("assessed",), "stuck", "case.change")
    broken = more(states=(stuck, State("lost", "失联")), steps=(park,))
    errors = faults(
        broken,
        preset=DEFINITION,
        fixed=FLOW.fixed,
        permissions=PERMISSIONS,
        roles=ROLES,
        columns={"handler_id", "cost"},
    )
    assert {translate(error.message, "en") for error in errors} == {
        "From “Parked” there is no way to an end.",
        "No way leads from the start to “失联”.",
    }
