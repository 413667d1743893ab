"""Tasks as they come in and go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from crm_kernel.records.tasks.models import Task


class TaskDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A task to be given. Without an assignee it is one's own; `entity` and `record_id` go together."""

    title: str
    remark: str = ""
    due_at: datetime | None = None
    remind_at: datetime | None = None
    assignee_id: UUID | None = None
    entity: str | None = None
    record_id: UUID | None = None


class TaskChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    remark: str | msgspec.UnsetType = msgspec.UNSET
    due_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    remind_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    assignee_id: UUID | msgspec.UnsetType = msgspec.UNSET


class TaskView(msgspec.Struct, frozen=True):
    """A task as somebody may read it. `record` is the linked record's name, if he may see that record."""

    id: UUID
    version: int
    title: str
    remark: str
    state: str
    due_at: datetime | None
    remind_at: datetime | None
    overdue: bool
    assignee_id: UUID | None
    assignee: str | None
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    entity: str | None
    record_id: UUID | None
    record: str | None


class TaskPage(msgspec.Struct, frozen=True):
    """A page of tasks: open ones by their due date, closed ones latest first."""

    items: Sequence[TaskView]
    next: str | None = None


class TaskCounts(msgspec.Struct, frozen=True):
    """One's own open tasks."""

    open: int
    overdue: int


class TaskLoad(msgspec.Struct, frozen=True):
    """One person's open tasks."""

    staff_id: UUID
    name: str
    open: int
    overdue: int


def view_of(task: Task, assignee: str | None, record: str | None, now: datetime) -> TaskView:
    """A task in the state of now."""
    overdue = task.state == "open" and task.due_at is not None and task.due_at < now
    return TaskView(
        task.id,
        task.version,
        task.title,
        task.remark,
        task.state,
        task.due_at,
        task.remind_at,
        overdue,
        task.owner_id,
        assignee,
        task.created_by,
        task.created_at,
        task.updated_at,
        task.closed_at,
        task.entity,
        task.record_id,
        record,
    )
