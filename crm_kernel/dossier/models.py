"""The table of files that were issued."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Id, UtcTime


class IssuedFile(Row, Base):
    """A file somebody was given, known by the SHA-256 of its bytes. The file itself is not kept.

    `clear` marks one in which masked values stood open.
    """

    __tablename__ = "crm_issued_file"
    __table_args__ = (
        Index(None, "sha256"),
        Index(None, "dealership_id", "record_id", "issued_at"),
    )
    dealership_id: Mapped[UUID] = mapped_column(Id)
    entity: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[UUID] = mapped_column(Id)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    clear: Mapped[bool] = mapped_column(Boolean)
    locale: Mapped[str] = mapped_column(String(10))
    issued_at: Mapped[datetime] = mapped_column(UtcTime)
    issued_by: Mapped[UUID] = mapped_column(Id)
