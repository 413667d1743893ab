"""Tables of the jobs: what is to be done, who works, which ticks have fired, how far long work has come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Encrypted, Id, UtcTime


class QueuedJob(Row, Base):
    """A job that is not done yet; a finished one is deleted.

    `state`: `waiting`; `later` (not before `run_at`); `sent` (told to a broker, told again after `run_at`);
    `running` (leased to `worker_id`); `dead` (failed too often). `arguments` is JSON and lies encrypted.
    """

    __tablename__ = "crm_job"
    __table_args__ = (
        Index(None, "state", "id"),
        Index(None, "state", "run_at"),
        Index(None, "worker_id"),
        Index(None, "dealership_id", "id"),
    )
    queue: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    arguments: Mapped[str] = mapped_column(Encrypted("crm_job.arguments"))
    state: Mapped[str] = mapped_column(String(10))
    run_at: Mapped[datetime | None] = mapped_column(UtcTime)
    worker_id: Mapped[UUID | None] = mapped_column(Id)
    attempts: Mapped[int] = mapped_column(Integer)
    max_attempts: Mapped[int] = mapped_column(Integer)
    cancelled: Mapped[bool] = mapped_column(Boolean)
    fault: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None] = mapped_column(Id)
    dealership_id: Mapped[UUID | None] = mapped_column(Id)
    request_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class JobWorker(Row, Base):
    """A process that runs jobs. `beat` counts up while it lives; `seen_at` is for people, not for judging."""

    __tablename__ = "crm_job_worker"
    name: Mapped[str] = mapped_column(String(120))
    beat: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)


class JobSchedule(Base):
    """The slot at which a scheduled job fired last. Whoever moves it fires the tick."""

    __tablename__ = "crm_job_schedule"
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    slot: Mapped[datetime] = mapped_column(UtcTime)


class JobProgress(Row, Base):
    """How far a long piece of work has come, for the person who started it.

    `state`: `running`, `done`, `failed`, `cancelled`; `cancel` is the person's wish. Words and result lie
    encrypted, because they may name customers.
    """

    __tablename__ = "crm_job_progress"
    __table_args__ = (Index(None, "actor_id", "id"), Index(None, "updated_at"))
    actor_id: Mapped[UUID] = mapped_column(Id)
    dealership_id: Mapped[UUID | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(60))
    done: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int | None] = mapped_column(BigInteger)
    message: Mapped[str | None] = mapped_column(Encrypted("crm_job_progress.message"))
    result: Mapped[str | None] = mapped_column(Encrypted("crm_job_progress.result"))
    state: Mapped[str] = mapped_column(String(10))
    cancel: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
