"""Tables of the mail room: mailboxes, and what became of each message in them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Encrypted, Id, UtcTime


class Mailbox(Row, Base):
    """A mailbox of a dealership, read by IMAP over TLS. `taker` names who gets its messages.

    `validity` and `last_uid` say how far it was read (RFC 3501, 2.3.1.1: a changed validity voids all uids).
    Nothing in it is altered or deleted.
    """

    __tablename__ = "crm_mailbox"
    __table_args__ = (Index(None, "dealership_id", "id"),)
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    address: Mapped[str] = mapped_column(String(254))
    host: Mapped[str] = mapped_column(String(254))
    port: Mapped[int] = mapped_column(Integer)
    security: Mapped[str] = mapped_column(String(10))
    login: Mapped[str] = mapped_column(String(254))
    password: Mapped[str] = mapped_column(Encrypted("crm_mailbox.password"))
    folder: Mapped[str] = mapped_column(String(120))
    taker: Mapped[str] = mapped_column(String(60))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    validity: Mapped[int | None] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    checked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    fault: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class MailReceipt(Row, Base):
    """What became of a message: `begun` or `joined` a record, `repeated`, `ignored`, `refused`, `failed`.

    `digest` is a hash of its Message-ID, by which answers find their record; a message that came to several
    mailboxes of a dealership counts once. `reason` says why it was not taken. Sender and subject are
    forgotten after a while.
    """

    __tablename__ = "crm_mail_receipt"
    __table_args__ = (
        UniqueConstraint("mailbox_id", "validity", "uid"),
        UniqueConstraint("dealership_id", "digest"),
        Index(None, "mailbox_id", "id"),
        Index(None, "entity", "record_id"),
        Index(None, "at"),
    )
    mailbox_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_mailbox.id", ondelete="CASCADE"))
    dealership_id: Mapped[UUID] = mapped_column(Id)
    validity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40), default="")
    entity: Mapped[str] = mapped_column(String(60), default="")
    record_id: Mapped[UUID | None] = mapped_column(Id)
    sender: Mapped[str | None] = mapped_column(Encrypted("crm_mail_receipt.sender"))
    subject: Mapped[str | None] = mapped_column(Encrypted("crm_mail_receipt.subject"))
    left_out: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcTime)
