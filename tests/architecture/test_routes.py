"""Every address of the product: who may, and that nobody reaches across."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import inspect

from crm_kernel.actor import Scope
from crm_kernel.contributions import Entity
from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.testing.rows import MARK, RowMaker
from crm_kernel.web.routes import NEEDS, need_of, served
from crm_standalone import plugin as accounts
from crm_standalone.pages.product import product

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PUBLIC = {
    "/api/openapi.json",
    "/apply",
    "/complaint-form/{token:str}",
    "/forgot-password",
    "/health/live",
    "/health/ready",
    "/login",
    "/metrics",
    "/reset-password",
    "/static/{file_path:path}",
}
"""What anybody may ask without having signed in. A new one belongs here only with a good reason."""

PARAMETER = re.compile(r"\{(\w+):(\w+)\}")


@pytest.fixture
def doorman() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
def kernel_overrides(doorman: Gatekeeper) -> dict[str, Any]:
    return {"identity": doorman}


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [accounts]


@pytest.fixture
def app(kernel):
    made = product(kernel, run_kernel=False)
    assert {p.name: p.reason for p in kernel.plugins if p.state == "quarantined"} == {}
    return made


def test_every_route_names_a_permission_or_says_why_it_needs_none(app) -> None:
    unsaid = [
        f"{method} {path}"
        for path, method, handler in served(app)
        if len([need for need in NEEDS if need_of(handler).get(need)]) != 1
    ]
    assert unsaid == []


def test_what_is_open_to_everybody_is_listed_here(app) -> None:
    opened = {path for path, _method, handler in served(app) if need_of(handler).get("public")}
    assert opened == PUBLIC


def test_no_two_routes_answer_the_same_address(app) -> None:
    seen: dict[tuple[str, str], str] = {}
    for path, method, _handler in served(app):
        key = (method, PARAMETER.sub("{}", path))
        assert key not in seen, f"{path} and {seen[key]}"
        seen[key] = path


async def test_nobody_who_is_not_signed_in_gets_past_the_door(app) -> None:
    async with client(app, "") as stranger:
        for path, method, handler in served(app):
            if need_of(handler).get("public") or method == "*":
                continue
            answer = await stranger.request(method, filled(path, uuid4()), json={})
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("reach", [Scope.DEALERSHIP, Scope.OWN, None], ids=["all", "own", "nothing"])
async def test_a_foreign_id_is_answered_on_every_route_like_one_that_never_was(
    kernel, app, doorman, make_actor, make_dealership, reach
) -> None:
    foreign = await rows_of_another_dealership(kernel, make_actor, make_dealership)
    held = dict.fromkeys(kernel.registry.permissions, reach) if reach else {}
    doorman.known["t"] = replace(await make_actor(held), via="token")
    before = await everything_stored(kernel)
    checked = 0
    async with client(app, "t") as person:
        for path, method, handler in served(app):
            if not PARAMETER.search(path) or method == "*":
                continue
            need = need_of(handler)
            entity = need.get("entity")
            for name in concerned(kernel, need.get("plugin")) if entity is None else (entity,):
                asked = await ask(person, method, path, foreign[name])
                never = await ask(person, method, path, uuid4())
                assert asked == never, f"{method} {path} tells {name}"
                assert MARK not in asked[1], f"{method} {path}"
                if entity is not None and path.startswith("/api/"):
                    unread = () if method in ("GET", "DELETE") else (400, 422)
                    refused = 404 if reach else 403
                    assert asked[0] in (refused, *unread), f"{method} {path}: {asked}"
                    checked += asked[0] == refused
    assert checked >= 6 * len(foreign)
    assert await everything_stored(kernel) == before


def concerned(kernel, plugin: str | None) -> list[str]:
    """Entities whose ids a route may take: a module's own, or one of each for the kernel's routes."""
    owned = [(owner, entity.name) for owner, entity in kernel.registry.owned(Entity)]
    own = [name for owner, name in owned if owner == plugin]
    return own or list(dict(owned).values())


def client(app: Any, token: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("192.0.2.7", 4000))
    headers = {"authorization": f"Bearer {token}", "x-request-id": "one-and-the-same"}
    return httpx.AsyncClient(transport=transport, base_url="http://crm.test", headers=headers)


def filled(path: str, id: UUID) -> str:
    return PARAMETER.sub(lambda found: "1" if found.group(2) == "int" else str(id), path)


BODIES = {"reveal": {"field": "mobile"}, "notes": {"text": "x"}}


async def ask(person: httpx.AsyncClient, method: str, path: str, id: UUID) -> tuple[int, str]:
    body: dict[str, Any] = BODIES.get(path.rpartition("/")[2], {"reason": "x", "title": "x", "text": "x"})
    if path.endswith("}") and method == "PATCH":
        body = {"remark": "x"} if "/api/" in path else body
    address = filled(path, id) + ("?reason=x" if method == "DELETE" else "")
    answer = await person.request(
        method, address, json=None if method == "GET" else body, headers={"if-match": '"1"'}
    )
    nonces = re.sub(r"(nonce|csrf|token)[^\s]*", "", answer.text)
    return answer.status_code, nonces.replace(str(id), "ID").replace(str(id).replace("-", ""), "ID")


async def rows_of_another_dealership(kernel, make_actor, make_dealership) -> dict[str, UUID]:
    east = await make_dealership("east", name=MARK)
    owner = await make_actor({}, at=east.id, name=MARK)
    async with kernel.db.work(owner) as work:
        maker = RowMaker(kernel, work, east.id, owner.id)
        return {entity.name: await maker.make(entity) for entity in kernel.registry.of(Entity)}


async def everything_stored(kernel) -> dict[str, list[str]]:
    """Every row of every table: records, events, notifications, jobs and logs alike."""
    async with kernel.db.engine.connect() as connection:
        return {
            name: sorted(map(repr, (await connection.exec_driver_sql(f'SELECT * FROM "{name}"')).all()))
            for name in await connection.run_sync(lambda c: inspect(c).get_table_names())
            if name.startswith("crm_")
        }
