"""What every answer carries, and what every request must keep to."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Annotated, Any

import pytest
from litestar import Request, Response, get, post
from litestar.params import Body

from crm_kernel import errors
from crm_kernel.text import messages
from crm_kernel.web.headers import nonce
from crm_kernel.web.redirects import safe_next

_ = messages("kernel")
PUBLIC = {"public": "test"}


@get("/boom", opt=PUBLIC)
async def boom() -> str:
    raise RuntimeError("mobile 13800001111")


@get("/page", opt=PUBLIC)
async def page(request: Request[Any, Any, Any]) -> Response[str]:
    return Response(f"<style nonce='{nonce(request.scope)}'></style>", media_type="text/html")


@post("/take", opt=PUBLIC)
async def take(data: Annotated[dict[str, Any], Body()]) -> dict[str, int]:
    return {"fields": len(data)}


@get("/slow", opt=PUBLIC)
async def slow(request: Request[Any, Any, Any]) -> str:
    if arrived := next(request.app.state.arrived):
        arrived()
    await request.app.state.gate.wait()
    return "done"


@get("/refuse/{what:str}", opt=PUBLIC)
async def refuse(request: Request[Any, Any, Any]) -> str:
    raise REFUSALS[request.path_params["what"]][0]


REFUSALS: dict[str, tuple[Exception, int]] = {
    "malformed": (errors.Malformed(_("Please sign in.")), 400),
    "nobody": (errors.Unauthenticated(), 401),
    "forbidden": (errors.Forbidden("customer.view"), 403),
    "absent": (errors.NotFound(), 404),
    "conflict": (errors.Conflict(_("Please sign in."), open=[{"label": "order", "count": 2}]), 409),
    "stale": (errors.Stale({"version": 1}, {"version": 2}), 412),
    "large": (errors.TooLarge(_("Please sign in.")), 413),
    "invalid": (errors.Invalid.one("name", "required", _("Please sign in.")), 422),
    "blind": (errors.PreconditionRequired(), 428),
    "often": (errors.TooMany(7), 429),
    "away": (errors.Unavailable(_("Please sign in.")), 503),
}


@pytest.fixture
def handlers() -> list[Any]:
    return [boom, page, take, slow, refuse]


async def test_every_answer_names_its_request(connect) -> None:
    browser = connect()
    for path in ("/health/live", "/nowhere", "/boom", "/take"):
        answer = await browser.get(path, headers={"x-request-id": "phone-call-42"})
        assert answer.headers["x-request-id"] == "phone-call-42"
        if answer.status_code >= 400:
            assert answer.json()["request_id"] == "phone-call-42"


async def test_an_odd_request_id_is_replaced(connect) -> None:
    answer = await connect().get("/health/live", headers={"x-request-id": "a b<script>"})
    assert len(answer.headers["x-request-id"]) == 32


@pytest.mark.parametrize("what", list(REFUSALS))
async def test_each_refusal_has_its_status_and_the_same_form(connect, what) -> None:
    answer = await connect().get(f"/refuse/{what}", headers={"accept-language": "en"})
    problem = answer.json()
    assert answer.status_code == problem["status"] == REFUSALS[what][1]
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "errors", "request_id"} <= problem.keys()


async def test_refusals_say_what_the_contract_asks_for(connect) -> None:
    browser = connect()
    stale = (await browser.get("/refuse/stale")).json()
    assert (stale["yours"], stale["theirs"]) == ({"version": 1}, {"version": 2})
    assert (await browser.get("/refuse/conflict")).json()["open"] == [{"label": "order", "count": 2}]
    invalid = (await browser.get("/refuse/invalid")).json()
    assert [(e["field"], e["code"]) for e in invalid["errors"]] == [("name", "required")]
    assert (await browser.get("/refuse/often")).headers["retry-after"] == "7"
    assert int((await browser.get("/refuse/away")).headers["retry-after"]) > 0


async def test_a_fault_of_ours_tells_nothing_but_the_reference(connect, caplog) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await connect().get("/boom")
    assert answer.status_code == 500
    assert "13800001111" not in answer.text
    assert "RuntimeError" not in answer.text
    record = next(r for r in caplog.records if r.name == "crm.web")
    assert "13800001111" not in json.dumps(record.__dict__, default=str)
    assert record.__dict__["exception"] == "builtins.RuntimeError"


async def test_framework_refusals_look_like_ours(connect) -> None:
    browser = connect()
    assert (await browser.get("/nowhere")).json()["code"] == "not_found"
    wrong_method = await browser.delete("/health/live")
    assert (wrong_method.status_code, wrong_method.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong_method.headers["allow"]
    broken = await browser.post("/take", content=b"{", headers={"content-type": "application/json"})
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")


async def test_a_body_over_the_limit_is_refused_announced_or_not(connect) -> None:
    browser = connect()
    large = b'{"a":"' + b"x" * 5_000_000 + b'"}'
    announced = await browser.post("/take", content=large, headers={"content-type": "application/json"})
    assert (announced.status_code, announced.json()["code"]) == (413, "too_large")

    async def pieces():
        for _number in range(5):
            yield b"x" * 1_000_000

    assert (await browser.post("/take", content=pieces())).status_code == 413


async def test_who_sends_too_much_is_heard_out_before_the_refusal(connect) -> None:
    """A server that closes while data is coming resets the line, and the refusal is lost."""
    heard = 0

    async def pieces():
        nonlocal heard
        for _number in range(8):
            yield b"x" * 1_000_000
            heard += 1

    assert (await connect().post("/take", content=pieces())).status_code == 413
    assert heard == 8


async def test_the_description_and_the_figures_say_what_they_are(connect) -> None:
    browser = connect(client="127.0.0.1")
    assert (await browser.get("/api/openapi.json")).headers["content-type"] == "application/json"
    assert (await browser.get("/metrics")).headers[
        "content-type"
    ] == "text/plain; version=0.0.4; charset=utf-8"
    unknown = await browser.get("/api/openapi.json/more")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")


async def test_answers_carry_headers_that_protect_the_browser(connect) -> None:
    data = (await connect().get("/health/live")).headers
    assert data["cache-control"] == "no-store"
    assert data["x-content-type-options"] == "nosniff"
    assert data["content-security-policy"].startswith("default-src 'none'")
    assert data["x-frame-options"] == "SAMEORIGIN"


async def test_each_page_has_a_nonce_of_its_own_and_no_inline_scripts(connect) -> None:
    browser = connect()
    first, second = await browser.get("/page"), await browser.get("/page")
    policy = first.headers["content-security-policy"]
    assert first.text.split("'")[1] in policy
    assert first.text != second.text
    assert "script-src 'self';" in policy
    assert "object-src 'none'" in policy
    assert "unsafe-eval" not in policy


async def test_head_answers_like_get_without_a_body(connect) -> None:
    answer = await connect().head("/health/live")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_when_too_much_is_going_on_newcomers_are_asked_to_return(connect) -> None:
    browser = connect(in_flight_limit=2)
    app = browser._transport.app
    app.state.gate, both_wait = asyncio.Event(), asyncio.Event()
    app.state.arrived = iter((None, both_wait.set))
    waiting = [asyncio.create_task(browser.get("/slow")) for _number in range(2)]
    await asyncio.wait_for(both_wait.wait(), 5)
    refused = await browser.get("/page")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert (await browser.get("/health/live")).status_code == 200
    app.state.gate.set()
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200, 200]
    assert (await browser.get("/page")).status_code == 200


async def test_figures_are_shown_to_this_machine_and_hidden_from_others(connect) -> None:
    assert (await connect().get("/metrics")).status_code == 404
    local = connect(client="127.0.0.1")
    await local.get("/page")
    shown = await local.get("/metrics")
    assert 'route="/page",status="200"' in shown.text
    through_a_proxy = await local.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"})
    assert through_a_proxy.status_code == 404


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/crm/x",
        "/\t/evil.example",
        "/crm/\n",
        "/other",
        "/crmx",
        "javascript:alert(1)",
        "",
        None,
        "/crm/" + "x" * 3000,
    ],
)
def test_nobody_is_sent_elsewhere_after_login(wanted) -> None:
    assert safe_next(wanted, "/crm") == "/crm/"


def test_people_come_back_to_where_they_were() -> None:
    assert safe_next("/crm/customers?q=王&page=2", "/crm") == "/crm/customers?q=王&page=2"
    assert safe_next("/customers", "") == "/customers"
