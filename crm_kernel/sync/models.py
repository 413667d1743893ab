"""Tables of synchronisation: which record an outside id means, what came in, what was refused, where to
read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Encrypted, EncryptedJson, Id, Json, UtcTime

LONGEST_ID = 120
OutsideId = String(LONGEST_ID).with_variant(
    mysql.VARCHAR(LONGEST_ID, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
)
"""Another system's id, exactly as it writes it: `a1` is not `A1`, which MariaDB's usual collation would
say."""


class SyncIdentity(Row, Base):
    """What a source calls a record. Two ids of one source may mean the same record after a merge."""

    __tablename__ = "crm_sync_identity"
    __table_args__ = (
        UniqueConstraint("dealership_id", "source", "entity", "external_id"),
        Index(None, "dealership_id", "entity", "record_id"),
    )
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    source: Mapped[str] = mapped_column(String(40))
    entity: Mapped[str] = mapped_column(String(60))
    external_id: Mapped[str] = mapped_column(OutsideId)
    record_id: Mapped[UUID] = mapped_column(Id)


class SyncBatch(Row, Base):
    """One delivery and what became of it.

    `state` is `done` (all rows taken), `partly` (some were refused), `failed` (nothing was taken, `fault`
    says why) or `repeated` (its refused rows went into `next_id`). `via` says how it came: `api`, `process`,
    `again`, or the kind of reader.
    """

    __tablename__ = "crm_sync_batch"
    __table_args__ = (
        Index(None, "dealership_id", "id"),
        Index(None, "dealership_id", "state", "id"),
        Index(None, "started_at"),
    )
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    staff_id: Mapped[UUID] = mapped_column(Id)
    source: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(60))
    via: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    rows: Mapped[int] = mapped_column(Integer, default=0)
    created: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    unchanged: Mapped[int] = mapped_column(Integer, default=0)
    rejected: Mapped[int] = mapped_column(Integer, default=0)
    fault: Mapped[str] = mapped_column(Text, default="")
    next_id: Mapped[UUID | None] = mapped_column(Id)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    finished_at: Mapped[datetime] = mapped_column(UtcTime)


class SyncReject(Row, Base):
    """A row that was not taken, as it was sent, with what was wrong: `[{field, code}]`, none if all
    failed."""

    __tablename__ = "crm_sync_reject"
    __table_args__ = (Index(None, "batch_id", "position"),)
    batch_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_sync_batch.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    external_id: Mapped[str] = mapped_column(String(LONGEST_ID))
    content: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("crm_sync_reject.content"))
    errors: Mapped[list[Any]] = mapped_column(Json)


class SyncSource(Row, Base):
    """A place that is read on a schedule, and how far it was read.

    `reader` names the kind of place, `options` and the encrypted `secret` say where it is; `mapping` turns
    its columns into our fields. `watermark` is the reader's own note of where it stands; it moves in the
    transaction that takes the rows. `state` is `idle`, `running` or `failed`.
    """

    __tablename__ = "crm_sync_source"
    __table_args__ = (Index(None, "dealership_id", "name"), Index(None, "active", "due_at"))
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    staff_id: Mapped[UUID] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(60))
    reader: Mapped[str] = mapped_column(String(20))
    options: Mapped[dict[str, str]] = mapped_column(Json)
    secret: Mapped[str] = mapped_column(Encrypted("crm_sync_source.secret"), default="")
    mapping: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    minutes: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    managed: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[str] = mapped_column(String(20), default="idle")
    watermark: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    fault: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
