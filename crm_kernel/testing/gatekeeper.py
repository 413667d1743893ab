"""The port `identity` of a test's kernel: knows people by what their requests carry."""

from __future__ import annotations

from typing import Any

from crm_kernel.actor import Actor
from crm_kernel.web.client import header
from crm_kernel.web.csrf import cookie


class Gatekeeper:
    """Lets in whoever is `known` by bearer token or session cookie, and `actor`, if set, without either.

    A test's `kernel_overrides` names it: `{"identity": gatekeeper}`.
    """

    def __init__(self) -> None:
        self.known: dict[str, Actor] = {}
        self.actor: Actor | None = None

    async def authenticate(self, scope: Any) -> Actor | None:
        """Who sends the request, if anybody is known."""
        token = header(scope, b"authorization").removeprefix("Bearer ")
        return self.known.get(token or cookie(scope, "crm_session"), self.actor)

    authenticate.public = True  # type: ignore[attr-defined]
