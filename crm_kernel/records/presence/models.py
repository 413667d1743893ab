"""The table of open records."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.types import Id, UtcTime


class Presence(Base):
    """Somebody had a record open at `seen_at`; `editing` says that a form of it was. Swept after minutes."""

    __tablename__ = "crm_presence"
    __table_args__ = (Index(None, "seen_at"),)
    record_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    entity: Mapped[str] = mapped_column(String(60))
    editing: Mapped[bool] = mapped_column(Boolean)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
