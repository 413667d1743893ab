"""A flow while it is edited: the draft is kept and checked, published as a version, compared with others."""

from __future__ import annotations

import msgspec
import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import Conflict, Forbidden, Invalid
from crm_kernel.flow.definition import Definition, State, Step
from crm_kernel.i18n import translate
from crm_kernel.i18n.translation import own_words
from crm_kernel.kernel import Kernel
from tests.kernel.flow.test_flow import assess, repair, with_check
from tests.kernel.flow.workshop import DEFINITION


def changed(definition: Definition = DEFINITION, **parts: object) -> Definition:
    return msgspec.structs.replace(definition, **parts)


def lost() -> Definition:
    return changed(states=(*DEFINITION.states, State("lost", "失联")))


async def test_a_draft_survives_with_what_is_wrong_with_it_and_cannot_be_published_so(
    kernel: Kernel, advisor: Actor, new_case
) -> None:
    drafts = kernel.service("flow_drafts")
    await new_case()
    fresh = await drafts.read(advisor, "damage")
    assert (fresh.revision, fresh.base, list(fresh.faults)) == (0, 1, [])
    kept = await drafts.keep(advisor, "damage", lost(), seen=0)
    assert [(one.field, one.code) for one in kept.faults] == [("states.lost", "unreachable")]
    assert [(one.part, one.key, one.what) for one in kept.changes] == [("state", "lost", "added")]
    assert (await drafts.read(advisor, "damage")).author == "王顾问"
    with pytest.raises(Invalid):
        await drafts.publish(advisor, "damage", seen=1)
    mended = await drafts.keep(advisor, "damage", with_check(), seen=1)
    assert await drafts.publish(advisor, "damage", seen=mended.revision, remark="加质检") == 2
    assert (await drafts.read(advisor, "damage")).revision == 0
    [newest, _preset] = await kernel.service("flow_editor").versions(advisor, "damage")
    assert (newest.number, newest.remark, newest.author) == (2, "加质检", "王顾问")
    summary = await kernel.service("flow_editor").summary(advisor, "damage")
    assert (summary.version, summary.own, summary.draft) == (2, True, False)
    assert (summary.running, summary.older) == (1, 1)


async def test_two_who_edit_do_not_overwrite_each_other(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case
) -> None:
    drafts = kernel.service("flow_drafts")
    await new_case()
    await drafts.keep(advisor, "damage", with_check(), seen=0)
    with pytest.raises(Conflict):
        await drafts.keep(manager, "damage", lost(), seen=0)
    with pytest.raises(Conflict):
        await drafts.publish(manager, "damage", seen=0)
    renamed = changed(states=(changed_state("reported", "登记"), *DEFINITION.states[1:]))
    await kernel.service("flow_editor").save(manager, "damage", renamed, base=1)
    with pytest.raises(Conflict):
        await drafts.publish(advisor, "damage", seen=1)
    seen = await drafts.read(advisor, "damage")
    assert (seen.base, seen.newest) == (1, 2)
    await drafts.rebase(advisor, "damage")
    assert await drafts.publish(advisor, "damage", seen=1) == 3
    await drafts.keep(advisor, "damage", lost(), seen=0)
    await drafts.discard(manager, "damage")
    assert (await drafts.read(advisor, "damage")).revision == 0


def changed_state(key: str, label: object) -> State:
    state = DEFINITION.state(key)
    assert state is not None
    return msgspec.structs.replace(state, label=label)


async def test_what_changed_between_two_versions_is_told_part_by_part(
    kernel: Kernel, advisor: Actor, new_case
) -> None:
    editor = kernel.service("flow_editor")
    await new_case()
    repairing = DEFINITION.step("repair")
    assert repairing is not None
    paid = msgspec.structs.replace(repairing, facts=repairing.facts[1:], permission="case.pay")
    kept = [one for one in DEFINITION.steps if one.key not in ("wait", "answer")]
    other = changed(
        states=tuple(one for one in DEFINITION.states if one.key != "waiting"),
        steps=tuple(paid if one.key == "repair" else one for one in kept),
        clocks=tuple(msgspec.structs.replace(one, waits_in=()) for one in DEFINITION.clocks),
    )
    await editor.save(advisor, "damage", other, base=1)
    found = await editor.compare(advisor, "damage", 1, 2)
    assert [(one.part, one.key, one.what) for one in found] == [
        ("state", "waiting", "removed"),
        ("step", "wait", "removed"),
        ("step", "answer", "removed"),
        ("step", "repair", "changed"),
        ("fact", "repair.cost", "removed"),
        ("clock", "finish", "changed"),
    ]
    [detail] = found[3].details
    assert (detail.name, detail.before, detail.after) == ("permission", "case.change", "case.pay")
    assert await editor.compare(advisor, "damage", 1, 1) == []


async def test_a_state_reads_in_each_language_as_the_dealership_named_it(
    kernel: Kernel, advisor: Actor, new_case
) -> None:
    named = own_words({"zh-CN": "已登记 {x}", "en": "Taken down {x}"})
    states = (changed_state("reported", named), *DEFINITION.states[1:])
    await kernel.service("flow_editor").save(advisor, "damage", changed(states=states), base=0)
    seen = await kernel.service("flows").view(advisor, "case", await new_case())
    assert translate(seen.state.label, "zh-CN") == "已登记 {x}"
    assert translate(seen.state.label, "en") == "Taken down {x}"
    assert str(seen.state.label) == "已登记 {x}"


async def test_who_may_not_take_a_step_is_refused_whatever_his_rights_are(
    kernel: Kernel, advisor: Actor, manager: Actor, new_case
) -> None:
    def strict(step: Step) -> Step:
        barred = ("@handler_id", "service_manager") if step.key == "repair" else ()
        return msgspec.structs.replace(step, not_by=barred)

    steps = tuple(map(strict, DEFINITION.steps))
    await kernel.service("flow_editor").save(advisor, "damage", changed(steps=steps), base=0)
    flows, case = kernel.service("flows"), await new_case()
    await assess(kernel, advisor, case, advisor.id)
    for person in (advisor, manager):
        assert "repair" not in [step.key for step in (await flows.view(person, "case", case)).steps]
        with pytest.raises(Forbidden):
            await repair(kernel, person, case)


async def test_only_who_may_edit_flows_sees_their_drafts(kernel: Kernel, make_actor) -> None:
    other = await make_actor({"case.view": Scope.DEALERSHIP})
    for act in (kernel.service("flow_drafts").read, kernel.service("flow_editor").versions):
        with pytest.raises(Forbidden):
            await act(other, "damage")
