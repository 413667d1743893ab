"""Who gets in: the person, his permission, the page's token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from litestar import Request, get, post

from crm_kernel.actor import Scope
from crm_kernel.contributions import Manifest, Permission
from crm_kernel.hookspecs import hookimpl
from crm_kernel.logs import current_request
from crm_kernel.text import messages
from crm_kernel.web.csrf import csrf_token
from crm_kernel.web.parameters import CurrentActor

_ = messages("garage")


class Garage:
    """A module with one route behind a permission."""

    __name__ = "garage"

    @hookimpl
    def manifest(self) -> Manifest:
        return Manifest("garage", _("Garage"), "1")

    @hookimpl
    def register_permissions(self) -> list[Permission]:
        return [Permission("garage.open", _("open the garage"))]

    @hookimpl
    def register_routes(self, kernel: Any) -> list[Any]:
        @get("/garage", opt={"permission": "garage.open"})
        async def look(actor: CurrentActor) -> dict[str, str]:
            return {"name": actor.name, "request": current_request()}

        @post("/garage", opt={"permission": "garage.open"})
        async def open_door() -> dict[str, str]:
            return {"door": "open"}

        return [look, open_door]


@get("/login", opt={"public": "test"})
async def login() -> str:
    return "login"


@get("/home", opt={"signed_in": "test"})
async def home(request: Request[Any, Any, Any]) -> str:
    return str(request.user.name)


@pytest.fixture
def handlers() -> list[Any]:
    return [login, home]


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [Garage()]


async def test_a_program_without_a_token_is_told_to_sign_in(connect) -> None:
    answer = await connect().get("/api/v1/garage")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (await connect("wrong").get("/api/v1/garage")).status_code == 401


async def test_a_person_without_a_session_is_sent_to_the_login_and_back(connect) -> None:
    answer = await connect().get("/home?tab=1", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fhome%3Ftab%3D1")


async def test_a_part_of_a_page_is_told_instead_of_sent_away(connect) -> None:
    answer = await connect().get("/home", headers={"accept": "text/html", "hx-request": "true"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_a_permission_opens_the_route(connect, doorman, make_actor) -> None:
    doorman.known = {
        "may": replace(await make_actor({"garage.open": Scope.OWN}), via="token"),
        "not": replace(await make_actor({}), via="token"),
    }
    answer = await connect("may").get("/api/v1/garage", headers={"x-request-id": "abcdefgh"})
    assert answer.json() == {"name": "王顾问", "request": "abcdefgh"}
    refused = await connect("not").get("/api/v1/garage")
    assert (refused.status_code, refused.json()["permission"]) == (403, "garage.open")


async def test_a_module_switched_off_here_does_not_exist_here(connect, doorman, make_actor) -> None:
    actor = await make_actor({"garage.open": Scope.OWN})
    closed = replace(actor, via="token", grants=replace(actor.grants, modules_off=frozenset({"garage"})))
    doorman.known = {"t": closed}
    assert (await connect("t").get("/api/v1/garage")).status_code == 404


async def test_a_change_by_cookie_needs_the_pages_token(kernel, connect, doorman, make_actor) -> None:
    actor = await make_actor({"garage.open": Scope.OWN})
    doorman.known = {"one": actor, "two": actor}
    browser = connect()
    browser.cookies.set("crm_session", "one")

    def token(session: str) -> str:
        scope = {"headers": [(b"cookie", f"crm_session={session}".encode())]}
        return csrf_token(kernel.keys, scope, actor)

    async def status(**headers: str) -> int:
        return (await browser.post("/api/v1/garage", headers=headers)).status_code

    assert await status() == 403
    assert await status(**{"x-csrf-token": token("two")}) == 403
    assert await status(**{"x-csrf-token": token("one"), "sec-fetch-site": "cross-site"}) == 403
    assert await status(**{"x-csrf-token": token("one")}) == 201
    form = await browser.post("/api/v1/garage", data={"_csrf_token": token("one")})
    assert form.status_code == 201
    assert (await browser.get("/api/v1/garage")).status_code == 200


async def test_a_program_with_a_token_needs_no_page(connect, doorman, make_actor) -> None:
    doorman.known = {"t": replace(await make_actor({"garage.open": Scope.OWN}), via="token")}
    assert (await connect("t").post("/api/v1/garage")).status_code == 201


async def test_answers_are_in_the_persons_language(connect, doorman, make_actor) -> None:
    for locale, word in (("en", "You lack the permission"), ("qps", "⟦You lack")):
        doorman.known = {"t": replace(await make_actor({}, locale=locale), via="token")}
        assert word in (await connect("t").get("/api/v1/garage")).json()["detail"]
