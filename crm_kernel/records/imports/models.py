"""Tables of imports: runs, the rows they refused, and mappings people chose before."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Encrypted, Id, Json, UtcTime


class ImportRun(Row, Base):
    """One file on its way in. `done` rows are committed; a run that was cut off goes on there.

    `state`: `ready` (uploaded), `running`, `done`, `failed`, `cancelled`. `counts` has the shape of the
    command line's answer.
    """

    __tablename__ = "crm_import_run"
    __table_args__ = (Index(None, "dealership_id", "created_at"),)
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    staff_id: Mapped[UUID] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(60))
    filename: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(20))
    dry_run: Mapped[bool] = mapped_column(Boolean)
    mapping: Mapped[dict[str, str]] = mapped_column(Json)
    heads: Mapped[list[str]] = mapped_column(Json)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    fault: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ImportReject(Row, Base):
    """A refused row as it was written, with the column, value and reason of each of its errors."""

    __tablename__ = "crm_import_reject"
    __table_args__ = (Index(None, "run_id", "line"),)
    run_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_import_run.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    cells: Mapped[str] = mapped_column(Encrypted("crm_import_reject.cells"))
    errors: Mapped[list[Any]] = mapped_column(Json)


class ImportMapping(Row, Base):
    """A mapping chosen for files of one form, proposed again for the next such file."""

    __tablename__ = "crm_import_mapping"
    __table_args__ = (UniqueConstraint("dealership_id", "kind", "signature"),)
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    kind: Mapped[str] = mapped_column(String(60))
    signature: Mapped[str] = mapped_column(String(32))
    mapping: Mapped[dict[str, str]] = mapped_column(Json)
