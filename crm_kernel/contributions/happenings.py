"""What happens and who hears of it: events, subscriptions, background jobs, notifications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crm_kernel.text import Text

if TYPE_CHECKING:
    from uuid import UUID

    from crm_kernel.actor import Actor
    from crm_kernel.kernel import Kernel
    from crm_kernel.mail.message import MailMessage


@dataclass(frozen=True, slots=True)
class EventType:
    """An event this module publishes. `struct` is its payload type, `example` a complete payload."""

    name: str
    struct: type[Any]
    example: Callable[[], Any]
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A listener with a cursor of its own: called once per event, at least, in order per record.

    `handler` gets the kernel, the payload decoded into `struct`, and the stored event.
    """

    name: str
    event: str
    struct: type[Any]
    handler: Callable[[Kernel, Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """A background task. `function` is async and idempotent, and gets the kernel and its arguments.

    `every` (seconds) or `cron` (five fields, dealership-independent UTC) make it a schedule.
    """

    name: str
    function: Callable[..., Awaitable[Any]]
    label: Text
    every: timedelta | None = None
    cron: str | None = None
    queue: str = "default"
    max_attempts: int = 5


@dataclass(frozen=True, slots=True)
class MailTaker:
    """Takes the messages of mailboxes that name it. `entity` is the record type they become or join.

    All three functions get the kernel, an actor of the mailbox's dealership and the message, and run in the
    transaction that marks the message as taken; one that raises leaves nothing behind, and the message is
    shown as failed. `begin` makes a record, `find` names the record a message is about (by a number in its
    subject; answers are found by the kernel), `join` adds the message to it.
    """

    name: str
    entity: str
    label: Text
    begin: Callable[[Kernel, Actor, MailMessage], Awaitable[UUID]]
    find: Callable[[Kernel, Actor, MailMessage], Awaitable[UUID | None]]
    join: Callable[[Kernel, Actor, UUID, MailMessage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class NotificationType:
    """Something people can be told about, and the channels used unless they choose otherwise."""

    name: str
    label: Text
    channels: tuple[str, ...] = ("product",)
