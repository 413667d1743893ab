"""Nonsense of every kind at every address of the API: always an answer, never a fault of ours."""

from __future__ import annotations

import json
import logging
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from tests.kernel.web.garage import Garage

SEED = 20261123
ROUNDS = 3
NASTY = (
    "", " ", "0", "-1", "1e309", "NaN", "null", "true", "9" * 400, "'", '"', "')--", "%", "_", "\\", "\x7f",
    "\x00",
    "a" * 5000, "王芳", "😀", "\u202e", "\ud7ff", "../../etc/passwd", "{{7*7}}", "<script>", "2026-13-45",
    "2026-02-30T25:61:61Z", "0000-00-00", "00000000-0000-0000-0000-000000000000", "=1+1", "a.b.c", "[", "-",
    ",", ",,",
)  # fmt: skip
JSON_NASTY: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**63, -(2**70), [], [[]], {}, {"a": {"b": []}}, ["x", 1, None], *NASTY,
)  # fmt: skip


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [Garage()]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_no_request_breaks_the_application(connect, doorman, admin, caplog) -> None:
    doorman.known = {"t": replace(admin, via="token")}
    program = connect("t")
    document = (await program.get("/api/openapi.json")).json()
    dice = random.Random(SEED)
    asked = 0
    for method, path, operation in operations(document):
        for _round in range(ROUNDS):
            request = invent(dice, document, method, path, operation)
            with caplog.at_level(logging.ERROR):
                answer = await program.request(**request)
            asked += 1
            sent = json.dumps(request, default=repr)[:2000]
            said = f"{SEED}: {sent} -> {answer.status_code} {answer.text[:500]}"
            assert answer.status_code < 500, said
            assert "x-request-id" in answer.headers, said
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json", said
                assert answer.json()["status"] == answer.status_code, said
                assert str(answer.status_code) in operation["responses"] or answer.status_code in (
                    404,
                    405,
                ), said
    assert asked > 50


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "patch", "put", "delete") and path.startswith("/api/"):
                yield method, path, operation


def invent(
    dice: random.Random, document: dict[str, Any], method: str, path: str, operation: dict[str, Any]
) -> dict[str, Any]:
    """A request that has the right shape here and there, and nonsense in between."""
    parameters = operation.get("parameters", [])
    query = {
        one["name"]: dice.choice(NASTY) for one in parameters if one["in"] == "query" and dice.random() < 0.4
    }
    headers = {}
    for one in parameters:
        if one["in"] == "header" and dice.random() < 0.7:
            headers[one["name"]] = dice.choice(['"1"', "*", "x", str(uuid4()), "k" * 65])
    url = re.sub(
        r"\{[^}]+\}", lambda _found: dice.choice([str(uuid4()), str(uuid4()), "x", "%00", "1"]), path
    )
    request: dict[str, Any] = {"method": method.upper(), "url": url, "params": query, "headers": headers}
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        body = value(dice, document, content["application/json"].get("schema", {}))
        request["content"] = json.dumps(body, ensure_ascii=dice.random() < 0.5).encode(
            "utf-8", "surrogatepass"
        )
        headers["content-type"] = "application/json"
    elif content:
        request["content"] = dice.choice([b"", b"\x00", b"--x\r\n", b"a=b"])
        headers["content-type"] = dice.choice(
            [next(iter(content)), "multipart/form-data; boundary=x", "text/plain"]
        )
    return request


def value(dice: random.Random, document: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> Any:
    """Something of a schema; one time in three something else entirely."""
    if depth > 4 or dice.random() < 0.3:
        return dice.choice(JSON_NASTY)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return value(dice, document, document["components"]["schemas"][name], depth)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return value(dice, document, dice.choice(schema[word]), depth + 1)
    if schema.get("type") == "object":
        named = schema.get("properties", {})
        wanted = [name for name in named if name in schema.get("required", ()) or dice.random() < 0.5]
        return {name: value(dice, document, named[name], depth + 1) for name in wanted}
    if schema.get("type") == "array":
        return [value(dice, document, schema.get("items", {}), depth + 1) for _n in range(dice.randint(0, 3))]
    if "enum" in schema:
        return dice.choice(schema["enum"])
    plain = {"string": "text", "integer": 7, "number": 1.5, "boolean": True}
    return plain.get(str(schema.get("type")), "text")
