"""Every record through the API, as the contract has it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_kernel.actor import Scope
from tests.kernel.web.garage import Garage

CARS = "/api/v1/garage-cars"


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [Garage()]


@pytest.fixture
async def program(connect, doorman, admin):
    doorman.known = {"t": replace(admin, via="token")}
    return connect("t")


async def made(program, **values: Any) -> tuple[dict[str, Any], str]:
    answer = await program.post(CARS, json={"name": "Sagitar", **values})
    assert answer.status_code == 201, answer.text
    return answer.json(), answer.headers["etag"]


async def test_a_record_is_made_read_changed_deleted_and_brought_back(program) -> None:
    answer = await program.post(CARS, json={"name": "Magotan", "bought_on": "2026-05-01", "mileage_km": 12})
    car = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{CARS}/{car['id']}"
    read = await program.get(answer.headers["location"])
    assert read.headers["etag"] == f'"{car["version"]}"'
    assert (read.json()["name"], read.json()["bought_on"], read.json()["mileage_km"]) == (
        "Magotan",
        "2026-05-01",
        12,
    )
    changed = await program.patch(
        f"{CARS}/{car['id']}", json={"mileage_km": 20}, headers={"if-match": read.headers["etag"]}
    )
    assert (changed.status_code, changed.json()["mileage_km"]) == (200, 20)
    gone = await program.delete(
        f"{CARS}/{car['id']}?reason=sold", headers={"if-match": changed.headers["etag"]}
    )
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await program.get(f"{CARS}/{car['id']}")).status_code == 404
    back = await program.post(f"{CARS}/{car['id']}/restore")
    assert (back.status_code, back.json()["name"]) == (200, "Magotan")
    told = (await program.get(f"{CARS}/{car['id']}/history")).json()
    assert len(told["items"]) == 4


async def test_a_record_seen_already_is_not_sent_again(program) -> None:
    car, etag = await made(program)
    answer = await program.get(f"{CARS}/{car['id']}", headers={"if-none-match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_changing_without_having_seen_the_record_is_refused(program) -> None:
    car, _etag = await made(program)
    for answer in (
        await program.patch(f"{CARS}/{car['id']}", json={"name": "x"}),
        await program.delete(f"{CARS}/{car['id']}?reason=x"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")


@pytest.mark.parametrize("etag", ['"1"', '"99"', "nonsense", 'W/"7"'])
async def test_two_editors_never_overwrite_each_other_silently(program, etag) -> None:
    car, fresh = await made(program)
    url = f"{CARS}/{car['id']}"
    await program.patch(url, json={"name": "first"}, headers={"if-match": fresh})
    late = await program.patch(url, json={"name": "second"}, headers={"if-match": etag})
    assert late.status_code == 412
    assert late.json()["theirs"]["name"] == "first"
    assert late.json()["yours"]["name"] == "second"
    assert (await program.get(url)).json()["name"] == "first"


async def test_wrong_fields_are_named_one_by_one(program) -> None:
    answer = await program.post(CARS, json={"bought_on": "someday", "mileage_km": "far", "wheels": 4})
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"name", "bought_on", "mileage_km", "wheels"}


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"3", b'"x"', b"\xff", b'{"name":"a\\u0000b"}', b"[" * 100_000]
)
async def test_a_body_that_is_no_json_object_is_malformed(program, body) -> None:
    answer = await program.post(CARS, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_fields_that_are_not_the_callers_to_set_stay_as_they_are(program) -> None:
    own = {"id": str(uuid4()), "dealership_id": str(uuid4()), "version": 9, "created_by": str(uuid4())}
    for name, value in own.items():
        answer = await program.post(CARS, json={"name": "x", name: value})
        assert answer.status_code == 422, name
    assert (await program.get(CARS)).json()["items"] == []


async def test_a_list_is_filtered_sorted_counted_and_read_page_by_page(program) -> None:
    for number in range(5):
        await made(program, name=f"car {number}", mileage_km=number * 10)
    page = (await program.get(f"{CARS}?sort=-mileage_km&limit=2&count=exact&mileage_km[gte]=10")).json()
    assert ([car["mileage_km"] for car in page["items"]], page["count"]) == ([40, 30], 4)
    following = await program.get(
        CARS, params={"sort": "-mileage_km", "limit": 2, "mileage_km[gte]": 10, "cursor": page["next"]}
    )
    assert [car["mileage_km"] for car in following.json()["items"]] == [20, 10]
    assert following.json()["next"] is None
    assert "count" not in following.json()
    few = (await program.get(f"{CARS}?fields=name&limit=1")).json()["items"][0]
    assert "mileage_km" not in few


INJECTIONS = [
    "'",
    "')--",
    "id;select",
    "name desc nulls",
    "a.b",
    "customer.name",
    "\x00",
    "%",
    "1=1",
    "[",
    "]",
    "{}",
]


@pytest.mark.parametrize("value", INJECTIONS)
async def test_no_parameter_reaches_the_database_as_anything_but_a_value(program, value) -> None:
    await made(program)
    for name in (
        "limit",
        "cursor",
        "sort",
        "q",
        "fields",
        "count",
        "deleted",
        "name",
        "mileage_km",
        "mobile",
        value,
        f"name[{value}]",
    ):
        answer = await program.get(CARS, params={name: value})
        assert answer.status_code in (200, 400, 422), (name, value, answer.text)


async def test_an_endless_address_is_refused(program) -> None:
    answer = await program.get(CARS, params=[(f"name{n}", "x") for n in range(500)])
    assert answer.status_code in (400, 422)


async def test_a_masked_value_is_revealed_one_by_one(program) -> None:
    car, _etag = await made(program, mobile="13812348000")
    assert car["mobile"] == "138****8000"
    shown = await program.post(f"{CARS}/{car['id']}/reveal", json={"field": "mobile"})
    assert shown.json() == {"value": "13812348000"} or "138" in shown.json()["value"]
    assert shown.headers["cache-control"] == "no-store"
    for wrong in ({"field": "name"}, {"field": 3}, {}):
        assert (await program.post(f"{CARS}/{car['id']}/reveal", json=wrong)).status_code == 422


async def test_one_verb_for_many(program) -> None:
    cars = [(await made(program, name=f"car {n}"))[0] for n in range(3)]
    answer = await program.post(
        f"{CARS}/bulk",
        json={
            "verb": "change",
            "ids": [cars[0]["id"], cars[1]["id"], str(uuid4())],
            "arguments": {"changes": {"mileage_km": 7}},
        },
    )
    assert answer.status_code == 200
    assert (answer.json()["total"], answer.json()["done"]) == (3, 2)
    by_filter = await program.post(
        f"{CARS}/bulk", json={"verb": "delete", "filter": {"mileage_km": 7}, "arguments": {"reason": "x"}}
    )
    assert by_filter.json()["done"] == 2
    assert [car["name"] for car in (await program.get(CARS)).json()["items"]] == ["car 2"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verb": "change"},
        {"verb": "change", "ids": []},
        {"verb": "change", "ids": ["x"]},
        {"verb": "change", "ids": [3]},
        {"verb": "explode", "ids": [str(uuid4())]},
        {"verb": "delete", "filter": [], "arguments": {"reason": "x"}},
        {"verb": "delete", "ids": [str(uuid4())], "filter": {}, "arguments": {"reason": "x"}},
        {"verb": "delete", "ids": [str(uuid4())], "arguments": [1]},
        {"verb": "delete", "ids": [str(uuid4())] * 1001, "arguments": {"reason": "x"}},
    ],
)
async def test_a_bulk_request_that_says_too_little_changes_nothing(program, body) -> None:
    assert (await program.post(f"{CARS}/bulk", json=body)).status_code == 422


# Repetitions


async def test_a_repeated_request_makes_one_record_and_gives_the_same_answer(program) -> None:
    headers = {"idempotency-key": "order-1"}
    first = await program.post(CARS, json={"name": "once"}, headers=headers)
    again = await program.post(CARS, json={"name": "once"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"]
    assert len((await program.get(CARS)).json()["items"]) == 1


async def test_a_key_used_for_something_else_is_refused(program) -> None:
    headers = {"idempotency-key": "order-1"}
    await program.post(CARS, json={"name": "one"}, headers=headers)
    other = await program.post(CARS, json={"name": "two"}, headers=headers)
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "reused")
    assert len((await program.get(CARS)).json()["items"]) == 1


async def test_many_equal_requests_at_once_make_one_record(program) -> None:
    headers = {"idempotency-key": "double-click"}
    answers = await asyncio.gather(
        *(program.post(CARS, json={"name": "once"}, headers=headers) for _number in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len((await program.get(CARS)).json()["items"]) == 1


async def test_a_refused_request_may_be_mended_and_sent_again_with_its_key(program) -> None:
    headers = {"idempotency-key": "mended"}
    assert (await program.post(CARS, json={"name": ""}, headers=headers)).status_code == 422
    assert (await program.post(CARS, json={"name": "now"}, headers=headers)).status_code == 201


async def test_a_repeated_bulk_request_is_done_once(program) -> None:
    car, _etag = await made(program)
    body = {"verb": "change", "ids": [car["id"]], "arguments": {"changes": {"mileage_km": 5}}}
    answers = [
        await program.post(f"{CARS}/bulk", json=body, headers={"idempotency-key": "bulk"}) for _n in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert (await program.get(f"{CARS}/{car['id']}")).json()["version"] == car["version"] + 1


async def test_two_people_may_use_the_same_key(program, connect, doorman, make_actor) -> None:
    other = await make_actor({"garage_car.create": Scope.DEALERSHIP, "garage_car.view": Scope.DEALERSHIP})
    doorman.known["o"] = replace(other, via="token")
    headers = {"idempotency-key": "k"}
    mine = await program.post(CARS, json={"name": "mine"}, headers=headers)
    theirs = await connect("o").post(CARS, json={"name": "theirs"}, headers=headers)
    assert mine.json()["id"] != theirs.json()["id"]


# Rights


VERBS = (
    ("GET", "", None, "view"),
    ("POST", "", {"name": "x"}, "create"),
    ("GET", "/{id}", None, "view"),
    ("PATCH", "/{id}", {"name": "x"}, "change"),
    ("DELETE", "/{id}?reason=x", None, "delete"),
    ("POST", "/{id}/restore", {}, "restore"),
    ("POST", "/{id}/reveal", {"field": "mobile"}, "reveal"),
    ("GET", "/{id}/history", None, "history"),
    ("POST", "/bulk", {"verb": "delete", "ids": ["{id}"], "arguments": {"reason": "x"}}, "view"),
)


@pytest.mark.parametrize(("method", "path", "body", "verb"), VERBS)
async def test_each_route_needs_its_own_permission(
    kernel, program, connect, doorman, make_actor, method, path, body, verb
) -> None:
    car, _etag = await made(program)
    others = {name: Scope.ALL for name in kernel.registry.permissions if name != f"garage_car.{verb}"}
    doorman.known["few"] = replace(await make_actor(others), via="token")
    refused = await connect("few").request(
        method, CARS + path.format(id=car["id"]), json=body, headers={"if-match": "*"}
    )
    assert (refused.status_code, refused.json()["permission"]) == (403, f"garage_car.{verb}")
    assert (await program.get(f"{CARS}/{car['id']}")).json() == car
    assert (await connect().request(method, CARS + path.format(id=car["id"]))).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), [v[:3] for v in VERBS if "{id}" in v[1]])
async def test_a_foreign_record_is_not_there_like_one_that_never_was(
    program, connect, doorman, make_actor, make_dealership, method, path, body
) -> None:
    car, _etag = await made(program, mobile="13812348000")
    east = await make_dealership("east")
    every = {f"garage_car.{verb}": Scope.DEALERSHIP for verb in RIGHTS}
    doorman.known["east"] = replace(await make_actor(every, at=east.id), via="token")
    stranger = connect("east")

    async def asked(id: str) -> tuple[int, bytes]:
        answer = await stranger.request(
            method,
            CARS + path.format(id=id),
            json=body,
            headers={"if-match": '"1"', "x-request-id": "same-id-1"},
        )
        return answer.status_code, answer.content

    foreign = await asked(car["id"])
    assert foreign[0] == 404
    assert foreign == await asked(str(uuid4()))
    assert (await program.get(f"{CARS}/{car['id']}")).json() == car
    assert UUID(car["id"])


RIGHTS = ("view", "create", "change", "delete", "restore", "reveal", "history", "export", "import")
