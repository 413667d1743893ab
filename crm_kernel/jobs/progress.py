"""How far a long piece of work has come: written by the job, polled by the person who started it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.jobs.context import JobCancelled
from crm_kernel.jobs.models import JobProgress
from crm_kernel.jobs.progress_store import ProgressStore
from crm_kernel.text import Text, pack, unpack

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

EVERY_SECONDS = 0.5

RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"


@dataclass(frozen=True, slots=True)
class ProgressView:
    """What its owner sees. `total` is None while unknown; `result` is JSON data of the finished work."""

    id: UUID
    kind: str
    done: int
    total: int | None
    state: str
    message: Text | None
    result: Any
    cancelling: bool
    created_at: datetime
    updated_at: datetime


class Progress:
    """A job's handle on its own progress.

    `advance` may be called for every row: it writes twice a second, or with the chunk when a unit of work is
    open, so that what is shown is what has been committed.
    """

    def __init__(self, kernel: Kernel, progress_id: UUID) -> None:
        self._kernel = kernel
        self._store = ProgressStore(kernel.db)
        self.id = progress_id
        self._next_write = 0.0

    async def advance(self, done: int, *, total: int | None = None, message: Text | None = None) -> None:
        """So much is done by now (not: more). Raises JobCancelled when the person wants it to stop."""
        now = self._kernel.clock.monotonic()
        if now < self._next_write and total is None and message is None and UnitOfWork.current() is None:
            return
        self._next_write = now + EVERY_SECONDS
        values: dict[str, Any] = {"done": done}
        if total is not None:
            values["total"] = total
        if message is not None:
            values["message"] = _packed(message)
        await self._write(values)
        if await self._store.cancel_wanted(self.id):
            await self._write({"state": CANCELLED})
            raise JobCancelled

    async def finish(self, result: Mapping[str, Any] | None = None, *, message: Text | None = None) -> None:
        """The work is done; `result` is what its page shows, as JSON data."""
        await self._end(DONE, result, message)

    async def fail(self, message: Text, result: Mapping[str, Any] | None = None) -> None:
        """The work ended without success, and will not be tried again."""
        await self._end(FAILED, result, message)

    async def _end(self, state: str, result: Mapping[str, Any] | None, message: Text | None) -> None:
        values: dict[str, Any] = {"state": state}
        if result is not None:
            values["result"] = msgspec.json.encode(result, enc_hook=str).decode()
        if message is not None:
            values["message"] = _packed(message)
        await self._write(values)

    async def _write(self, values: dict[str, Any]) -> None:
        now = self._kernel.clock.now()
        async with self._kernel.db.work(None, now=now) as work:
            await self._store.write(work, self.id, values | {"updated_at": now})


def _packed(text: Text) -> str:
    return msgspec.json.encode(pack(text)).decode()


def progress_view(row: JobProgress) -> ProgressView:
    """A row for its owner."""
    return ProgressView(
        id=row.id,
        kind=row.kind,
        done=row.done,
        total=row.total,
        state=row.state,
        message=unpack(msgspec.json.decode(row.message)) if row.message else None,
        result=msgspec.json.decode(row.result) if row.result else None,
        cancelling=row.cancel and row.state == RUNNING,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def new_progress(
    owner: UUID, dealership: UUID | None, kind: str, total: int | None, message: Text | None, now: datetime
) -> JobProgress:
    """A row for work that begins."""
    return JobProgress(
        actor_id=owner,
        dealership_id=dealership,
        kind=kind,
        done=0,
        total=total,
        message=_packed(message) if message else None,
        result=None,
        state=RUNNING,
        cancel=False,
        created_at=now,
        updated_at=now,
    )
