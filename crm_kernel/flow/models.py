"""Tables of flows: versions, which record follows which, the steps taken, clocks, calendars, approvals."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Amount, EncryptedJson, Id, Json, UtcTime

Sequence = BigInteger().with_variant(Integer, "sqlite")


class FlowVersion(Row, Base):
    """A definition as a dealership had it from some day on; never changed afterwards.

    `preset` marks one that came with the module and that nobody here has touched.
    """

    __tablename__ = "crm_flow_version"
    __table_args__ = (UniqueConstraint("dealership_id", "flow", "number"),)
    dealership_id: Mapped[UUID] = mapped_column(Id)
    flow: Mapped[str] = mapped_column(String(60))
    number: Mapped[int] = mapped_column(Integer)
    definition: Mapped[Any] = mapped_column(Json)
    preset: Mapped[bool] = mapped_column(Boolean)
    remark: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    created_by: Mapped[UUID | None] = mapped_column(Id)


class FlowDraft(Row, Base):
    """A definition that is being edited: one per dealership and flow, until it is published or thrown away.

    `base` is the version it was begun from (0: none was written down), `revision` counts the changes.
    """

    __tablename__ = "crm_flow_draft"
    __table_args__ = (UniqueConstraint("dealership_id", "flow"),)
    dealership_id: Mapped[UUID] = mapped_column(Id)
    flow: Mapped[str] = mapped_column(String(60))
    base: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer)
    definition: Mapped[Any] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_by: Mapped[UUID | None] = mapped_column(Id)


class FlowRun(Base):
    """The version a record follows, and since when it stands in its present state."""

    __tablename__ = "crm_flow_run"
    __table_args__ = (Index(None, "dealership_id", "flow", "version", "state"),)
    record_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    dealership_id: Mapped[UUID] = mapped_column(Id)
    flow: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime] = mapped_column(UtcTime)


class FlowMove(Base):
    """A step that was taken, with what was said. Facts lie encrypted: people are named in them."""

    __tablename__ = "crm_flow_move"
    __table_args__ = (Index(None, "dealership_id", "record_id", "seq"),)
    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    dealership_id: Mapped[UUID] = mapped_column(Id)
    record_id: Mapped[UUID] = mapped_column(Id)
    flow: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor_id: Mapped[UUID | None] = mapped_column(Id)
    facts: Mapped[Any] = mapped_column(EncryptedJson("crm_flow_move.facts"))


class FlowClock(Row, Base):
    """A deadline of a record.

    While it runs, `due_at` is when it runs out and `next_at` when somebody must hear of it next; while it
    waits, both are empty and `left_seconds` of working time remain. `ended_at` closes it: in time or late.
    """

    __tablename__ = "crm_flow_clock"
    __table_args__ = (
        Index(None, "next_at"),
        Index(None, "record_id", "kind", "ended_at", "missed_at"),
        Index(None, "dealership_id", "flow", "ended_at", "due_at"),
    )
    dealership_id: Mapped[UUID] = mapped_column(Id)
    record_id: Mapped[UUID] = mapped_column(Id)
    flow: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(40))
    span: Mapped[Any] = mapped_column(Json)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    warn_at: Mapped[datetime | None] = mapped_column(UtcTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcTime)
    left_seconds: Mapped[int | None] = mapped_column(BigInteger)
    warned_at: Mapped[datetime | None] = mapped_column(UtcTime)
    missed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reminders: Mapped[int] = mapped_column(Integer, default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class WorkingCalendar(Base):
    """The working hours of a dealership; without a row, those of the product."""

    __tablename__ = "crm_working_calendar"
    dealership_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    week: Mapped[Any] = mapped_column(Json)
    national: Mapped[bool] = mapped_column(Boolean)
    exceptions: Mapped[Any] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class ApprovalLimit(Row, Base):
    """Up to which amount a role may decide alone in a dealership; without rows, the module's presets."""

    __tablename__ = "crm_approval_limit"
    __table_args__ = (UniqueConstraint("dealership_id", "kind", "role"),)
    dealership_id: Mapped[UUID] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(60))
    amount: Mapped[Decimal] = mapped_column(Amount)


class Approval(Row, Base):
    """A sum somebody asked for about a record. `state` is open, approved, refused or withdrawn."""

    __tablename__ = "crm_approval"
    __table_args__ = (
        Index(None, "dealership_id", "record_id", "asked_at"),
        Index(None, "dealership_id", "state", "kind", "asked_at"),
    )
    dealership_id: Mapped[UUID] = mapped_column(Id)
    record_id: Mapped[UUID] = mapped_column(Id)
    entity: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(60))
    amount: Mapped[Decimal] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[UUID] = mapped_column(Id)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_by: Mapped[UUID | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    remark: Mapped[str] = mapped_column(Text, default="")
