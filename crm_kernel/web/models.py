"""The table of the web room."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Encrypted, Id, Json, UtcTime


class IdempotentAnswer(Row, Base):
    """What was answered to a request that carried an `Idempotency-Key`, written with what it did.

    `route` is a hash of the address; `body` may hold personal values and lies encrypted.
    """

    __tablename__ = "crm_idempotent_answer"
    __table_args__ = (
        UniqueConstraint("staff_id", "key", "route", name="uq_crm_idempotent_answer"),
        Index(None, "created_at"),
    )
    staff_id: Mapped[UUID] = mapped_column(Id)
    key: Mapped[str] = mapped_column(String(64))
    route: Mapped[str] = mapped_column(String(64))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer, default=0)
    headers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    body: Mapped[str | None] = mapped_column(Encrypted("crm_idempotent_answer.body"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
