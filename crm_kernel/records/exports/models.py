"""The table of exports made in the background."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Encrypted, Id, Json, UtcTime


class ExportRun(Row, Base):
    """An export somebody asked for. `state` is waiting, running, done, failed or expired; `params` are the
    list's URL parameters as a JSON object, encrypted; `key` is the file's place in the file store."""

    __tablename__ = "crm_export"
    __table_args__ = (Index(None, "dealership_id", "staff_id", "created_at"), Index(None, "expires_at"))
    dealership_id: Mapped[UUID | None] = mapped_column(Id)
    staff_id: Mapped[UUID] = mapped_column(Id)
    entity: Mapped[str] = mapped_column(String(60))
    format: Mapped[str] = mapped_column(String(10))
    params: Mapped[str] = mapped_column(Encrypted("crm_export.params"))
    columns: Mapped[list[Any]] = mapped_column(Json, default=list)
    clear: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    size: Mapped[int] = mapped_column(Integer, default=0)
    key: Mapped[str | None] = mapped_column(String(100))
    fault: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
