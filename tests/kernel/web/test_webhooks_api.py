"""Webhooks set up, tried out, stopped and sent again by a program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from crm_kernel.actor import Scope
from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.outbound.addresses import Allowed
from crm_kernel.outbound.client import Outbound
from crm_kernel.webhooks.courier import PAUSES
from tests.kernel.webhooks.receiver import Receiver

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def kernel_overrides(doorman: Any) -> dict[str, Any]:
    return {"identity": doorman, "outbound": Outbound(Allowed.parse("127.0.0.1"))}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def api(connect: Any, make_actor: Any, doorman: Any) -> httpx.AsyncClient:
    rights = dict.fromkeys(("webhooks.manage", "customer.create", "customer.view"), Scope.DEALERSHIP)
    doorman.known["erp"] = replace(await make_actor(rights, name="ERP", locale="en"), via="token")
    client: httpx.AsyncClient = connect(token="erp")
    client.base_url = httpx.URL("http://crm.test/api/v1/")
    return client


async def rounds(kernel: Any) -> None:
    """Events are handed out and sent, as the background does."""
    await Dispatcher(kernel).drain()


async def test_an_endpoint_lives_its_life_over_http(kernel, api, receiver, clock) -> None:
    names = [one["name"] for one in (await api.get("webhooks/events")).json()["items"]]
    assert "customer.created" in names
    made = await api.post("webhooks", json={"url": receiver.url, "events": ["customer.*"], "label": "ERP"})
    assert made.status_code == 201, made.text
    one = f"http://crm.test{made.headers['location']}"
    assert made.json()["secret"].startswith("whsec_")
    assert "secret" not in (await api.get(one)).json()
    assert [hook["url"] for hook in (await api.get("webhooks")).json()["items"]] == [receiver.url]
    assert (await api.post(f"{one}/test")).status_code == 202
    await rounds(kernel)
    assert [message["type"] for message in receiver.messages] == ["webhook.tested"]
    changed = await api.patch(one, json={"label": "DMS", "active": False})
    assert (changed.json()["label"], changed.json()["active"]) == ("DMS", False)
    assert (await api.post(f"{one}/test")).status_code == 409
    await api.patch(one, json={"active": True})
    receiver.status = 500
    await api.post("customers", json={"name": "张伟"})
    for pause in (*PAUSES, 0):
        await rounds(kernel)
        clock.advance(timedelta(seconds=pause * 1.2))
    (dead,) = (await api.get(f"{one}/deliveries?state=dead")).json()["items"]
    assert dead["event"] == "customer.created"
    assert (await api.get(one)).json()["counts"]["dead"] == 1
    receiver.status = 204
    assert (await api.post(f"{one}/replay")).json() == {"replayed": 1}
    await rounds(kernel)
    assert receiver.messages[-1]["type"] == "customer.created"
    again = await api.post(f"{one}/deliveries/{dead['id']}/replay")
    assert again.json() == {"replayed": 1}
    assert (await api.post(f"{one}/secret")).json()["secret"] != made.json()["secret"]
    assert (await api.delete(one)).status_code == 204
    assert (await api.get(one)).status_code == 404


async def test_what_cannot_be_an_endpoint_is_refused_and_whoever_may_not_is_too(
    api, connect, make_actor, doorman, receiver
) -> None:
    for sent, status, field in (
        ({"url": "http://10.0.0.1/x", "events": ["*"]}, 422, "url"),
        ({"url": receiver.url, "events": []}, 422, "events"),
        ({"url": receiver.url, "events": ["unicorn.born"]}, 422, "events"),
        ({"url": receiver.url, "events": "customer.*"}, 422, "events"),
        ({"url": receiver.url, "events": ["*"], "secret": "mine"}, 422, "secret"),
    ):
        answer = await api.post("webhooks", json=sent)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field), sent
    assert (await api.get(f"webhooks/{uuid4()}")).status_code == 404
    added = await api.post("webhooks", json={"url": receiver.url, "events": ["*"]})
    made = f"http://crm.test{added.headers['location']}"
    assert (await api.get(f"{made}/deliveries?state=lost")).status_code == 422
    assert (await api.post(f"{made}/deliveries/{uuid4()}/replay")).status_code == 404
    doorman.known["no"] = replace(await make_actor({}), via="token")
    stranger = connect(token="no")
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/events")):
        assert (await stranger.request(method, f"/api/v1/webhooks{path}")).status_code == 403
