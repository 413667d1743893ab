"""A module whose routes are unsafe is taken out of service; the others go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from litestar import get
from litestar import route as answering

from crm_kernel.actor import Scope
from crm_kernel.contributions import Manifest, Permission
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages
from crm_kernel.web.routes import NEEDS, need_of, served

_ = messages("garage")


def module(name: str, *handlers: Any, requires: tuple[str, ...] = ()) -> Any:
    class Module:
        __name__ = name

        @hookimpl
        def manifest(self) -> Manifest:
            return Manifest(name, _("Garage"), "1", requires=requires)

        @hookimpl
        def register_permissions(self) -> list[Permission]:
            return [Permission(f"{name}.see", _("see"))]

        @hookimpl
        def register_routes(self, kernel: Any) -> list[Any]:
            return list(handlers)

    return Module()


def route(path: str, **opt: Any) -> Any:
    @get(path, opt=opt)
    async def answer() -> str:
        return "ok"

    return answer


def options(path: str, **opt: Any) -> Any:
    @answering(path, http_method="OPTIONS", status_code=200, opt=opt)
    async def answer() -> str:
        return "what there is"

    return answer


def unreadable() -> Any:
    """A route with a type nobody defined, which the framework finds out last of all."""

    async def answer(car: Any) -> str:
        return "ok"

    answer.__annotations__["car"] = "Undefined"
    return get("/unreadable", opt={"permission": "confused.see"})(answer)


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [
        module("honest", route("/honest", permission="honest.see"), route("/open/{id:int}", public="test")),
        module("telling", route("/told", signed_in="test"), options("/told", permission="telling.see")),
        module("chatty", options("/chatty")),
        module("careless", route("/careless")),
        module("empty", route("/empty", permission="")),
        module("invented", route("/invented", permission="nobody.knows")),
        module("vague", route("/vague", permission="vague.see", public="both")),
        module("zealous", route("/open/{name:str}", permission="zealous.see")),
        module("confused", unreadable()),
        module("follower", route("/follower", permission="follower.see"), requires=("careless",)),
    ]


async def test_only_modules_that_say_who_may_are_served(kernel, connect) -> None:
    browser = connect()
    states = {p.name: p.state for p in kernel.plugins if not p.builtin}
    assert states.pop("honest") == "on"
    assert {
        n: s for n, s in states.items() if n in dict.fromkeys(("careless", "empty", "invented", "vague"))
    } == (dict.fromkeys(("careless", "empty", "invented", "vague"), "quarantined"))
    assert "is answered by honest" in kernel.plugins["zealous"].reason
    assert "requires careless" in str(kernel.plugins["follower"].reason)
    assert "Undefined" in kernel.plugins["confused"].reason
    assert (await browser.get("/api/v1/honest")).status_code == 401
    assert (await browser.get("/api/v1/careless")).status_code == 404
    assert (await browser.get("/api/v1/follower")).status_code == 404


async def test_what_a_module_answers_to_options_is_guarded_and_nobody_else_answers(
    kernel, connect, doorman, make_actor
) -> None:
    doorman.known["t"] = replace(await make_actor({"telling.see": Scope.DEALERSHIP}), via="token")
    program, stranger = connect("t"), connect()
    assert "names no permission" in kernel.plugins["chatty"].reason
    assert (await stranger.options("/api/v1/told")).status_code == 401
    assert (await program.options("/api/v1/told")).text == "what there is"
    unanswered = await stranger.options("/api/v1/honest")
    assert (unanswered.status_code, unanswered.headers["allow"]) == (405, "GET")


async def test_every_served_route_belongs_to_a_permission_or_says_why_not(connect) -> None:
    app = connect()._transport.app
    unsaid = [
        path
        for path, _method, handler in served(app)
        if len([need for need in NEEDS if need_of(handler).get(need)]) != 1
    ]
    assert unsaid == []


async def test_a_module_found_at_fault_later_answers_nothing_any_more(
    kernel, connect, doorman, make_actor
) -> None:
    doorman.known["t"] = replace(await make_actor({"honest.see": Scope.DEALERSHIP}), via="token")
    program, stranger = connect("t"), connect()
    assert (await program.get("/api/v1/honest")).status_code == 200
    assert (await stranger.get("/api/v1/open/7")).status_code == 200
    kernel.quarantine("honest", "startup: no disk")
    for path in ("/api/v1/honest", "/api/v1/open/7"):
        assert (await program.get(path)).status_code == 404
        assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get("/health/ready")).status_code == 200


class TestRecognition:
    """A module that wanted to tell who people are."""

    @pytest.fixture
    def kernel_modules(self) -> list[Any]:
        blind = module("blind", route("/blind", permission="blind.see"))

        @hookimpl
        def actor_from_connection(kernel: Any) -> Any:
            raise RuntimeError("no glasses")

        type(blind).actor_from_connection = staticmethod(actor_from_connection)
        return [blind, module("honest", route("/honest", permission="honest.see"))]

    async def test_one_that_cannot_is_quarantined_and_people_are_known_as_before(
        self, kernel, connect, doorman, make_actor
    ) -> None:
        doorman.known["t"] = replace(await make_actor({"honest.see": Scope.DEALERSHIP}), via="token")
        program = connect("t")
        assert (await program.get("/api/v1/honest")).status_code == 200
        assert (await program.get("/api/v1/blind")).status_code == 404
        assert "no glasses" in kernel.plugins["blind"].reason
