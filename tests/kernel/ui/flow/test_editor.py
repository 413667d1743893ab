"""The flow editor: drawn, changed part by part in a draft, checked, published, records moved over."""

from __future__ import annotations

import re

import httpx

from crm_kernel.actor import Actor, Scope
from crm_kernel.kernel import Kernel

WHERE = "/admin/flows/damage"
API = "/api/v1/flows/damage"


async def sent(page: httpx.AsyncClient, path: str, **data: object) -> httpx.Response:
    return await page.post(f"{WHERE}/{path}", data=data)


async def seen(kernel: Kernel, actor: Actor) -> int:
    return (await kernel.service("flow_drafts").read(actor, "damage")).revision


async def test_the_flow_is_drawn_with_its_states_as_boxes_and_its_steps_as_arrows(page, new_case) -> None:
    await new_case()
    listed = (await page.get("/admin/flows")).text
    assert WHERE in listed
    drawn = (await page.get(WHERE)).text
    svg = re.search(r"crm-flow-drawing.*?</svg>", drawn, re.DOTALL)
    assert svg
    for label in ("Reported", "Waiting for the customer", "Closed"):
        assert label in svg[0]
    assert svg[0].count("crm-flow-line") >= 7
    assert f'hx-get="{WHERE}/states/reported"' in svg[0]
    assert 'style="' not in svg[0]


async def test_a_state_and_the_steps_around_it_are_added_checked_and_published(
    page, kernel: Kernel, advisor: Actor, new_case
) -> None:
    case = await new_case()
    named = {"label_zh-CN": "质检", "label_en": "Quality check", "color": "purple", "key": "checked"}
    assert (await sent(page, "states/new?seen=0", **named)).status_code == 303
    shown = (await page.get(WHERE)).text
    assert "从起始状态无法到达“质检”。" in shown
    assert re.search(r'publish\?seen=1"[^>]* disabled', shown)
    refused = await sent(page, "publish?seen=1", remark="")
    assert refused.status_code == 422
    step = {
        "label_zh-CN": "送检", "sources": "assessed", "target": "checked", "permission": "case.change",
        "not_by": "@handler_id", "weight": "usual", "key": "send",
    }  # fmt: skip
    assert (await sent(page, "steps/new?seen=1", **step)).status_code == 303
    assert "从“质检”无法走到结束。" in (await page.get(WHERE)).text
    back = {
        **step,
        "label_zh-CN": "通过",
        "sources": "checked",
        "target": "repaired",
        "key": "",
        "not_by": "",
    }
    assert (await sent(page, "steps/new?seen=2", **back)).status_code == 303
    fact = {"label_zh-CN": "检验员", "kind": "staff", "required": "true", "key": "by"}
    assert (await sent(page, "steps/send/facts/new?seen=3", **fact)).status_code == 303
    clock = {
        "label_zh-CN": "质检时限", "runs_in": "checked", "span-*": "2天", "warn_at": "50",
        "calendar": "statutory",
    }  # fmt: skip
    assert (await sent(page, "clocks/new?seen=4", **clock)).status_code == 303
    done = await sent(page, f"publish?seen={await seen(kernel, advisor)}", remark="加质检")
    assert done.status_code == 303
    made = await kernel.service("flow_editor").definition(advisor, "damage")
    new = made.step("send")
    assert (new.not_by, new.facts[0].key, new.facts[0].kind) == (("@handler_id",), "by", "staff")
    assert made.clock("clock_1").spans["*"].days == 2
    versions = (await page.get(f"{WHERE}/versions")).text
    assert "加质检" in versions
    compared = (await page.get(f"{WHERE}/versions/2?against=1")).text
    assert "质检时限" in compared
    planned = (await page.get(f"{WHERE}/versions/2/move")).text
    assert "Reported" in planned
    assert (await page.post(f"{WHERE}/versions/2/move", data={})).status_code == 303
    assert (await kernel.service("flows").view(advisor, "case", case)).version == 2


async def test_what_is_wrong_in_a_dialog_is_said_at_its_field(page, kernel: Kernel, advisor: Actor) -> None:
    for path, data, field in (
        ("states/new", {"color": "gray"}, "label_zh-CN"),
        ("states/new", {"label_zh-CN": "x", "color": "gray", "key": "Ä"}, "key"),
        ("states/new", {"label_zh-CN": "x", "color": "gray", "key": "closed"}, "key"),
        ("steps/new", {"label_zh-CN": "x", "target": "closed", "permission": "case.change"}, "sources"),
        ("steps/new", {"label_zh-CN": "x", "sources": "closed", "permission": "case.change"}, "target"),
        ("steps/repair/facts/new", {"label_zh-CN": "x", "kind": "choice"}, "choices"),
        (
            "clocks/new",
            {"label_zh-CN": "x", "runs_in": "closed", "span-*": "bald", "warn_at": "75"},
            "span-*",
        ),
        ("clocks/new", {"label_zh-CN": "x", "runs_in": "closed", "span-*": "3d", "warn_at": "0"}, "warn_at"),
    ):
        answer = await sent(page, f"{path}?seen=0", **data)
        assert answer.status_code == 422, (path, data)
        assert f'id="dialog-{field}-error"' in answer.text, (path, data)
    assert await seen(kernel, advisor) == 0
    assert (await sent(page, "states/new?seen=7", **{"label_zh-CN": "x", "color": "gray"})).status_code == 409


