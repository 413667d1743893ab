"""Records on their way through a flow: steps, the facts they ask for, refusals, history, new versions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import msgspec
import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from crm_kernel.flow.definition import Definition, State, Step
from crm_kernel.kernel import Kernel
from tests.kernel.flow import workshop
from tests.kernel.flow.workshop import DEFINITION


async def assess(kernel: Kernel, actor: Actor, case, handler=None):
    return await kernel.service("flows").step(
        actor, "case", case, "assess", {"handler": str(handler or actor.id)}
    )


async def repair(kernel: Kernel, actor: Actor, case, cost: str = "1200"):
    facts = {"cost": cost, "done_on": "2026-11-24"}
    return await kernel.service("flows").step(actor, "case", case, "repair", facts)


async def test_a_new_record_stands_at_the_start_and_offers_what_one_may_do(
    kernel: Kernel, advisor: Actor, new_case
) -> None:
    case = await new_case()
    seen = await kernel.service("flows").view(advisor, "case", case)
    assert (seen.state.key, seen.version) == ("reported", 1)
    assert [step.key for step in seen.steps] == ["assess"]
    record = await kernel.service("records").get(advisor, "case", case)
    assert record.status == "reported"


async def test_a_step_changes_state_and_record_and_is_remembered_with_what_was_said(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case
) -> None:
    case = await new_case()
    await assess(kernel, advisor, case, manager.id)
    await repair(kernel, advisor, case, "￥1,200.50")
    record = await kernel.service("records").get(advisor, "case", case, typed=True)
    assert (record.status, record.handler_id, record.cost.amount) == (
        "repaired",
        manager.id,
        Decimal("1200.50"),
    )
    history = await kernel.service("flows").history(advisor, "case", case)
    assert [(move.step, move.source, move.target) for move in history] == [
        ("start", "", "reported"),
        ("assess", "reported", "assessed"),
        ("repair", "assessed", "repaired"),
    ]
    assert [value for _label, value in history[1].facts] == ["刘经理"]
    assert [value for _label, value in history[2].facts] == ["1,200.50", "2026-11-24"]
    assert workshop.told[-1][0] == "repair"
    line = await kernel.service("timeline").read(advisor, "case", case)
    assert [item.kind for item in line.items] == ["step", "step", "created"]


async def test_a_step_that_is_not_open_is_refused_with_those_that_are(
    kernel: Kernel, advisor: Actor, new_case
) -> None:
    case = await new_case()
    with pytest.raises(Conflict) as refusal:
        await kernel.service("flows").step(advisor, "case", case, "close", {})
    assert [one["step"] for one in refusal.value.open] == ["assess"]
    assert (await kernel.service("flows").view(advisor, "case", case)).state.key == "reported"


async def test_missing_wrong_and_unasked_facts_are_all_named_and_nothing_happens(
    kernel: Kernel, advisor: Actor, new_case
) -> None:
    case = await new_case()
    await assess(kernel, advisor, case)
    facts = {"cost": "viel", "score": 11, "secret": "x"}
    with pytest.raises(Invalid) as refusal:
        await kernel.service("flows").step(advisor, "case", case, "repair", facts)
    assert {(error.field, error.code) for error in refusal.value.errors} == {
        ("cost", "amount"),
        ("done_on", "required"),
        ("score", "score"),
        ("secret", "unknown"),
    }
    assert len(await kernel.service("flows").history(advisor, "case", case)) == 2


async def test_a_stranger_to_the_house_cannot_be_named_as_handler(
    kernel: Kernel, advisor: Actor, new_case, make_dealership, make_actor
) -> None:
    elsewhere = await make_dealership("east")
    other = await make_actor({}, at=elsewhere.id)
    with pytest.raises(Invalid) as refusal:
        await assess(kernel, advisor, await new_case(), other.id)
    assert refusal.value.errors[0].code == "reference"


async def test_who_may_not_take_a_step_is_refused_before_anything_is_written(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case, make_actor
) -> None:
    case = await new_case()
    onlooker = await make_actor({"case.view": Scope.DEALERSHIP})
    assert (await kernel.service("flows").view(onlooker, "case", case)).steps == []
    with pytest.raises(Forbidden):
        await assess(kernel, onlooker, case, manager.id)
    own = await make_actor({"case.view": Scope.DEALERSHIP, "case.change": Scope.OWN})
    with pytest.raises(NotFound):
        await assess(kernel, own, case, manager.id)
    assert len(await kernel.service("flows").history(advisor, "case", case)) == 1


async def test_the_module_may_refuse_a_person_in_words_of_its_own(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case
) -> None:
    case = await new_case()
    await assess(kernel, advisor, case, manager.id)
    await repair(kernel, advisor, case)
    with pytest.raises(Forbidden) as refusal:
        await kernel.service("flows").step(manager, "case", case, "close", {})
    assert str(refusal.value.message) == "Who handled it may not close it."
    assert "close" not in [s.key for s in (await kernel.service("flows").view(manager, "case", case)).steps]
    closed = await kernel.service("flows").step(advisor, "case", case, "close", {})
    assert closed.state.final


async def test_a_closed_case_is_reopened_within_thirty_days_and_not_later(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case, clock
) -> None:
    flows = kernel.service("flows")
    for days, possible in ((29, True), (31, False)):
        case = await new_case()
        await assess(kernel, advisor, case, manager.id)
        await repair(kernel, advisor, case)
        await flows.step(advisor, "case", case, "close", {})
        clock.advance(timedelta(days=days))
        open_now = [step.key for step in (await flows.view(advisor, "case", case)).steps]
        assert open_now == (["reopen"] if possible else [])
        if not possible:
            with pytest.raises(Conflict) as refusal:
                await flows.step(advisor, "case", case, "reopen", {})
            assert refusal.value.code == "too_late"


async def test_two_people_taking_steps_at_once_do_not_overwrite_each_other(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case
) -> None:
    case = await new_case()
    record = await kernel.service("records").get(advisor, "case", case)
    await assess(kernel, advisor, case, manager.id)
    with pytest.raises(Stale):
        await kernel.service("flows").step(
            manager, "case", case, "assess", {"handler": str(advisor.id)}, version=record.version
        )


async def test_other_dealerships_records_are_not_there(
    kernel: Kernel, advisor: Actor, new_case, make_dealership, make_actor
) -> None:
    case = await new_case()
    elsewhere = await make_dealership("east")
    rights = dict.fromkeys(("case.view", "case.change"), Scope.DEALERSHIP)
    other = await make_actor(rights, at=elsewhere.id)
    for one in (case, uuid4()):
        with pytest.raises(NotFound):
            await kernel.service("flows").view(other, "case", one)
        with pytest.raises(NotFound):
            await assess(kernel, other, one)
        with pytest.raises(NotFound):
            await kernel.service("flows").history(other, "case", one)
    assert await kernel.service("flows").clocks(other, "case", [case]) == {}


# Versions


def with_check() -> Definition:
    """The preset, and a quality check before the closing."""
    close = next(step for step in DEFINITION.steps if step.key == "close")
    return msgspec.structs.replace(
        DEFINITION,
        states=(*DEFINITION.states, State("checked", "质检通过")),
        steps=(
            *DEFINITION.steps,
            Step("check", "质检", ("repaired",), "checked", "case.change"),
            Step("finish", "结案", ("checked",), "closed", close.permission),
        ),
    )


async def test_running_records_keep_their_version_until_they_are_moved(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case
) -> None:
    flows, editor = kernel.service("flows"), kernel.service("flow_editor")
    old = await new_case("旧")
    await assess(kernel, advisor, old, manager.id)
    await repair(kernel, advisor, old)
    number = await editor.save(advisor, "damage", with_check(), base=1, remark="加质检")
    new = await new_case("新")
    assert number == 2
    assert (await flows.view(advisor, "case", new)).version == 2
    assert [s.key for s in (await flows.view(advisor, "case", old)).steps] == ["assess", "close"]
    assert (await kernel.service("flow_mover").move(advisor, "damage", 2, {})).moved == 1
    assert [s.key for s in (await flows.view(advisor, "case", old)).steps] == ["assess", "close", "check"]
    versions = await editor.versions(advisor, "damage")
    assert [(v.number, v.preset, v.running) for v in versions] == [
        (2, False, {"reported": 1, "repaired": 1}),
        (1, True, {}),
    ]
    assert (await flows.history(advisor, "case", old))[-1].step == "version"


async def test_states_are_named_as_the_newest_version_has_them_and_older_ones_stay_known(
    kernel: Kernel, advisor: Actor, new_case, make_actor
) -> None:
    flows, editor = kernel.service("flows"), kernel.service("flow_editor")
    preset = [state.key for state in DEFINITION.states]
    assert [state.key for state in await flows.states(advisor, "case")] == preset
    await editor.save(advisor, "damage", with_check(), base=0)
    renamed = tuple(
        msgspec.structs.replace(state, label="登记") if state.key == "reported" else state
        for state in DEFINITION.states
    )
    await editor.save(advisor, "damage", msgspec.structs.replace(DEFINITION, states=renamed), base=2)
    states = await flows.states(advisor, "case")
    assert [state.key for state in states] == [*preset, "checked"]
    assert states[0].label == "登记"
    with pytest.raises(Forbidden):
        await flows.states(await make_actor({}), "case")


async def test_a_faulty_flow_is_not_kept_and_two_editors_do_not_overwrite_each_other(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case
) -> None:
    editor = kernel.service("flow_editor")
    await new_case()
    broken = msgspec.structs.replace(DEFINITION, states=(*DEFINITION.states, State("lost", "失联")))
    assert [fault.code for fault in await editor.check(advisor, "damage", broken)] == ["unreachable"]
    with pytest.raises(Invalid):
        await editor.save(advisor, "damage", broken, base=1)
    await editor.save(advisor, "damage", with_check(), base=1)
    with pytest.raises(Conflict):
        await editor.save(manager, "damage", DEFINITION, base=1)
    assert await editor.save(advisor, "damage", with_check(), base=2) == 2


async def test_one_dealerships_flow_is_not_anothers(
    kernel: Kernel, advisor: Actor, new_case, make_dealership, make_actor
) -> None:
    await new_case()
    await kernel.service("flow_editor").save(advisor, "damage", with_check(), base=1)
    elsewhere = await make_dealership("east")
    rights = dict.fromkeys(("case.view", "case.create", "case.change", "flows.manage"), Scope.DEALERSHIP)
    other = await make_actor(rights, at=elsewhere.id)
    case = await new_case(by=other)
    assert (await kernel.service("flows").view(other, "case", case)).version == 1
    assert (await kernel.service("flow_editor").definition(other, "damage")).state("checked") is None


async def test_a_purged_record_leaves_nothing_of_its_flow(
    kernel: Kernel, advisor: Actor, admin: Actor, new_case
) -> None:
    case = await new_case()
    await assess(kernel, advisor, case)
    await kernel.service("records").delete(advisor, "case", case, "录错")
    await kernel.service("records").purge(admin, "case", case, "录错")
    from crm_kernel.flow import store

    assert await store.run_of(kernel.db, case) is None
    assert await store.clocks(kernel.db, [case]) == []
    assert await store.moves(kernel.db, advisor.dealership_id, case) == []
