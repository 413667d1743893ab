"""Whom a task's fate concerns, and how they hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.tasks import store
from crm_kernel.records.tasks.events import TaskTold
from crm_kernel.records.tasks.models import Task
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

PATH = "/tasks"
BATCH = 200


async def tell_assigned(kernel: Kernel, work: UnitOfWork, task: Task, actor: Actor) -> None:
    """Somebody got a task: the event, the record's timeline, and a word to him unless he took it himself."""
    _emit(kernel, work, "tasks.assigned", task)
    _note(kernel, work, task, _("Task: {title}")(title=task.title))
    if task.owner_id is not None and task.owner_id != actor.id:
        text = _("{name} gave you a task: {title}")(name=actor.name, title=task.title)
        await _notify(kernel, work, task.owner_id, "tasks.assigned", text)


def tell_closed(kernel: Kernel, work: UnitOfWork, task: Task) -> None:
    """A task is over: the event and the record's timeline."""
    _emit(kernel, work, "tasks.closed", task)
    wording = _("Task done: {title}") if task.state == "done" else _("Task cancelled: {title}")
    _note(kernel, work, task, wording(title=task.title))


async def remind(kernel: Kernel) -> None:
    """Tell people about tasks whose reminder is due, once; called every minute."""
    async with kernel.db.work(None, now=kernel.clock.now()) as work:
        for task in await store.to_remind(work, work.now, BATCH):
            task.reminded_at = work.now
            if task.owner_id is not None:
                text = _("Do not forget: {title}")(title=task.title)
                await _notify(kernel, work, task.owner_id, "tasks.due", text)


def _emit(kernel: Kernel, work: UnitOfWork, name: str, task: Task) -> None:
    told = TaskTold(
        str(task.id), task.state, str(task.owner_id or ""), task.entity or "", str(task.record_id or "")
    )
    kernel.events.emit(
        work,
        name,
        told,
        entity=task.entity or "",
        record_id=task.record_id,
        dealership_id=task.dealership_id,
    )


def _note(kernel: Kernel, work: UnitOfWork, task: Task, text: Text) -> None:
    if task.entity is not None and task.record_id is not None:
        kernel.service("timeline").add(
            work,
            task.entity,
            task.record_id,
            "task",
            text,
            dealership_id=task.dealership_id,
            payload={"task_id": str(task.id), "state": task.state},
            source_id=task.id,
        )


async def _notify(kernel: Kernel, work: UnitOfWork, staff_id: UUID, type: str, text: Text) -> None:
    if kernel.offers("notifications"):
        await kernel.service("notifications").notify(work, [staff_id], type, text, PATH)
