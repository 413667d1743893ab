"""The table of saved views."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Encrypted, Id, UtcTime


class SavedView(Row, Base):
    """A list's parameters under a name. `params` is a JSON object of them, encrypted: people filter by
    numbers. A `shared` view is everybody's in the dealership; a `standard` one opens with the list, one's own
    before the shared."""

    __tablename__ = "crm_saved_view"
    __table_args__ = (Index(None, "dealership_id", "entity", "owner_id"),)
    dealership_id: Mapped[UUID] = mapped_column(Id)
    owner_id: Mapped[UUID] = mapped_column(Id)
    entity: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    params: Mapped[str] = mapped_column(Encrypted("crm_saved_view.params"))
    shared: Mapped[bool] = mapped_column(Boolean, default=False)
    standard: Mapped[bool] = mapped_column(Boolean, default=False)
    position: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
