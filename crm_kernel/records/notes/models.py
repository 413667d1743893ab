"""The table of notes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Record, record_indexes
from crm_kernel.dal.types import Encrypted, Id, UtcTime


class Note(Record, Base):
    """A note, a call or a visit. The owner is who wrote it. People write numbers into notes: the text lies
    encrypted. `minutes` is how long it took, `outcome` a code of the dictionary `contact_outcome`."""

    __tablename__ = "crm_note"
    __table_args__ = record_indexes(Index(None, "dealership_id", "entity", "record_id", "happened_at", "id"))
    entity: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[UUID] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(Encrypted("crm_note.body"))
    outcome: Mapped[str | None] = mapped_column(String(60))
    happened_at: Mapped[datetime] = mapped_column(UtcTime)
    minutes: Mapped[int | None] = mapped_column(Integer)
