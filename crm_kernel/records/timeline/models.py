"""The table of the timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Encrypted, Id, Json, UtcTime


class TimelineEntry(Row, Base):
    """Something that happened to a record, in a wording that waits for the reader's language.

    `words` is the packed text, encrypted, since its parameters may name people. `payload` holds ids and
    field names only. `source_id` is the thing of its own (a note, an attachment) the entry tells of.
    """

    __tablename__ = "crm_timeline"
    __table_args__ = (
        Index(None, "dealership_id", "entity", "record_id", "at", "id"),
        Index(None, "dealership_id", "source_id"),
    )
    dealership_id: Mapped[UUID] = mapped_column(Id)
    entity: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[UUID] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcTime)
    kind: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Encrypted("crm_timeline.words"))
    actor_id: Mapped[UUID | None] = mapped_column(Id)
    link: Mapped[str] = mapped_column(String(300), default="")
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    source_id: Mapped[UUID | None] = mapped_column(Id)
