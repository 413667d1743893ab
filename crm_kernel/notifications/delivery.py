"""The job that brings one notification to one person by mail or SMS, once."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_kernel.contributions import NotificationType
from crm_kernel.i18n import translate
from crm_kernel.logs import describe
from crm_kernel.notifications.models import Notification, NotificationDelivery
from crm_kernel.notifications.ports import Mail, NotSent, Rejected, Sms
from crm_kernel.notifications.service import MAIL, PORTS
from crm_kernel.notifications.store import NotificationStore, Recipient
from crm_kernel.text import messages, unpack

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
log = logging.getLogger("crm.notifications")

LONGEST_SMS = 500

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


async def deliver(kernel: Kernel, delivery_id: str) -> None:
    """Send it, unless that has been tried and nobody knows the outcome: a person then decides.

    Raises NotSent when another attempt may succeed, so that the job is tried again later.
    """
    await Delivery(kernel, UUID(delivery_id)).run()


class Delivery:
    """One attempt. The state `sending` is committed before anything leaves the house."""

    def __init__(self, kernel: Kernel, delivery_id: UUID) -> None:
        self._kernel = kernel
        self._store = NotificationStore(kernel.db)
        self._id = delivery_id

    async def run(self) -> None:
        """See `deliver`."""
        prepared = await self._begin()
        if prepared is None:
            return
        channel, message = prepared
        port = self._kernel.service(PORTS[channel])
        try:
            await port.send(message)
        except NotSent:
            await self._move("waiting")
            raise
        except Rejected:
            await self._move("failed")
        except Exception as fault:
            log.error("notification uncertain", extra={"delivery": str(self._id), **describe(fault)})
            await self._move("uncertain")
        else:
            await self._move("sent")

    async def _begin(self) -> tuple[str, Mail | Sms] | None:
        now = self._kernel.clock.now()
        async with self._kernel.db.work(None, now=now) as work:
            found = await self._store.delivery(work, self._id)
            if found is None or found[0].state not in ("waiting", "sending"):
                return None
            delivery, notification = found
            delivery.changed_at = now
            if delivery.state == "sending":
                log.error("notification uncertain", extra={"delivery": str(self._id)})
                delivery.state = "uncertain"
                return None
            message = await self._message(delivery, notification)
            delivery.state = "skipped" if message is None else "sending"
            return None if message is None else (delivery.channel, message)

    async def _message(self, delivery: NotificationDelivery, notification: Notification) -> Mail | Sms | None:
        """The message, if the person still works here, can be reached and still wants it."""
        kind = next(
            (k for k in self._kernel.registry.of(NotificationType) if k.name == notification.type), None
        )
        people = await self._store.recipients([notification.staff_id])
        if kind is None or not people or not self._kernel.service(PORTS[delivery.channel]).ready:
            return None
        (person,) = people
        wishes = await self._store.wishes([person.id], kind.name)
        if not wishes.get((person.id, kind.name, delivery.channel), delivery.channel in kind.channels):
            return None
        return self._compose(delivery, notification, kind, person)

    def _compose(
        self,
        delivery: NotificationDelivery,
        notification: Notification,
        kind: NotificationType,
        person: Recipient,
    ) -> Mail | Sms | None:
        locale = person.locale or self._kernel.settings.locale
        text = translate(unpack(msgspec.json.decode(notification.text)), locale)
        link = (
            f"{self._kernel.settings.public_url.rstrip('/')}{notification.path}" if notification.path else ""
        )
        if delivery.channel == MAIL:
            subject = one_line(translate(kind.label, locale))
            body = "\n\n".join(part for part in (text, link) if part) + "\n"
            return Mail(str(self._id), person.email.strip(), subject, body) if person.email.strip() else None
        mobile = person.mobile.strip()
        return Sms(str(self._id), mobile, one_line(text)[:LONGEST_SMS]) if mobile else None

    async def _move(self, state: str) -> None:
        now = self._kernel.clock.now()
        async with self._kernel.db.work(None, now=now) as work:
            await self._store.set_state(work, self._id, ("sending",), state, now)


def one_line(text: str) -> str:
    """Words without line breaks and control characters, fit for a header or a short message."""
    return _CONTROL.sub(" ", text).strip()
