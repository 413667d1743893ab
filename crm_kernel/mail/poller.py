"""Reads mailboxes: each message becomes or joins a record exactly once, whatever breaks in between."""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from crm_kernel.actor import Actor
from crm_kernel.contributions import MailTaker
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import CrmError, Unavailable
from crm_kernel.logs import describe
from crm_kernel.mail import store
from crm_kernel.mail.automatic import absence
from crm_kernel.mail.message import MailFile, MailMessage, Unreadable, digest_of, read_message
from crm_kernel.mail.models import Mailbox, MailReceipt
from crm_kernel.mail.reading import Conversation, Door, MailboxFault
from crm_kernel.outbound.addresses import Refused
from crm_kernel.outbound.client import NotReached

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.mail")

EVERY = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)
AT_ONCE = 100
MOST_FILES = 20


class Poller:
    """Moves through a mailbox by uid.

    Receipt, record, note, files' rows and the mailbox's place are one transaction under the mailbox's lock: a
    crash before its commit leaves the message to be read again, one after it leaves nothing to do.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        extra = self._kernel.settings.extra.get("CRM_MAIL_CA", "")
        if extra:
            context.load_verify_locations(extra)
        return context

    @property
    def _most_bytes(self) -> int:
        raw = self._kernel.settings.extra.get("CRM_MAIL_MB", "")
        return (int(raw) if raw.isdigit() and int(raw) > 0 else 25) << 20

    async def poll_due(self) -> int:
        """Read every mailbox whose time has come; returns how many messages were looked at."""
        seen = 0
        for box in await store.due(self._kernel.db, self._kernel.clock.now()):
            seen += await self.poll(box)
        return seen

    async def poll(self, box: Mailbox) -> int:
        """Read one mailbox from where it was left."""
        try:
            seen = await self._read(box)
        except MailboxFault as fault:
            await self._note(box, fault.code)
            return 0
        except Unavailable:
            raise
        except Exception as fault:
            log.error("mailbox not read", extra={"mailbox": str(box.id), **describe(fault)})
            await self._note(box, "interrupted")
            return 0
        await self._note(box, "")
        return seen

    async def try_out(self, door: Door) -> int:
        """How many messages lie behind a door. Raises MailboxFault."""
        talk = await self._conversation(door)
        try:
            return talk.count
        finally:
            await asyncio.to_thread(talk.__exit__, None, None, None)

    async def read_again(self, box: Mailbox, receipt: MailReceipt) -> bool:
        """Take one message once more; False when it is not there any more. Raises MailboxFault."""
        talk = await self._conversation(door_of(box))
        try:
            raw = None
            if talk.validity == receipt.validity:
                raw = await asyncio.to_thread(talk.message, receipt.uid)
            if raw is None:
                return False
            await self._take(box.id, talk.validity, receipt.uid, raw, again=True)
            return True
        finally:
            await asyncio.to_thread(talk.__exit__, None, None, None)

    async def _conversation(self, door: Door) -> Conversation:
        try:
            addresses = await self._kernel.service("outbound").addresses(door.host, door.port)
        except Refused as fault:
            raise MailboxFault("address") from fault
        except NotReached as fault:
            raise MailboxFault("unreachable") from fault
        talk = Conversation(door, addresses, self._context)
        return await asyncio.to_thread(talk.__enter__)

    async def _read(self, box: Mailbox) -> int:
        if self._taker(box.taker) is None:
            raise MailboxFault("taker")
        talk = await self._conversation(door_of(box))
        try:
            after = box.last_uid if box.validity == talk.validity else 0
            uids = await asyncio.to_thread(talk.uids, after)
            for uid in uids[:AT_ONCE]:
                size = await asyncio.to_thread(talk.size, uid)
                if size is None:
                    continue
                large = size > self._most_bytes
                raw = await asyncio.to_thread(talk.head if large else talk.message, uid)
                if raw is not None:
                    await self._take(box.id, talk.validity, uid, raw, large=large)
        finally:
            await asyncio.to_thread(talk.__exit__, None, None, None)
        return len(uids[:AT_ONCE])

    async def _note(self, box: Mailbox, fault: str) -> None:
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            row = await store.lock(work, box.id)
            if row is None:
                return
            row.checked_at, row.fault = work.now, fault
            row.failures = row.failures + 1 if fault else 0
            pause = min(EVERY * 2 ** min(row.failures, 10), LONGEST_PAUSE) if fault else EVERY
            row.due_at = work.now + pause
        if fault:
            log.warning("mailbox not read", extra={"mailbox": str(box.id), "fault": fault})

    def _taker(self, name: str) -> MailTaker | None:
        return next((one for one in self._kernel.registry.of(MailTaker) if one.name == name), None)

    # One message

    async def _take(
        self, box_id: UUID, validity: int, uid: int, raw: bytes, *, large: bool = False, again: bool = False
    ) -> None:
        """Enter a message; one that cannot be entered is set down as failed and holds nobody up."""
        message: MailMessage | None
        try:
            message = read_message(raw)
        except Unreadable:
            message = None
        try:
            try:
                await self._enter(box_id, validity, uid, message, large, again)
            except IntegrityError:  # the same message came through another mailbox at this moment
                await self._enter(box_id, validity, uid, message, large, again)
        except Unavailable:
            raise
        except Exception as fault:
            log.error("message not entered", extra={"mailbox": str(box_id), **describe(fault)})
            async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
                box = await store.lock(work, box_id)
                if box is not None:
                    await self._set_down(work, box, validity, uid, message, "failed", "failed")

    async def _enter(
        self,
        box_id: UUID,
        validity: int,
        uid: int,
        message: MailMessage | None,
        large: bool,
        again: bool,
    ) -> None:
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            box = await store.lock(work, box_id)
            if box is None or (not again and box.validity == validity and uid <= box.last_uid):
                return
            state, reason = self._judged(box, message, large)
            if not state and message is not None:
                earlier = await store.by_digest(work, box.dealership_id, [message.digest])
                if any(one.state not in store.NOT_TAKEN for one in earlier):
                    state = "repeated"
            receipt = await self._set_down(work, box, validity, uid, message, state or "begun", reason)
            if not state and message is not None:
                await self._hand_over(work, box, receipt, message)

    @staticmethod
    def _judged(box: Mailbox, message: MailMessage | None, large: bool) -> tuple[str, str]:
        """State and reason of a message that nobody gets; empty for one that is handed over."""
        if large:
            return "refused", "too_large"
        if message is None:
            return "refused", "unreadable"
        if message.automatic or absence(message.subject):
            return "ignored", message.automatic or "auto_reply"
        if message.sender.lower() == box.address.lower():
            return "ignored", "loop"
        return "", ""

    async def _set_down(
        self,
        work: UnitOfWork,
        box: Mailbox,
        validity: int,
        uid: int,
        message: MailMessage | None,
        state: str,
        reason: str,
    ) -> MailReceipt:
        """The receipt of a message, and the mailbox's place behind it."""
        if box.validity != validity:
            box.validity, box.last_uid = validity, 0
        box.last_uid = max(box.last_uid, uid)
        receipt = await store.receipt_of(work, box, validity, uid)
        if receipt is None:
            receipt = MailReceipt(
                mailbox_id=box.id, dealership_id=box.dealership_id, validity=validity, uid=uid, at=work.now
            )
            work.session.add(receipt)
        receipt.state, receipt.reason = state, reason
        if message is not None:
            named = f"{message.sender_name} <{message.sender}>" if message.sender_name else message.sender
            receipt.sender, receipt.subject = named, message.subject
            if state in ("begun", "joined", "ignored"):
                receipt.digest = message.digest
        await work.flush()
        return receipt

    async def _hand_over(
        self, work: UnitOfWork, box: Mailbox, receipt: MailReceipt, message: MailMessage
    ) -> None:
        taker = self._taker(box.taker)
        if taker is None:
            raise LookupError(box.taker)
        actor = await self._actor(box)
        record_id = await self._answered(work, box, taker, message)
        if record_id is None:
            record_id = await taker.find(self._kernel, actor, message)
        if record_id is None:
            record_id = await taker.begin(self._kernel, actor, message)
        else:
            receipt.state = "joined"
            await taker.join(self._kernel, actor, record_id, message)
        receipt.entity, receipt.record_id = taker.entity, record_id
        receipt.left_out = ", ".join(await self._keep(actor, taker.entity, record_id, message.files))

    async def _answered(
        self, work: UnitOfWork, box: Mailbox, taker: MailTaker, message: MailMessage
    ) -> UUID | None:
        """The record of the nearest message this one answers."""
        digests = [digest_of(one) for one in message.references]
        found = {one.digest: one for one in await store.by_digest(work, box.dealership_id, digests)}
        for digest in digests:
            receipt = found.get(digest)
            if receipt is not None and receipt.entity == taker.entity and receipt.record_id is not None:
                return receipt.record_id
        return None

    async def _keep(
        self, actor: Actor, entity: str, record_id: UUID, files: tuple[MailFile, ...]
    ) -> list[str]:
        """Attach the files; gives the names of those that are not kept."""
        left = [file.name for file in files[MOST_FILES:]]
        for file in files[:MOST_FILES]:
            try:
                await self._kernel.service("attachments").upload(
                    actor, entity, record_id, file.name, BytesIO(file.content)
                )
            except CrmError as refusal:
                log.info("file of a message not kept", extra={"code": refusal.code})
                left.append(file.name)
        return left

    async def _actor(self, box: Mailbox) -> Actor:
        return replace(await self._kernel.access.operator(box.dealership_id), via="job")


def door_of(box: Mailbox) -> Door:
    """How to get into a mailbox."""
    return Door(box.host, box.port, box.security, box.login, box.password, box.folder)
