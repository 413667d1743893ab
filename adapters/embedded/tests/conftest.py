"""A host of this test's own: people with groups, whom a request names in a header."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from crm_embedded.asgi import Forecourt, HostUser
from crm_embedded.host import Host
from crm_kernel.web.client import header

ROLES = {"advisors": "service_agent", "managers": ["general_manager", "administrator"]}


@dataclass
class Erp:
    """The host's people as it knows them now; whoever signs in sends his id as `x-erp-user`."""

    people: dict[str, HostUser] = field(default_factory=dict)

    def hire(self, id: str, *groups: str, **facts: Any) -> HostUser:
        """Somebody comes, or his groups change."""
        self.people[id] = HostUser(id, facts.pop("name", id), groups, **facts)
        return self.people[id]

    def dismiss(self, id: str) -> None:
        """Somebody goes."""
        del self.people[id]

    def who(self, scope: Any) -> HostUser | None:
        """What `identify` answers."""
        return self.people.get(header(scope, b"x-erp-user"))


@pytest.fixture
def erp() -> Erp:
    return Erp()


@pytest.fixture
def host(erp: Erp) -> Host:
    """What the host says about itself; override it in your module."""
    return Host(name="远航", identify=erp.who, roles=ROLES)


@pytest.fixture
def kernel_overrides(host: Host) -> dict[str, Any]:
    return host.parts()


@pytest.fixture
def kernel_modules(host: Host) -> list[Any]:
    from crm_embedded import plugin

    return [plugin, *host.modules]


@pytest.fixture
async def seeded(kernel: Any) -> Any:
    """The kernel with its preset roles."""
    from crm_kernel.assembly import furnish

    await furnish(kernel)
    return kernel


@pytest.fixture
async def forecourt(tmp_path: Any, erp: Erp) -> AsyncIterator[Forecourt]:
    """Forecourt as a host mounts it, on a database of its own."""
    crm = Forecourt(
        identify=erp.who,
        roles=ROLES,
        background=False,
        environ={},
        home=tmp_path / "crm",
        public_url="https://erp.test/proxy/crm",
        login_url="https://erp.test/login",
    )
    async with crm:
        yield crm
