"""Tables of the audit: what was changed, who saw what, and the keys under which personal values lie.

Both logs are append-only: what an entry says is never updated. `number`, `previous_hash` and `hash` are
filled once by the sealer, which numbers and chains entries after they were committed.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.types import Encrypted, Id, UtcTime, uuid7

Sequence = BigInteger().with_variant(Integer, "sqlite")
LongText = Text().with_variant(LONGTEXT(), "mysql", "mariadb")


class AuditChange(Base):
    """One change of one record, or one chunk of a bulk writer (then `record_id` is empty).

    `before` and `after` hold the changed fields as JSON; personal ones are sealed under the key `~`, and
    so is the reason where a record is about a person (then the column is empty).
    """

    __tablename__ = "crm_audit_change"
    __table_args__ = (
        Index(None, "dealership_id", "seq"),
        Index(None, "entity", "record_id", "seq"),
        Index(None, "actor_id", "seq"),
        Index(None, "number", unique=True),
    )
    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor_id: Mapped[UUID | None] = mapped_column(Id)
    via: Mapped[str] = mapped_column(String(20))
    request_id: Mapped[str] = mapped_column(String(64))
    dealership_id: Mapped[UUID | None] = mapped_column(Id)
    entity: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[UUID | None] = mapped_column(Id)
    verb: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)
    before: Mapped[str] = mapped_column(LongText)
    after: Mapped[str] = mapped_column(LongText)
    number: Mapped[int | None] = mapped_column(BigInteger)
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))


class AuditRow(Base):
    """One record's part in a bulk change; its entry holds a digest over all of them."""

    __tablename__ = "crm_audit_row"
    __table_args__ = (Index(None, "record_id"),)
    change_seq: Mapped[int] = mapped_column(Sequence, ForeignKey("crm_audit_change.seq"), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    verb: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(LongText)
    after: Mapped[str] = mapped_column(LongText)


class AuditKey(Base):
    """The key of one person's values in the log, itself encrypted. Destroying it erases them everywhere."""

    __tablename__ = "crm_audit_key"
    entity: Mapped[str] = mapped_column(String(60), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(Encrypted("crm_audit_key.key"))


class AuditAccess(Base):
    """Somebody opened, searched, printed, exported, revealed, or was denied."""

    __tablename__ = "crm_audit_access"
    __table_args__ = (
        Index(None, "dealership_id", "seq"),
        Index(None, "entity", "record_id", "seq"),
        Index(None, "actor_id", "seq"),
        Index(None, "at"),
        Index(None, "number", unique=True),
    )
    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor_id: Mapped[UUID | None] = mapped_column(Id)
    via: Mapped[str] = mapped_column(String(20))
    request_id: Mapped[str] = mapped_column(String(64))
    dealership_id: Mapped[UUID | None] = mapped_column(Id)
    verb: Mapped[str] = mapped_column(String(20))
    entity: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[UUID | None] = mapped_column(Id)
    detail: Mapped[str | None] = mapped_column(Encrypted("crm_audit_access.detail"))
    number: Mapped[int | None] = mapped_column(BigInteger)
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))


class AuditHead(Base):
    """Where one log's chain ends, and where it begins after clearing; signed with a key kept elsewhere.

    Whoever holds the row's lock is the sealer.
    """

    __tablename__ = "crm_audit_head"
    log: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcTime)
    cut_number: Mapped[int] = mapped_column(BigInteger)
    cut_hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(64))


class AuditCheck(Base):
    """One verification of both chains; `finding` is JSON that says what was wrong, empty when nothing was."""

    __tablename__ = "crm_audit_check"
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    at: Mapped[datetime] = mapped_column(UtcTime)
    ok: Mapped[bool] = mapped_column(Boolean)
    entries: Mapped[int] = mapped_column(BigInteger)
    unsealed: Mapped[int] = mapped_column(BigInteger)
    finding: Mapped[str] = mapped_column(Text)
