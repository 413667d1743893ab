"""The table of attachments; the files themselves lie in the file store."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Record, record_indexes
from crm_kernel.dal.types import Id


class Attachment(Record, Base):
    """A file of a record. `key` is its place in the store, `media_type` what its content says it is."""

    __tablename__ = "crm_attachment"
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "entity", "record_id", "created_at"), Index(None, "key", unique=True)
    )
    entity: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[UUID] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(100))
