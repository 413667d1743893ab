"""The service `mailboxes`: which mailboxes are read for whom, and what became of their messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access
from crm_kernel.contributions import MailTaker
from crm_kernel.errors import Conflict, FieldError, Invalid, Malformed, NotFound
from crm_kernel.mail import store
from crm_kernel.mail.models import Mailbox, MailReceipt
from crm_kernel.mail.permissions import MANAGE
from crm_kernel.mail.poller import Poller, door_of
from crm_kernel.mail.reading import MailboxFault
from crm_kernel.mail.wording import FAULTS
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MOST = 20
PAGE = 50
WORDS_KEPT = timedelta(days=90)
SECURITY = ("tls", "starttls")


class MailboxDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A mailbox as somebody sets it up; an empty password leaves the one there is."""

    address: str
    host: str
    taker: str
    port: int = 993
    security: str = "tls"
    login: str = ""
    password: str = ""
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True)
class MailboxView:
    """A mailbox without its password. `not_taken` counts messages somebody should look at."""

    id: UUID
    address: str
    host: str
    port: int
    security: str
    login: str
    folder: str
    taker: str
    active: bool
    checked_at: datetime | None
    fault: str
    not_taken: int


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What became of a message."""

    id: UUID
    mailbox: str
    state: str
    reason: str
    entity: str
    record_id: UUID | None
    sender: str
    subject: str
    left_out: str
    at: datetime


class MailboxService:
    """All under one right: whoever may read a dealership's mail may say where it lies."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._poller = Poller(kernel)

    @permitted(MANAGE)
    async def list(self, access: Access) -> Sequence[MailboxView]:
        """The mailboxes within reach."""
        counts = await store.not_taken(self._kernel.db, access)
        return [_view(row, counts.get(row.id, 0)) for row in await store.mailboxes(self._kernel.db, access)]

    @permitted(MANAGE)
    async def get(self, access: Access, id: UUID) -> MailboxView:
        """One mailbox. Raises NotFound."""
        return _view(await self._one(access, id), 0)

    @permitted(MANAGE)
    def takers(self, access: Access) -> Sequence[MailTaker]:
        """Who can take messages."""
        return self._kernel.registry.of(MailTaker)

    @permitted(MANAGE)
    async def add(self, access: Access, draft: MailboxDraft) -> MailboxView:
        """A new mailbox of the actor's dealership. Raises Invalid, Conflict."""
        self._check(draft, fresh=True)
        if len(await store.mailboxes(self._kernel.db, access)) >= MOST:
            raise Conflict(_("There are {most} mailboxes already.")(most=MOST))
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = work.add(
                Mailbox(
                    dealership_id=access.actor.dealership_id,
                    **_values(draft),
                    password=draft.password,
                    active=True,
                    last_uid=0,
                    failures=0,
                    fault="",
                    due_at=work.now,
                    created_at=work.now,
                )
            )
            await work.flush()
            self._noted(work, "created", row)
        return _view(row, 0)

    @permitted(MANAGE)
    async def change(self, access: Access, id: UUID, draft: MailboxDraft) -> MailboxView:
        """Another way in. Another server or folder is read from its beginning. Raises Invalid, NotFound."""
        self._check(draft, fresh=False)
        await self._one(access, id)
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await store.lock(work, id)
            if row is None:
                raise NotFound()
            values = _values(draft)
            elsewhere = any(getattr(row, name) != values[name] for name in ("host", "login", "folder"))
            if elsewhere and not draft.password and row.host != draft.host:
                raise Invalid.one("password", "required", _("Another server needs the password again."))
            for name, value in values.items():
                setattr(row, name, value)
            if draft.password:
                row.password = draft.password
            if elsewhere:
                row.validity, row.last_uid = None, 0
            row.due_at, row.failures, row.fault = work.now, 0, ""
            self._noted(work, "changed", row)
        return _view(row, 0)

    @permitted(MANAGE)
    async def switch(self, access: Access, id: UUID, *, active: bool) -> None:
        """Read it, or leave it. Raises NotFound."""
        await self._one(access, id)
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await store.lock(work, id)
            if row is None:
                raise NotFound()
            row.active, row.due_at, row.failures = active, work.now, 0
            self._noted(work, "active", row)

    @permitted(MANAGE)
    async def remove(self, access: Access, id: UUID) -> None:
        """Forget a mailbox and its receipts; records stay. Raises NotFound."""
        await self._one(access, id)
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await store.lock(work, id)
            if row is None:
                raise NotFound()
            self._noted(work, "deleted", row)
            await work.remove(row)

    @permitted(MANAGE)
    async def try_out(self, access: Access, id: UUID) -> int:
        """Open the mailbox and give the number of its messages. Raises Conflict that says what is wrong."""
        row = await self._one(access, id)
        try:
            return await self._poller.try_out(door_of(row))
        except MailboxFault as fault:
            raise Conflict(FAULTS[fault.code], code=fault.code) from fault

    @permitted(MANAGE)
    async def read_now(self, access: Access, id: UUID) -> int:
        """Read a mailbox at once; gives the number of messages looked at. Raises Conflict."""
        await self._poller.poll(await self._one(access, id))
        after = await self._one(access, id)
        if after.fault:
            raise Conflict(FAULTS[after.fault], code=after.fault)
        return (await store.not_taken(self._kernel.db, access)).get(id, 0)

    @permitted(MANAGE)
    async def receipts(
        self, access: Access, states: Sequence[str] = (), cursor: str | None = None
    ) -> tuple[Sequence[ReceiptView], str | None]:
        """Messages, newest first, and where the next page starts. Raises Malformed."""
        try:
            before = UUID(cursor) if cursor else None
        except ValueError as fault:
            raise Malformed(_("This page does not exist. Start from the first.")) from fault
        rows = await store.receipts(self._kernel.db, access, states, before, PAGE + 1)
        views = [_receipt(row, address) for row, address in rows[:PAGE]]
        return views, str(views[-1].id) if len(rows) > PAGE else None

    @permitted(MANAGE)
    async def again(self, access: Access, id: UUID) -> ReceiptView:
        """Read a message that was not taken once more. Raises NotFound, Conflict."""
        found = await store.receipt(self._kernel.db, access, id)
        if found is None or found.state not in store.NOT_TAKEN:
            raise NotFound()
        box = await self._one(access, found.mailbox_id)
        try:
            there = await self._poller.read_again(box, found)
        except MailboxFault as fault:
            raise Conflict(FAULTS[fault.code], code=fault.code) from fault
        if not there:
            raise Conflict(_("This message is not in the mailbox any more."), code="gone")
        after = await store.receipt(self._kernel.db, access, id)
        if after is None:
            raise NotFound()
        return _receipt(after, box.address)

    # For jobs

    @public
    async def poll(self) -> int:
        """Read what is due. For the job: shows nobody anything."""
        return await self._poller.poll_due()

    @public
    async def tidy(self) -> None:
        """Forget who wrote what of old messages. For the nightly job."""
        now = self._kernel.clock.now()
        async with self._kernel.db.work(None, now=now) as work:
            await store.forget_words(work, now - WORDS_KEPT)

    async def _one(self, access: Access, id: UUID) -> Mailbox:
        found = await store.mailbox(self._kernel.db, access, id)
        if found is None:
            raise NotFound()
        return found

    def _check(self, draft: MailboxDraft, *, fresh: bool) -> None:
        wrong: list[tuple[str, str, Text]] = []
        if "@" not in draft.address or len(draft.address) > 254:
            wrong.append(("address", "email", _("This is not a mail address.")))
        if not draft.host.strip() or len(draft.host) > 254:
            wrong.append(("host", "required", _("Name the mail server.")))
        if not 0 < draft.port < 65536:
            wrong.append(("port", "range", _("A port is a number from 1 to 65535.")))
        if draft.security not in SECURITY:
            wrong.append(("security", "choice", _("This is not one of the choices.")))
        if fresh and not draft.password:
            wrong.append(("password", "required", _("Without a password the mailbox cannot be opened.")))
        if draft.taker not in {one.name for one in self._kernel.registry.of(MailTaker)}:
            wrong.append(("taker", "choice", _("This is not one of the choices.")))
        if wrong:
            raise Invalid([FieldError(*one) for one in wrong])

    def _noted(self, work: object, verb: str, row: Mailbox) -> None:
        self._kernel.service("audit").noted(
            work,
            verb,
            "mailbox",
            row.id,
            {},
            {"address": row.address, "host": row.host, "active": row.active},
        )


def _values(draft: MailboxDraft) -> dict[str, object]:
    return {
        "address": draft.address.strip(),
        "host": draft.host.strip().lower(),
        "port": draft.port,
        "security": draft.security,
        "login": draft.login.strip() or draft.address.strip(),
        "folder": draft.folder.strip() or "INBOX",
        "taker": draft.taker,
    }


def _view(row: Mailbox, not_taken: int) -> MailboxView:
    return MailboxView(
        row.id,
        row.address,
        row.host,
        row.port,
        row.security,
        row.login,
        row.folder,
        row.taker,
        row.active,
        row.checked_at,
        row.fault,
        not_taken,
    )


def _receipt(row: MailReceipt, address: str) -> ReceiptView:
    return ReceiptView(
        row.id,
        address,
        row.state,
        row.reason,
        row.entity,
        row.record_id,
        row.sender or "",
        row.subject or "",
        row.left_out,
        row.at,
    )
