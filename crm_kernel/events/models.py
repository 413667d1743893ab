"""Tables of the event log: what happened, where the log ends, and how far each subscriber has read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.types import Id, Json, UtcTime

Sequence = BigInteger().with_variant(Integer, "sqlite")


class Event(Base):
    """Something that happened. `position` is given after commit, in the order in which readers see it."""

    __tablename__ = "crm_event"
    __table_args__ = (
        Index(None, "position", unique=True),
        Index(None, "name", "position"),
        Index(None, "dealership_id", "position"),
        Index(None, "entity", "record_id"),
    )
    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(Id, unique=True)
    position: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(120))
    entity: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[UUID | None] = mapped_column(Id)
    dealership_id: Mapped[UUID | None] = mapped_column(Id)
    actor_id: Mapped[UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcTime)
    payload: Mapped[Any] = mapped_column(Json)


class Head(Base):
    """One row: the last position given. Whoever holds its lock is the sequencer."""

    __tablename__ = "crm_event_head"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)


class Cursor(Base):
    """How far a subscriber has come; `fault` says why the event at `failing` does not succeed.

    A `stopped` one waits for somebody to resume it or to skip the event.
    """

    __tablename__ = "crm_event_cursor"
    subscriber: Mapped[str] = mapped_column(String(120), primary_key=True)
    event: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    failing: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    retry_at: Mapped[datetime | None] = mapped_column(UtcTime)
    stopped: Mapped[bool] = mapped_column(Boolean, default=False)
    fault: Mapped[str] = mapped_column(Text, default="")
