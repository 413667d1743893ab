"""Recognises the people of a test: whoever a request names in a header is at the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Litestar

from crm_kernel.actor import Actor
from crm_kernel.contributions import Manifest
from crm_kernel.hookspecs import hookimpl
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text
from crm_kernel.ui.site import Site
from crm_kernel.web.app import create_app

HEADER = "x-crm-test-actor"


class Doorman:
    """A module of the test's own, beside those under test."""

    __name__ = "test_doorman"

    def __init__(self) -> None:
        self._known: dict[str, Actor] = {}

    def knows(self, actor: Actor) -> dict[str, str]:
        """Let somebody in; gives the header by which he is recognised."""
        self._known[str(actor.id)] = actor
        return {HEADER: str(actor.id)}

    @hookimpl
    def manifest(self) -> Manifest:
        return Manifest(self.__name__, Text("Doorman"), "1.0", switchable=False)

    @hookimpl
    def actor_from_connection(self, kernel: Kernel) -> Any:
        async def recognise(scope: Any) -> Actor | None:
            name = dict(scope["headers"]).get(HEADER.encode(), b"").decode()
            return self._known.get(name) if _is_id(name) else None

        return recognise


def _is_id(name: str) -> bool:
    try:
        return bool(UUID(name))
    except ValueError:
        return False


def served(kernel: Kernel) -> tuple[Litestar, Doorman]:
    """The web application of a running kernel, pages included, and who lets people in."""
    doorman = Doorman()
    kernel.plugins.add(doorman)
    site = Site(kernel)
    app = create_app(kernel, run_kernel=False, handlers=site.handlers(), error_page=site.error_page)
    return app, doorman
