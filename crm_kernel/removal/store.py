"""Where the kernel's own tables speak of a module, and how they forget it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_kernel.access.models import AccessRule, SeededGrant, SharingRule
from crm_kernel.access.organisation import ModuleSwitch
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.events.models import Cursor
from crm_kernel.jobs.models import JobSchedule, QueuedJob
from crm_kernel.notifications.models import Notification, NotificationPreference
from crm_kernel.records.attachments.models import Attachment
from crm_kernel.records.exports.models import ExportRun
from crm_kernel.records.imports.models import ImportMapping, ImportRun
from crm_kernel.records.models import CustomField, CustomValue, DictionaryValue, NumberSeries, RecordTag
from crm_kernel.records.notes.models import Note
from crm_kernel.records.search.models import SearchDocument
from crm_kernel.records.tasks.models import Task
from crm_kernel.records.timeline.models import TimelineEntry
from crm_kernel.records.views.models import SavedView
from crm_kernel.removal.belongings import Belongings


@dataclass(frozen=True, slots=True)
class Trace:
    """A column of a kernel table that holds names of a kind; `prefix` where it only begins with one."""

    column: Any
    kind: str
    prefix: bool = False

    @property
    def table(self) -> Table:
        """Where it lies."""
        found: Table = self.column.class_.__table__
        return found

    def names(self, belongings: Belongings) -> ColumnElement[bool]:
        """The rows that speak of the module."""
        names = sorted(belongings.names[self.kind])
        if self.prefix:
            return or_(false(), *(self.column.startswith(name, autoescape=True) for name in names))
        found: ColumnElement[bool] = self.column.in_(names)
        return found


WORKINGS = (
    Trace(AccessRule.v1, "permission"),
    Trace(AccessRule.v1, "field", prefix=True),
    Trace(SeededGrant.permission, "permission"),
    Trace(SharingRule.entity, "entity"),
    Trace(ModuleSwitch.plugin, "plugin"),
    Trace(Cursor.subscriber, "subscription"),
    Trace(JobSchedule.name, "job"),
    Trace(QueuedJob.name, "job"),
    Trace(NotificationPreference.type, "notification"),
)
"""What makes a module work here: rights, switches, subscriptions, jobs. Without the module it is void."""

DATA = (
    Trace(CustomField.entity, "entity"),
    Trace(CustomValue.entity, "entity"),
    Trace(RecordTag.entity, "entity"),
    Trace(Note.entity, "entity"),
    Trace(Task.entity, "entity"),
    Trace(TimelineEntry.entity, "entity"),
    Trace(Attachment.entity, "entity"),
    Trace(SavedView.entity, "entity"),
    Trace(NumberSeries.series, "entity"),
    Trace(DictionaryValue.dictionary, "dictionary"),
    Trace(SearchDocument.entity, "entity"),
    Trace(ExportRun.entity, "entity"),
    Trace(ImportRun.kind, "import"),
    Trace(ImportMapping.kind, "import"),
    Trace(Notification.type, "notification"),
)
"""What people entered or got with the module's records."""


async def forget(work: UnitOfWork, belongings: Belongings, *, data: bool) -> dict[str, int]:
    """Remove what makes the module work and, with `data`, what hangs on its records; rows by table."""
    gone: dict[str, int] = {}
    for trace in (*WORKINGS, *(DATA if data else ())):
        done = await work.execute(delete(trace.table).where(trace.names(belongings)))
        gone[trace.table.name] = gone.get(trace.table.name, 0) + done.rowcount
    return gone


async def file_keys(connection: AsyncConnection, belongings: Belongings) -> list[str]:
    """Keys of the files that hang on the module's records, prepared exports included."""
    entities = sorted(belongings.names["entity"])
    found: list[str] = []
    for kind in (Attachment, ExportRun):
        rows = await connection.execute(select(kind.key).where(kind.entity.in_(entities)))
        found += [key for key in rows.scalars() if key]
    return found


async def count(connection: AsyncConnection, tables: tuple[Table, ...]) -> Mapping[str, int]:
    """How many rows each of the tables holds."""
    return {
        table.name: int(await connection.scalar(select(func.count()).select_from(table)) or 0)
        for table in tables
    }


async def rows(
    connection: AsyncConnection, table: Table, condition: ColumnElement[bool] | None = None
) -> AsyncIterator[Mapping[str, Any]]:
    """The rows of a table in the order of its key, encrypted columns in clear, a few at a time."""
    statement = select(table).order_by(*table.primary_key.columns)
    found = await connection.stream(statement if condition is None else statement.where(condition))
    async for row in found.mappings():
        yield dict(row)
