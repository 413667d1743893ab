"""Mail becomes a complaint, or joins the one it is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_complaint.repository.complaints import ComplaintRepository
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import MailTaker
from crm_kernel.errors import Invalid
from crm_kernel.mail.message import MailMessage, Unreadable, read_message
from crm_kernel.records.kinds import MOBILE
from crm_kernel.records.notes.view import NoteDraft
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")

ENTITY = "complaint"
MOST_TYPED = 100_000
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,6}-\d{4,8}-\d{3,8}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_HEAD = re.compile(r"[A-Za-z-]{2,40}|[\u4e00-\u9fff]{2,6}")
_HEADS = {
    "发件人": "From",
    "寄件者": "From",
    "主题": "Subject",
    "主旨": "Subject",
    "日期": "Date",
    "发送时间": "Date",
}


class ComplaintMail:
    """Offered as `complaint.mail`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._repository = ComplaintRepository(kernel.db)

    @permitted("complaint.create")
    async def begin(self, access: Access, mail: MailMessage) -> UUID:
        """A new complaint out of a message."""
        return await self._begin(access.actor, mail, receiver=None)

    async def _begin(self, actor: Actor, mail: MailMessage, receiver: UUID | None) -> UUID:
        numbers = set(_MOBILE.findall(mail.text))
        mobile = numbers.pop() if len(numbers) == 1 else ""
        customer = None
        if mobile:
            found = (await self._kernel.service("complaint.intake").look(actor, mobile, "")).items
            customer = found[0].customer_id if len(found) == 1 else None
        written = f"{mail.sender_name} <{mail.sender}>".strip() if mail.sender else mail.sender_name
        made = await self._kernel.service("complaint.complaints").create(
            actor,
            {
                "subject": (mail.subject or mail.text.strip().split("\n")[0] or "—")[:200],
                "contact": (mail.sender_name or mail.sender)[:60] or None,
                "mobile": str(MOBILE.parse(mobile)) if mobile else None,
                "description": f"{written}\n\n{mail.text}".strip(),
                "channel": "mail",
                "customer_id": customer,
                "receiver_id": receiver,
            },
        )
        return UUID(str(made.id))

    @permitted("complaint.view")
    async def find(self, access: Access, mail: MailMessage) -> UUID | None:
        """The complaint whose number stands in the subject."""
        numbers = [number.upper() for number in _NUMBER.findall(mail.subject)[:5]]
        return await self._repository.by_number(access, numbers) if numbers else None

    @permitted("complaint.change")
    async def join(self, access: Access, case: UUID, mail: MailMessage) -> None:
        """A message about a complaint there is: a note on it, and word to its handler."""
        written = f"{mail.sender_name} <{mail.sender}>".strip() if mail.sender else mail.sender_name
        body = f"{written}\n{mail.subject}\n\n{mail.text}".strip()
        await self._kernel.service("notes").add(access.actor, ENTITY, case, NoteDraft(body=body[:10_000]))
        await self._tell(access, case)

    async def _tell(self, access: Access, case: UUID) -> None:
        row = await self._repository.one(access, case)
        if row is None or row.handler_id is None or not self._kernel.offers("notifications"):
            return
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            text = _("The customer has written about complaint {number}.")(number=row.number)
            await self._kernel.service("notifications").notify(
                work, [row.handler_id], "complaint.mail", text, f"/complaints/{case}"
            )

    @permitted("complaint.create")
    async def paste(self, access: Access, text: str) -> UUID:
        """A complaint out of a mail pasted as text; it joins the one it is about. Raises Invalid."""
        mail = _typed(text)
        actor = access.actor
        numbers = [number.upper() for number in _NUMBER.findall(mail.subject)[:5]]
        if numbers and actor.may("complaint.view") and actor.may("complaint.change"):
            found = await self._repository.by_number(actor.access("complaint.view"), numbers)
            if found is not None:
                await self.join(actor, found, mail)
                return found
        return await self._begin(actor, mail, receiver=actor.id)


def _typed(text: str) -> MailMessage:
    """Pasted text as a message: with head lines in either language, or none at all. Raises Invalid."""
    if not text.strip():
        raise Invalid.one("text", "required", _("Paste the text of the mail."))
    if len(text) > MOST_TYPED:
        raise Invalid.one("text", "too_long", _("At most {most} characters.")(most=MOST_TYPED))
    if re.search(r"^mime-version:", text, re.IGNORECASE | re.MULTILINE):
        whole = text.strip()
    else:
        heads, rest = _split(text.strip().replace("\r\n", "\n").split("\n"))
        whole = "\n".join([*heads, "Date: -", "Content-Type: text/plain; charset=utf-8", "", *rest])
    try:
        return read_message(whole.encode())
    except Unreadable as fault:
        raise Invalid.one("text", "unreadable", _("This is no mail that can be read.")) from fault


def _split(lines: list[str]) -> tuple[list[str], list[str]]:
    """Head lines and the rest; without a sender or a subject, all of it is text."""
    heads: list[str] = []
    place = 0
    for place, line in enumerate(lines):  # noqa: B007 - where the text begins
        name, colon, value = line.replace("：", ":", 1).partition(":")
        if not colon or not _HEAD.fullmatch(name.strip()):
            break
        known = _HEADS.get(name.strip(), name.strip())
        if known.isascii() and not known.lower().startswith("content-"):
            heads.append(f"{known}: {value.strip()}")
    else:
        place = len(lines)
    if not any(head.lower().startswith(("from:", "subject:")) for head in heads):
        return [], lines
    return heads, lines[place:]


async def _begin(kernel: Kernel, actor: Actor, mail: MailMessage) -> UUID:
    found: UUID = await kernel.service("complaint.mail").begin(actor, mail)
    return found


async def _find(kernel: Kernel, actor: Actor, mail: MailMessage) -> UUID | None:
    found: UUID | None = await kernel.service("complaint.mail").find(actor, mail)
    return found


async def _join(kernel: Kernel, actor: Actor, case: UUID, mail: Any) -> None:
    await kernel.service("complaint.mail").join(actor, case, mail)


TAKERS = (MailTaker("complaint", ENTITY, _("Complaints"), _begin, _find, _join),)
