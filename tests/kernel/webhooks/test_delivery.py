"""Events reach the systems that want them: signed, in order for each record, at least once, however long it
takes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound
from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.kernel import Kernel
from crm_kernel.outbound.addresses import Allowed
from crm_kernel.outbound.client import Outbound
from crm_kernel.testing.clock import FixedClock
from crm_kernel.webhooks.courier import PAUSES, Courier
from crm_kernel.webhooks.permissions import MANAGE
from crm_kernel.webhooks.signing import headers as signed
from tests.kernel.webhooks.receiver import Receiver

HOUR = timedelta(hours=1)


@pytest.fixture
def kernel_overrides() -> dict[str, Any]:
    return {"outbound": Outbound(Allowed.parse("127.0.0.1"))}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def hooks(kernel: Kernel) -> Any:
    return kernel.service("webhooks")


@pytest.fixture
async def endpoint(hooks: Any, admin: Actor, receiver: Receiver) -> tuple[UUID, str]:
    view, secret = await hooks.add(admin, receiver.url, ["customer.*"], label="ERP")
    return view.id, secret


async def add(kernel: Kernel, actor: Actor, name: str) -> UUID:
    record = await kernel.service("records").create(actor, "customer", {"name": name})
    found: UUID = record.id
    return found


async def rename(kernel: Kernel, actor: Actor, record_id: UUID, name: str) -> None:
    await kernel.service("records").change(actor, "customer", record_id, {"name": name})


async def deliver(kernel: Kernel) -> int:
    return await Dispatcher(kernel).drain()


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As the specification tells receivers to check."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split(" ")


async def test_an_event_arrives_signed_with_its_id(
    kernel: Kernel, admin: Actor, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    record_id = await add(kernel, admin, "张伟")
    await deliver(kernel)
    ((headers, body),) = receiver.got
    event = next(e for e in await kernel.events.read() if e.name == "customer.created")
    assert verified(endpoint[1], headers, body)
    assert (headers["webhook-id"], headers["content-type"]) == (str(event.id), "application/json")
    (message,) = receiver.messages
    assert (message["type"], message["data"]["id"]) == ("customer.created", str(record_id))
    assert "张伟" not in body.decode(), "events carry ids, never names"


async def test_only_chosen_events_of_the_own_dealership_from_now_on(
    kernel: Kernel, admin: Actor, hooks: Any, receiver: Receiver, make_actor: Any, make_dealership: Any
) -> None:
    before = await add(kernel, admin, "早来的")
    await hooks.add(admin, receiver.url, ["customer.changed"])
    east = await make_dealership("east")
    theirs = await make_actor(super_=True, at=east.id)
    other = await add(kernel, theirs, "东店的")
    await rename(kernel, theirs, other, "东店")
    await rename(kernel, admin, before, "本店")
    await deliver(kernel)
    assert [(m["type"], m["data"]["id"]) for m in receiver.messages] == [("customer.changed", str(before))]


async def test_many_records_at_once_are_told_together(
    kernel: Kernel, admin: Actor, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    rows = [{"external_id": str(n), "name": f"客户{n}"} for n in range(30)]
    await kernel.service("sync").push(admin, "customers", rows, source="erp")
    await deliver(kernel)
    (message,) = receiver.messages
    assert (message["type"], len(message["data"]["created"])) == ("customer.imported", 30)
    assert message["data"]["origin"] == "erp"


async def test_a_receiver_away_for_an_hour_loses_nothing_and_no_records_order(
    kernel: Kernel, admin: Actor, clock: FixedClock, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    await receiver.close()
    people = [await add(kernel, admin, f"客户{n}") for n in range(4)]
    for minute in range(60):
        await rename(kernel, admin, people[minute % 4], f"第{minute}分钟")
        await deliver(kernel)
        clock.advance(60)
    assert receiver.got == []
    await receiver.open()
    await rename(kernel, admin, people[0], "回来了")
    for _try in range(40):
        clock.advance(60)
        await deliver(kernel)
    expected = [str(e.id) for e in await kernel.events.read(0, 1000) if e.entity == "customer"]
    got = [headers["webhook-id"] for headers, _body in receiver.got]
    assert sorted(got) == sorted(expected), "each event once: nothing lost, nothing twice"
    versions: dict[str, list[int]] = {}
    for message in receiver.messages:
        versions.setdefault(message["data"]["id"], []).append(message["data"]["version"])
    assert all(told == sorted(told) for told in versions.values())
    assert len(versions) == 4


async def test_the_first_success_after_an_outage_wakes_all_others(
    kernel: Kernel, admin: Actor, clock: FixedClock, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    receiver.status = 503
    for n in range(3):
        await add(kernel, admin, f"客户{n}")
    for _try in range(6):
        await deliver(kernel)
        clock.advance(HOUR)
    receiver.status = 200
    clock.advance(timedelta(hours=6))
    await deliver(kernel)
    assert len(receiver.got) == 3
    assert (await kernel.service("webhooks").get(admin, endpoint[0])).failing_since is None


async def test_one_message_that_is_refused_holds_up_its_record_only(
    kernel: Kernel, admin: Actor, clock: FixedClock, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    bad, good = await add(kernel, admin, "难缠"), await add(kernel, admin, "顺利")
    receiver.refuse.add(str(bad))
    await rename(kernel, admin, bad, "难缠先生")
    await rename(kernel, admin, good, "顺利女士")
    await deliver(kernel)
    assert (receiver.of(good), receiver.of(bad)) == (["customer.created", "customer.changed"], [])
    page = await kernel.service("webhooks").deliveries(admin, endpoint[0], state="waiting")
    assert [one.attempts for one in page.items] == [0, 1], "what others were sent does not hurry it"
    receiver.refuse.clear()
    clock.advance(60)
    await deliver(kernel)
    assert receiver.of(bad) == ["customer.created", "customer.changed"]


async def test_an_event_about_many_waits_for_those_about_one_of_them(
    kernel: Kernel, admin: Actor, clock: FixedClock, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    record_id = await add(kernel, admin, "张伟")
    receiver.refuse.add(str(record_id))
    await kernel.service("sync").push(
        admin, "customers", [{"external_id": "1", "name": "李娜"}], source="erp"
    )
    await deliver(kernel)
    assert receiver.messages == []
    receiver.refuse.clear()
    clock.advance(60)
    await deliver(kernel)
    assert [m["type"] for m in receiver.messages] == ["customer.created", "customer.imported"]


async def test_what_nobody_takes_for_days_is_laid_aside_and_can_be_sent_again(
    kernel: Kernel,
    admin: Actor,
    hooks: Any,
    clock: FixedClock,
    receiver: Receiver,
    endpoint: tuple[UUID, str],
) -> None:
    receiver.status = 500
    await add(kernel, admin, "张伟")
    for pause in (*PAUSES, 0):
        await deliver(kernel)
        clock.advance(timedelta(seconds=pause * 1.2))
    page = await hooks.deliveries(admin, endpoint[0], state="dead")
    assert [(one.attempts, one.status) for one in page.items] == [(len(PAUSES) + 1, 500)]
    assert await hooks.dead(admin) == 1
    receiver.status = 200
    assert await hooks.replay(admin, endpoint[0]) == 1
    await deliver(kernel)
    assert len(receiver.got) == 1
    assert await hooks.dead(admin) == 0
    done = (await hooks.deliveries(admin, endpoint[0])).items[0]
    await hooks.replay(admin, endpoint[0], done.id)
    await deliver(kernel)
    ids = {headers["webhook-id"] for headers, _body in receiver.got}
    assert (len(receiver.got), len(ids)) == (2, 1), "a duplicate carries the same id"


async def test_what_a_process_was_sending_when_it_died_is_sent_again_with_the_same_id(
    kernel: Kernel, admin: Actor, clock: FixedClock, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    await add(kernel, admin, "张伟")
    await kernel.events.sequence()
    courier = Courier(kernel)
    head = await kernel.events.store.head()
    await courier._plan(endpoint[0], head)
    (claimed,) = await courier._claim()
    assert await courier.catch_up() == 0, "another process leaves it alone"
    clock.advance(61)
    await deliver(kernel)
    ((headers, _body),) = receiver.got
    assert headers["webhook-id"] == str(claimed.event_id)


async def test_two_secrets_sign_while_one_replaces_the_other(
    kernel: Kernel,
    admin: Actor,
    hooks: Any,
    clock: FixedClock,
    receiver: Receiver,
    endpoint: tuple[UUID, str],
) -> None:
    former, secret = endpoint[1], await hooks.rotate(admin, endpoint[0])
    await add(kernel, admin, "张伟")
    await deliver(kernel)
    headers, body = receiver.got[-1]
    assert verified(former, headers, body)
    assert verified(secret, headers, body)
    clock.advance(timedelta(hours=25))
    await add(kernel, admin, "李娜")
    await deliver(kernel)
    headers, body = receiver.got[-1]
    assert not verified(former, headers, body)
    assert verified(secret, headers, body)


def test_signatures_are_those_of_the_specification() -> None:
    from datetime import UTC, datetime

    found = signed(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_receiver_that_is_gone_for_good_is_told_no_more(
    kernel: Kernel, admin: Actor, hooks: Any, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    receiver.status = 410
    await add(kernel, admin, "张伟")
    await deliver(kernel)
    assert not (await hooks.get(admin, endpoint[0])).active
    receiver.status = 200
    await hooks.switch(admin, endpoint[0], active=True)
    await deliver(kernel)
    assert len(receiver.got) == 1


async def test_who_asks_for_time_gets_it(
    kernel: Kernel, admin: Actor, clock: FixedClock, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    receiver.status, receiver.headers = 429, "Retry-After: 600\r\n"
    await add(kernel, admin, "张伟")
    await deliver(kernel)
    receiver.status = 200
    clock.advance(300)
    await deliver(kernel)
    assert receiver.got == []
    clock.advance(301)
    await deliver(kernel)
    assert len(receiver.got) == 1


async def test_trying_an_endpoint_out_reaches_that_endpoint_only(
    kernel: Kernel, admin: Actor, hooks: Any, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    await hooks.add(admin, receiver.url, ["*"])
    await hooks.test(admin, endpoint[0])
    await deliver(kernel)
    assert [m["type"] for m in receiver.messages] == ["webhook.tested"]
    await hooks.switch(admin, endpoint[0], active=False)
    with pytest.raises(Conflict):
        await hooks.test(admin, endpoint[0])


async def test_a_wrong_endpoint_is_refused(hooks: Any, admin: Actor, receiver: Receiver) -> None:
    for url in (
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "ftp://x",
        "example.com",
    ):
        with pytest.raises(Invalid):
            await hooks.add(admin, url, ["customer.*"])
    for events in ([], ["unicorn.created"], ["unicorn.*"]):
        with pytest.raises(Invalid):
            await hooks.add(admin, receiver.url, events)


async def test_endpoints_belong_to_their_dealership(
    kernel: Kernel, hooks: Any, make_actor: Any, make_dealership: Any, endpoint: tuple[UUID, str]
) -> None:
    with pytest.raises(Forbidden):
        hooks.list(await make_actor({}))
    east = await make_dealership("east")
    theirs = await make_actor({MANAGE: Scope.DEALERSHIP}, at=east.id)
    assert await hooks.list(theirs) == []
    for ask in (hooks.get, hooks.rotate, hooks.remove, hooks.test, hooks.replay):
        with pytest.raises(NotFound):
            await ask(theirs, endpoint[0])


async def test_a_removed_endpoint_takes_its_deliveries_along(
    kernel: Kernel, admin: Actor, hooks: Any, receiver: Receiver, endpoint: tuple[UUID, str]
) -> None:
    await add(kernel, admin, "张伟")
    await deliver(kernel)
    await hooks.remove(admin, endpoint[0])
    assert await hooks.list(admin) == []
    await add(kernel, admin, "李娜")
    await deliver(kernel)
    assert len(receiver.got) == 1
