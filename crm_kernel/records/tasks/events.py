"""What tasks tell other modules."""

from __future__ import annotations

import msgspec

from crm_kernel.contributions import EventType, NotificationType
from crm_kernel.text import messages

_ = messages("kernel")


class TaskTold(msgspec.Struct, frozen=True):
    """A task was given to somebody, or closed. `entity` and `record_id` are empty for a task of its own."""

    task_id: str
    state: str
    assignee_id: str
    entity: str
    record_id: str


def _example() -> TaskTold:
    return TaskTold(
        "0192f0c4-7b1a-7c3e-9d5e-2f1a6b8c9d01",
        "open",
        "0192f0c4-7b1a-7c3e-9d5e-2f1a6b8c9d02",
        "customer",
        "0192f0c4-7b1a-7c3e-9d5e-2f1a6b8c9d03",
    )


EVENTS = (
    EventType("tasks.assigned", TaskTold, _example, _("A task was given to somebody")),
    EventType("tasks.closed", TaskTold, _example, _("A task was done or cancelled")),
)

NOTIFICATIONS = (
    NotificationType("tasks.assigned", _("A task for you")),
    NotificationType("tasks.due", _("A task is due")),
)
