"""Which broker an address names."""

from __future__ import annotations

from urllib.parse import urlsplit

_PACKAGES = {
    "redis": "taskiq_redis",
    "rediss": "taskiq_redis",
    "amqp": "taskiq_aio_pika",
    "amqps": "taskiq_aio_pika",
    "nats": "taskiq_nats",
    "tls": "taskiq_nats",
}


def needed_package(url: str) -> str | None:
    """The import package that speaks to the broker of an address; None for an address of no known kind."""
    return _PACKAGES.get(urlsplit(url).scheme)