async def test_renaming_taking_out_and_turning_round(page, kernel: Kernel, advisor: Actor) -> None:
    async def draft():
        return (await kernel.service("flow_drafts").read(advisor, "damage")).definition

    assert (await page.get(f"{WHERE}/states/waiting")).status_code == 200
    assert (await page.get(f"{WHERE}/states/nothing")).status_code == 404
    renamed = {"label_zh-CN": "等客户", "color": "yellow"}
    await sent(page, "states/waiting?seen=0", **renamed)
    label = (await draft()).state("waiting").label
    assert (label.params["zh-CN"], label.params["en"]) == ("等客户", "Waiting for the customer")
    await sent(page, "remove/states/waiting?seen=1")
    kept = await draft()
    assert (kept.state("waiting"), kept.step("wait"), kept.clock("finish").waits_in) == (None, None, ())
    await sent(page, "steps/repair/shift/up?seen=2")
    assert [step.key for step in (await draft()).steps][:2] == ["repair", "assess"]
    await sent(page, "steps/repair/facts/score/remove?seen=3")
    assert [fact.key for fact in (await draft()).step("repair").facts] == ["cost", "done_on"]
    await sent(page, "remove/clocks/accept?seen=4")
    assert [clock.kind for clock in (await draft()).clocks] == ["finish"]
    assert (await sent(page, "remove/roofs/x?seen=5")).status_code == 404
    await sent(page, "discard")
    assert await seen(kernel, advisor) == 0


async def test_programs_do_the_same_over_http(page, kernel: Kernel, new_case) -> None:
    await new_case()
    page.headers["accept"] = "application/json"
    assert "damage" in [one["name"] for one in (await page.get("/api/v1/flows")).json()["items"]]
    current = (await page.get(API)).json()
    definition = current["definition"]
    definition["states"].append(
        {"key": "lost", "label": {"msgid": "失联", "domain": "own", "params": {"en": "Lost"}}}
    )
    told = (await page.post(f"{API}/check", json=definition)).json()["items"]
    assert [(one["field"], one["code"]) for one in told] == [("states.lost", "unreachable")]
    kept = await page.put(f"{API}/draft", json={"definition": definition, "seen": 0})
    assert (kept.status_code, kept.json()["revision"], len(kept.json()["faults"])) == (200, 1, 1)
    assert (await page.post(f"{API}/draft/publish", json={"seen": 1})).status_code == 422
    definition["steps"] += [
        {
            "key": "lose",
            "label": "失联",
            "sources": ["assessed"],
            "target": "lost",
            "permission": "case.change",
        },
        {
            "key": "find",
            "label": "找到",
            "sources": ["lost"],
            "target": "assessed",
            "permission": "case.change",
        },
    ]
    stale = await page.put(f"{API}/draft", json={"definition": definition, "seen": 0})
    assert stale.status_code == 409
    assert (await page.put(f"{API}/draft", json={"definition": definition, "seen": 1})).status_code == 200
    assert (await page.post(f"{API}/draft/publish", json={"seen": 2, "remark": "x"})).json() == {"version": 2}
    changed = (await page.get(f"{API}/versions/2", params={"against": "1"})).json()["changes"]
    assert [(one["part"], one["key"], one["what"]) for one in changed] == [
        ("state", "lost", "added"), ("step", "lose", "added"), ("step", "find", "added"),
    ]  # fmt: skip
    assert (await page.post(f"{API}/versions", json={"definition": definition, "base": 1})).status_code == 409
    assert (await page.get(f"{API}/versions/2/move")).json()["lines"][0]["count"] == 1
    assert (await page.post(f"{API}/versions/2/move", json={})).json()["moved"] == 1
    assert (await page.get(f"{API}/versions/99")).status_code == 404
    assert (await page.put(f"{API}/draft", json={"definition": {"start": 1}, "seen": 0})).status_code == 422
    assert (await page.delete(f"{API}/draft")).status_code == 204


async def test_who_may_not_edit_flows_gets_neither_page_nor_answer(open_as, make_actor) -> None:
    other = open_as(await make_actor({"case.view": Scope.DEALERSHIP}))
    for path in ("/admin/flows", WHERE, f"{WHERE}/versions", API, f"{API}/draft"):
        assert (await other.get(path)).status_code == 403
