"""Logs may be read by people who must not see customers: each line names its request, none names anybody."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from litestar import get

from crm_kernel import logs

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PERSON = {
    "name": "欧阳金丝雀",
    "mobile": "13987651234",
    "id_number": "11010519491231002X",
    "email": "canary.ouyang@example.com",
    "address": "金丝雀路八百号",
    "wechat": "wx_canary_77",
    "remark": "只在金丝雀备注里",
}
SECRETS = [*PERSON.values(), "87651234", "canary-secret-token"]
CUSTOMERS = "/api/v1/customers"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything the process logs, down to the last detail, in the form operators get."""
    root, ours = logging.getLogger(), logging.getLogger("crm")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    logs.configure("DEBUG")
    stream = io.StringIO()
    root.handlers[0].stream = stream  # type: ignore[attr-defined]
    yield stream
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@get("/break", opt={"public": "test"})
async def breaks() -> None:
    raise RuntimeError(f"while serving {PERSON['name']}")


@pytest.fixture
def handlers() -> list[Any]:
    return [breaks]


@pytest.fixture
async def program(connect, doorman, admin):
    doorman.known = {"canary-secret-token": replace(admin, via="token")}
    return connect("canary-secret-token")


async def a_busy_day(program: Any) -> None:
    """A customer made, found, changed, revealed and lost; wrong input everywhere; a fault of ours."""
    made = await program.post(CUSTOMERS, json={"kind": "person", **PERSON})
    assert made.status_code == 201, made.text
    address = f"{CUSTOMERS}/{made.json()['id']}"
    for query in ("q", "mobile", "mobile[contains]", "name[contains]", "nothing", PERSON["name"]):
        await program.get(CUSTOMERS, params={query: PERSON.get(query, PERSON["mobile"]), "limit": "1"})
    await program.post(f"{address}/reveal", json={"field": "mobile"})
    await program.patch(address, json={"remark": PERSON["remark"] + "二"}, headers={"if-match": '"1"'})
    await program.patch(address, json={"remark": PERSON["name"]}, headers={"if-match": '"1"'})
    await program.post(CUSTOMERS, json={**PERSON, "code": made.json()["code"]})
    await program.post(CUSTOMERS, json={"name": PERSON["name"], "birthday": PERSON["mobile"]})
    await program.post(CUSTOMERS, content=json.dumps(PERSON).encode()[:-3])
    await program.post(f"{address}/notes", json={"text": PERSON["remark"], "kind": "note"})
    await program.get(f"/{PERSON['mobile']}/{PERSON['name']}")
    await program.delete(address, params={"reason": PERSON["name"]}, headers={"if-match": '"2"'})
    assert (await program.get("/break")).status_code == 500


async def test_logs_hold_nobodys_data_even_when_everything_is_logged(program, written) -> None:
    await a_busy_day(program)
    told = written.getvalue()
    assert told.count('"event":"request"') > 10
    assert [secret for secret in SECRETS if secret in told] == []
    assert "RuntimeError" in told


async def test_every_line_of_a_request_names_it(program, written) -> None:
    answer = await program.get("/break", headers={"x-request-id": "call-me-back-01"})
    assert answer.json()["request_id"] == "call-me-back-01"
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert {line["event"] for line in lines if line.get("request_id") == "call-me-back-01"} >= {
        "request",
        "request failed",
    }


class TestSlowStatements:
    """With a limit of nothing every statement is slow."""

    @pytest.fixture
    def kernel_settings(self) -> dict[str, Any]:
        return {"slow_query_ms": 0}

    async def test_slow_statements_are_logged_without_their_values(self, kernel, program, written) -> None:
        await a_busy_day(program)
        lines = [json.loads(line) for line in written.getvalue().splitlines()]
        slow = [line["sql"] for line in lines if line["event"] == "slow query"]
        assert any("INSERT INTO crm_customer_customer" in sql for sql in slow)
        assert any("FROM crm_customer_customer" in sql and "LIMIT" in sql for sql in slow)
        assert [secret for secret in SECRETS if secret in written.getvalue()] == []
