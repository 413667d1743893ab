"""A kernel with accounts, a cheap password hash, and people who can sign in."""

from __future__ import annotations

from typing import Any

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from crm_kernel.administration.presets import seed_presets
from crm_kernel.dal.types import uuid7
from crm_standalone import plugin
from crm_standalone.accounts.passwords import Passwords

PASSWORD = "orchard-lantern-7"


class CountingHash(PasswordHash):
    """Counts how often it works; as cheap as argon2id can be."""

    def __init__(self) -> None:
        super().__init__((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        self.verified = 0

    def verify_and_update(self, password: Any, hash: Any) -> Any:
        self.verified += 1
        return super().verify_and_update(password, hash)


@pytest.fixture
def hasher() -> CountingHash:
    return CountingHash()


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [plugin]


class Outbox:
    """Keeps what was sent."""

    ready = True

    def __init__(self) -> None:
        self.sent: list[Any] = []

    async def send(self, mail: Any) -> None:
        self.sent.append(mail)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def kernel_overrides(hasher: CountingHash, outbox: Outbox) -> dict[str, Any]:
    return {"passwords": Passwords(hasher), "mailer": outbox}


@pytest.fixture
def accounts(kernel):
    return kernel.service("accounts")


@pytest.fixture
def identity(kernel):
    return kernel.service("identity")


@pytest.fixture
async def join(kernel, admin, accounts, dealership):
    """A person with an account: `await join("wang", "marketing")` gives the staff id."""
    await seed_presets(kernel)

    async def join(login: str, role: str = "", *, at: Any = dealership, everywhere: bool = False) -> Any:
        organisation, policy = kernel.service("organisation"), kernel.service("policy")
        staff = await organisation.create_staff(admin, f"s{uuid7().hex[-10:]}", "王小明", dealership_id=at.id)
        if role:
            await policy.grant(admin, staff.id, role, None if everywhere else at.id)
        view, _first = await accounts.create_account(admin, staff.id, login, PASSWORD)
        opened = await accounts.login(login, PASSWORD)
        actor = await kernel.access.actor(staff.id)
        await accounts.change_password(actor, PASSWORD, PASSWORD + "x", opened.token)
        return view

    return join


OWN = PASSWORD + "x"


def cookie(token: str, **headers: str) -> dict[str, Any]:
    """The scope of a request with a session cookie."""
    return request({"cookie": f"theme=dark; crm_session={token}", **headers})


def bearer(token: str, **headers: str) -> dict[str, Any]:
    """The scope of a request with a token."""
    return request({"authorization": f"Bearer {token}", **headers})


def request(headers: dict[str, str]) -> dict[str, Any]:
    """The scope of a request with these headers (underscores stand for hyphens)."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "headers": [(b"host", b"localhost"), *pairs]}
