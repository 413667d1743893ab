"""The same jobs go through taskiq: over our own table, and over Redis, RabbitMQ and NATS."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from taskiq import AsyncBroker, BrokerMessage
from taskiq.exceptions import SendTaskError

from crm_kernel.dal.types import uuid7
from crm_kernel.errors import ConfigurationError
from crm_kernel.jobs.brokers import needed_package
from crm_kernel.jobs.relay import AGAIN, Relay, make_broker
from crm_kernel.jobs.sql_broker import SqlBroker
from crm_kernel.jobs.tasks import receive
from crm_kernel.jobs.worker import Worker
from crm_kernel.testing.databases import absent, database_for, reachable
from tests.kernel.jobs.module import order

BROKERS = {
    "redis": ("CRM_TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
    "rabbitmq": ("CRM_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672/"),
    "nats": ("CRM_TEST_NATS_URL", "nats://127.0.0.1:4222"),
}


@pytest.fixture
async def database(tmp_path):
    """The brokers differ, not the databases: the table itself is tested on all three elsewhere."""
    return await database_for("sqlite", tmp_path)


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.broker) for name in BROKERS])
def url(request):
    variable, default = BROKERS[request.param]
    found = os.environ.get(variable, default)
    parts = urlsplit(found)
    if not reachable(parts.hostname or "127.0.0.1", parts.port or 0):
        absent(request.param)
    return found


@pytest.fixture
async def queue(url):
    """A queue of our own at the broker, removed afterwards."""
    name = f"crm_test_{uuid7().hex}"
    yield name
    await remove(url, name)


async def test_jobs_go_through_the_broker_and_are_done_once(kernel, workshop, jobs, admin, url, queue):
    cars = [str(n) for n in range(40)]
    await order(kernel, *cars[:20])
    two = [Relay(kernel, make_broker(url, queue)) for _n in range(2)]
    running = [asyncio.create_task(one.run()) for one in two]
    await order(kernel, *cars[20:])
    await workshop.until(40)
    await stop(*running)
    assert await jobs.counts(admin) == {}
    assert sorted(workshop.washed) == sorted(cars)


async def test_a_process_that_is_stopped_in_the_middle_ends_at_once_time_after_time(
    kernel, workshop, url, queue
):
    for _round in range(40):
        workshop.washed.clear()
        workshop.enough.clear()
        await order(kernel, *map(str, range(20)))
        running = asyncio.create_task(Relay(kernel, make_broker(url, queue)).run())
        await workshop.until(5)
        async with asyncio.timeout(10):
            await stop(running)


async def test_what_the_broker_carries_names_no_customer(kernel, workshop):
    broker = Box()
    await order(kernel, "13800001234")
    assert await Relay(kernel, broker).forward() == 1
    (message,) = broker.messages
    assert b"13800001234" not in message.message


async def test_a_reminder_that_comes_twice_runs_nothing_twice(kernel, workshop):
    broker = Box()
    relay = Relay(kernel, broker)
    await order(kernel, "A")
    await relay.forward()
    broker.repeat = 3
    receiving = asyncio.create_task(receive(broker))
    await broker.delivered.wait()
    await workshop.until(1)
    await stop(receiving)
    assert workshop.washed == ["A"]


async def test_while_the_broker_is_away_jobs_wait_and_none_is_lost(kernel, workshop, jobs, admin):
    broker = Box(away=True)
    relay = Relay(kernel, broker)
    await order(kernel, "A", "B")
    with pytest.raises(SendTaskError):
        await relay.forward()
    assert await jobs.counts(admin) == {"waiting": 2}
    broker.away = False
    assert await relay.forward() == 2
    assert await jobs.counts(admin) == {"sent": 2}


async def test_a_reminder_the_broker_lost_is_sent_again(kernel, workshop, clock):
    broker = Box()
    relay = Relay(kernel, broker)
    await order(kernel, "A")
    await relay.forward()
    broker.messages.clear()
    assert await relay.forward() == 0
    clock.advance(AGAIN + timedelta(seconds=1))
    assert await relay.forward() == 1
    assert len(broker.messages) == 1


async def test_a_host_that_runs_taskiq_runs_our_jobs_over_our_table(kernel, workshop, jobs, admin):
    broker = SqlBroker(kernel)
    await broker.startup()
    receiving = asyncio.create_task(receive(broker))
    await order(kernel, *map(str, range(20)))
    await broker.find_task("workshop.wash").kicker().kiq(car="kicked")
    await workshop.until(21)
    await stop(receiving)
    await broker.shutdown()
    assert await jobs.counts(admin) == {}
    assert sorted(workshop.washed) == sorted([*map(str, range(20)), "kicked"])


async def test_what_a_stopped_taskiq_worker_had_claimed_is_done_by_another(kernel, workshop):
    workshop.stuck = {"A"}
    broker = SqlBroker(kernel)
    broker.lease.grace_seconds = 0.01
    await broker.startup()
    receiving = asyncio.create_task(receive(broker))
    await order(kernel, "A")
    await workshop.begun.wait()
    await stop(receiving)
    await broker.shutdown()
    workshop.stuck = set()
    assert await Worker(kernel).drain() == 1
    assert workshop.washed == ["A"]


def test_no_address_brings_back_the_limit_that_loses_a_stop():
    broker = make_broker("redis://127.0.0.1:6379/0?socket_timeout=5", "q")
    assert broker.connection_pool.connection_kwargs["socket_timeout"] is None
    assert broker.connection_pool.connection_kwargs["socket_keepalive"] is True


def test_addresses_name_their_brokers():
    assert needed_package("rediss://host") == "taskiq_redis"
    assert needed_package("amqp://host") == "taskiq_aio_pika"
    assert needed_package("nats://host") == "taskiq_nats"
    with pytest.raises(ConfigurationError):
        make_broker("kafka://host", "q")


class Box(AsyncBroker):
    """A broker that keeps what it is told, may be away, and delivers everything `repeat` times."""

    def __init__(self, *, away=False):
        super().__init__()
        self.messages: list[BrokerMessage] = []
        self.away = away
        self.repeat = 1
        self.delivered = asyncio.Event()

    async def kick(self, message):
        if self.away:
            raise ConnectionError
        self.messages.append(message)

    async def listen(self):
        for message in self.messages * self.repeat:
            yield message.message
        self.delivered.set()
        await asyncio.Event().wait()


async def stop(*tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def remove(url, name):
    """Leave nothing behind at the broker."""
    scheme = urlsplit(url).scheme
    if scheme == "redis":
        from redis.asyncio import Redis

        async with Redis.from_url(url) as redis:
            await redis.delete(name)
    elif scheme == "amqp":
        import aio_pika

        async with await aio_pika.connect(url) as connection:
            channel = await connection.channel()
            await channel.queue_delete(name)
            await channel.queue_delete(f"{name}.dead_letter")
            await channel.exchange_delete(name)
    else:
        import nats

        client = await nats.connect(url)
        await client.jetstream().delete_stream(name)
        await client.close()


async def test_the_lock_of_a_claimed_job_is_not_taken_by_a_reminder(kernel, workshop):
    """A job that came due again while a worker runs it is told twice and still runs once."""
    broker = Box()
    relay = Relay(kernel, broker)
    (job,) = await order(kernel, "A")
    await relay.forward()
    first = await relay._take(job)
    assert first is not None
    assert await relay._take(job) is None
    async with kernel.db.engine.connect() as connection:
        state = (await connection.execute(text("SELECT state FROM crm_job"))).scalar_one()
    assert state == "running"
