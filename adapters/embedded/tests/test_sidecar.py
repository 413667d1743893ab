"""Beside a host in another language: its signed word is believed once, for a moment, if meant for us."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from crm_embedded.host import Host
from crm_embedded.product import product
from crm_embedded.sidecar.door import door_router
from crm_embedded.sidecar.keys import HostKeys, SharedSecret
from crm_embedded.sidecar.settings import roles_of
from crm_embedded.sidecar.tokens import Verifier
from crm_kernel.errors import ConfigurationError, Unauthenticated, Unavailable

from .conftest import ROLES

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ISSUER, AUDIENCE = "erp", "https://erp.test/crm"


class Signer:
    """The host's key pair and what it signs with it."""

    def __init__(self, file: Any, clock: Any) -> None:
        self.file = file
        self._clock = clock
        self.keys: list[ECKey] = []
        self.turn("first")

    def turn(self, kid: str) -> None:
        """A new key; the old one stays in the published set."""
        self.keys.append(ECKey.generate_key("P-256", {"kid": kid}))
        self.file.write_text(json.dumps(KeySet(self.keys).as_dict(private=False)))

    def sign(self, *, key: ECKey | None = None, seconds: int = 60, **claims: Any) -> str:
        used = key or self.keys[-1]
        now = int(self._clock.now().timestamp())
        said = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": "wang", "name": "王建国", "groups": ["advisors"],
            "iat": now, "exp": now + seconds, "jti": "one", **claims,
        }  # fmt: skip
        return jwt.encode({"alg": "ES256", "kid": used.kid}, said, used, algorithms=["ES256"])


@pytest.fixture
def host() -> Host:
    return Host(name="远航", roles=ROLES)


@pytest.fixture
def signer(tmp_path: Any, clock: Any) -> Signer:
    return Signer(tmp_path / "keys.json", clock)


@pytest.fixture
def verifier(signer: Signer, clock: Any) -> Verifier:
    return Verifier(ISSUER, AUDIENCE, HostKeys(str(signer.file), clock), clock)


async def test_a_token_says_who_somebody_is(verifier, signer, seeded) -> None:
    word = await verifier.read(signer.sign())
    assert (word.user.id, word.user.name, word.user.groups) == ("wang", "王建国", {"advisors"})


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "somebody else"},
        {"aud": "https://other.test"},
        {"seconds": -60},
        {"seconds": 3600},
        {"sub": None},
        {"jti": None},
        {"iat": 4102444800},
    ],
    ids=str,
)
async def test_what_is_old_lasts_long_or_is_meant_for_others_is_refused(
    verifier, signer, claims, seeded
) -> None:
    with pytest.raises(Unauthenticated):
        await verifier.read(signer.sign(**claims))


async def test_what_another_signed_is_not_believed(verifier, signer, seeded) -> None:
    forger = ECKey.generate_key("P-256", {"kid": "first"})
    for token in (signer.sign(key=forger), signer.sign()[:-4] + "AAAA", "no token", "a.b.c"):
        with pytest.raises(Unauthenticated):
            await verifier.read(token)
    head = urlsafe_b64encode(b'{"alg":"none","kid":"first"}').decode().rstrip("=")
    unsigned = f"{head}.{signer.sign().split('.')[1]}."
    with pytest.raises(Unauthenticated):
        await verifier.read(unsigned)


async def test_a_new_key_is_found_and_a_withdrawn_one_ends(verifier, signer, clock, seeded) -> None:
    old = signer.keys[0]
    await verifier.read(signer.sign())
    clock.advance(timedelta(seconds=30))
    signer.turn("second")
    await verifier.read(signer.sign())
    await verifier.read(signer.sign(key=old))
    del signer.keys[0]
    signer.turn("third")
    clock.advance(timedelta(minutes=11))
    await verifier.read(signer.sign())
    with pytest.raises(Unauthenticated):
        await verifier.read(signer.sign(key=old))


async def test_what_is_no_set_of_keys_is_said_and_read_again(tmp_path, signer, clock, seeded) -> None:
    file = tmp_path / "broken.json"
    keys = HostKeys(str(file), clock)
    for broken in ('{"nothing": 1}', '{"keys": []}', "[]", "<html>"):
        file.write_text(broken)
        with pytest.raises(Unavailable):
            await keys.for_kid("first")
        clock.advance(timedelta(seconds=30))
    file.write_text(signer.file.read_text())
    assert [key.kid for key in (await keys.for_kid("first")).keys] == ["first"]


async def test_a_secret_may_stand_in_for_keys(clock, seeded) -> None:
    with pytest.raises(ConfigurationError):
        SharedSecret("short")
    assert await SharedSecret("a" * 32).for_kid("")


async def test_links_sessions_and_signing_out_at_the_door(seeded, verifier, signer) -> None:
    app = product(seeded, more=lambda kernel: [door_router(kernel, verifier)])
    transport = httpx.ASGITransport(app=app)

    def said(**claims: Any) -> dict[str, str]:
        return {"authorization": f"Bearer {signer.sign(**claims)}"}

    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        made = await client.post("/host/links", json={"path": "/customers"}, headers=said(jti="1"))
        assert made.status_code == 201
        entered = await client.get(made.json()["url"])
        assert (entered.status_code, entered.headers["location"]) == (303, "/customers")
        again = await client.post("/host/links", json={}, headers=said(jti="1"))
        assert again.status_code == 401
        assert (await client.get("/api/v1/customers")).status_code == 200
        assert (await client.post("/host/sign-out", headers=said(jti="2"))).status_code == 204
        assert (await client.get("/api/v1/customers")).status_code == 401
        token = (await client.post("/host/sessions", headers=said(jti="3"))).json()["token"]
        bearer = {"authorization": f"Bearer {token}"}
        assert (await client.get("/api/v1/customers", headers=bearer)).status_code == 200
        assert (await client.post("/host/dismiss", headers=said(jti="4"))).status_code == 204
        assert (await client.get("/api/v1/customers", headers=bearer)).status_code == 401
        assert (await client.post("/host/links")).status_code == 401
        wrong = await client.post("/host/links", json={"path": "//evil.test"}, headers=said(jti="5"))
        assert wrong.status_code == 422


def test_groups_are_mapped_by_the_settings(database) -> None:
    assert roles_of("a=b c=d,e") == {"a": ["b"], "c": ["d", "e"]}
    with pytest.raises(ConfigurationError):
        roles_of("a")
