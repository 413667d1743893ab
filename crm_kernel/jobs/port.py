"""The port behind which a host may put its own queue, and what goes through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from crm_kernel.dal.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class JobOrder:
    """A job to be done: `arguments` is JSON data; not before `run_at`, if that is given."""

    id: UUID
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    queue: str = "default"
    run_at: datetime | None = None
    max_attempts: int = 5
    actor_id: UUID | None = None
    dealership_id: UUID | None = None
    request_id: str = "-"


class JobQueue(Protocol):
    """Override the part `job_queue` to bring another. Its worker calls `jobs.perform` for each order."""

    def put(self, work: UnitOfWork, order: JobOrder) -> None:
        """Take an order in the caller's transaction: it must not be carried out if that rolls back."""
