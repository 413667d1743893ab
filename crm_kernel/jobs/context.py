"""What a running job may know about itself."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.access.control import OPERATOR
from crm_kernel.actor import Actor
from crm_kernel.errors import Unauthenticated

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


@dataclass(frozen=True, slots=True)
class JobContext:
    """The job being run: its id, which attempt this is (from 1), and who caused it."""

    id: UUID
    name: str
    attempt: int
    actor_id: UUID | None
    dealership_id: UUID | None
    request_id: str

    async def actor(self, kernel: Kernel) -> Actor:
        """The person who caused the job, with today's rights. Raises Unauthenticated for a schedule's job."""
        if self.actor_id is None:
            raise Unauthenticated()
        if self.actor_id == OPERATOR:
            return await kernel.access.operator(self.dealership_id)
        return await kernel.access.actor(self.actor_id, self.dealership_id, via="job")


_current: ContextVar[JobContext | None] = ContextVar("crm_job", default=None)


def current_job() -> JobContext | None:
    """The job this code runs in, if any."""
    return _current.get()


class JobCancelled(Exception):
    """The person who started the work wants it to stop; raise or pass it on, and the job ends quietly."""
