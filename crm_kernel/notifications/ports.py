"""The ports by which words leave the house: `mailer` and `sms`. The defaults send nothing and say so."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

from crm_kernel.access.permitted import public

log = logging.getLogger("crm.notifications")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of plain text to one address. `id` is the same at every attempt: a gateway may drop doubles."""

    id: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Sms:
    """A short message to one mobile. `id` is the same at every attempt."""

    id: str
    to: str
    text: str


class NotSent(Exception):
    """It certainly was not sent; another attempt may succeed (busy, unreachable)."""


class Rejected(Exception):
    """It certainly was not sent and never will be (unknown address, malformed)."""


class Mailer(Protocol):
    """Sends mail. Any exception but NotSent and Rejected leaves open whether it was sent."""

    @property
    def ready(self) -> bool:
        """Whether anything can be sent at all."""

    async def send(self, mail: Mail) -> None:
        """Send within seconds, or raise."""


class SmsSender(Protocol):
    """Sends short messages. Any exception but NotSent and Rejected leaves open whether it was sent."""

    @property
    def ready(self) -> bool:
        """Whether anything can be sent at all."""

    async def send(self, sms: Sms) -> None:
        """Send within seconds, or raise."""


class NoMailer:
    """Sends no mail."""

    ready = False

    @public
    async def send(self, mail: Mail) -> None:
        """Log that nothing was sent, without address and words. Called by the kernel only."""
        log.warning("no mailer", extra={"mail_id": mail.id})
        raise Rejected


class NoSms:
    """Sends no short messages."""

    ready = False

    @public
    async def send(self, sms: Sms) -> None:
        """Log that nothing was sent, without number and words. Called by the kernel only."""
        log.warning("no SMS gateway", extra={"sms_id": sms.id})
        raise Rejected
