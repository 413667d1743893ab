"""The service behind tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from crm_kernel.records.marks import Mark
from crm_kernel.records.reach import Place, reached, titles
from crm_kernel.records.tasks import store
from crm_kernel.records.tasks.checks import check, check_choice
from crm_kernel.records.tasks.models import Task
from crm_kernel.records.tasks.telling import tell_assigned, tell_closed
from crm_kernel.records.tasks.view import (
    TaskChange,
    TaskCounts,
    TaskDraft,
    TaskLoad,
    TaskPage,
    TaskView,
    view_of,
)
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

LISTS = ("mine", "team", "given", "all")
STATES = ("open", "done", "cancelled")
FAR = datetime(9999, 1, 1, tzinfo=UTC)
MAX_PAGE = 200


class Tasks:
    """Offered as `tasks`.

    Whoever gave a task keeps seeing it. How far `tasks.create` reaches says to whom one may give work. Only
    those who may view a record list the tasks about it or give one.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted("tasks.view")
    async def list(
        self,
        access: Access,
        whose: str = "mine",
        *,
        state: str = "open",
        overdue: bool = False,
        due_before: datetime | None = None,
        assignee_id: UUID | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> TaskPage:
        """One's own tasks (`mine`), the team's, those given to others, or `all` within the scope.

        Raises Invalid for an unknown list or state, Malformed for a made-up cursor.
        """
        check_choice("list", whose, LISTS)
        check_choice("state", state, STATES)
        before = self._kernel.clock.now() if overdue else due_before
        return await self._page(access, whose, state, None, before, cursor, limit, assignee_id)

    @permitted("tasks.view")
    async def of_record(
        self,
        access: Access,
        entity: Entity | str,
        record_id: UUID,
        *,
        state: str = "open",
        cursor: str | None = None,
        limit: int = 50,
    ) -> TaskPage:
        """Tasks about a record. Raises NotFound for a record out of reach."""
        check_choice("state", state, STATES)
        place = await reached(self._kernel, access.actor, entity, record_id, deleted=None)
        return await self._page(access, "all", state, place, None, cursor, limit)

    async def _page(
        self,
        access: Access,
        whose: str,
        state: str,
        place: Place | None,
        before: datetime | None,
        cursor: str | None,
        limit: int,
        assignee_id: UUID | None = None,
    ) -> TaskPage:
        size = min(max(limit, 1), MAX_PAGE)
        rows = await store.page(
            self._kernel.db,
            access,
            list_=whose,
            state=state,
            place=place,
            assignee_id=assignee_id,
            due_before=before,
            mark=Mark.decode(cursor),
            limit=size + 1,
        )
        last = rows[size - 1][0] if len(rows) > size else None
        items = await self._views(access.actor, rows[:size])
        return TaskPage(items, Mark(last.sort_at, last.id).encode() if last else None)

    async def _views(self, actor: Actor, rows: store.Found) -> Sequence[TaskView]:
        linked = [(t.entity, t.record_id) for t, _name in rows if t.entity and t.record_id]
        names = await titles(self._kernel, actor, linked)
        now = self._kernel.clock.now()
        return [
            view_of(task, name, names.get((task.entity or "", task.record_id or task.id)), now)
            for task, name in rows
        ]

    @permitted("tasks.view")
    async def get(self, access: Access, task_id: UUID) -> TaskView:
        """One task. Raises NotFound."""
        return await self._view(access, task_id)

    async def _view(self, access: Access, task_id: UUID) -> TaskView:
        found = await store.one(self._kernel.db, access, task_id)
        if found is None:
            raise NotFound()
        return (await self._views(access.actor, [found]))[0]

    @permitted("tasks.view")
    async def counts(self, access: Access) -> TaskCounts:
        """How many tasks one has, and how many are overdue."""
        now = self._kernel.clock.now()
        db = self._kernel.db
        return TaskCounts(await store.count_open(db, access, None), await store.count_open(db, access, now))

    @permitted("tasks.view")
    async def overdue(self, access: Access) -> int:
        """How many of one's own tasks are overdue."""
        return await store.count_open(self._kernel.db, access, self._kernel.clock.now())

    @permitted("tasks.view")
    async def load(self, access: Access) -> Sequence[TaskLoad]:
        """Who here has open tasks within the scope, those with most overdue ones first."""
        rows = await store.load(self._kernel.db, access, self._kernel.clock.now(), MAX_PAGE)
        return [TaskLoad(staff, name, int(open_), int(late or 0)) for staff, name, open_, late in rows]

    @permitted("tasks.create")
    async def add(self, access: Access, draft: TaskDraft) -> TaskView:
        """Give a task. Raises NotFound for a record out of reach, Invalid for wrong fields and assignees."""
        actor = access.actor
        if (draft.entity is None) != (draft.record_id is None):
            raise Invalid.one("record_id", "required", _("Name the entity together with the record."))
        where, entity = actor.place.dealership_id, None
        if draft.entity is not None and draft.record_id is not None:
            place = await reached(self._kernel, actor, draft.entity, draft.record_id)
            where, entity = place.dealership_id, place.entity.name
        if where is None:
            raise Forbidden("dealership")
        values = check(msgspec.structs.asdict(draft))
        assignee = draft.assignee_id or actor.id
        name = await self._assignee(access, where, assignee)
        now = self._kernel.clock.now()
        async with self._kernel.db.work(access, now=now) as work:
            task = work.add(
                Task(
                    id=uuid7(),
                    dealership_id=where,
                    owner_id=assignee,
                    title=values["title"],
                    remark=values["remark"],
                    state=store.OPEN,
                    due_at=values["due_at"],
                    remind_at=values["remind_at"],
                    sort_at=values["due_at"] or FAR,
                    entity=entity,
                    record_id=draft.record_id,
                )
            )
            await tell_assigned(self._kernel, work, task, actor)
            await work.flush()
        return (await self._views(actor, [(task, name)]))[0]

    async def _assignee(self, access: Access, dealership_id: UUID, staff_id: UUID) -> str:
        name = await store.person(self._kernel.db, access, dealership_id, staff_id)
        if name is None:
            raise Invalid.one("assignee_id", "assignee", _("You cannot give this person a task."))
        return name

    @permitted("tasks.change")
    async def change(
        self, access: Access, task_id: UUID, change: TaskChange, version: int | None = None
    ) -> TaskView:
        """Alter a task, or give it to somebody else. Raises NotFound, Stale, Invalid, Conflict."""
        actor = access.actor
        values = check({n: v for n, v in msgspec.structs.asdict(change).items() if v is not msgspec.UNSET})
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            task = await self._held(work, access, task_id, version)
            if task.state != store.OPEN:
                raise Conflict(_("This task is closed. Open it again first."), code="closed")
            assignee = values.pop("assignee_id", task.owner_id)
            for name, value in values.items():
                setattr(task, name, value)
            if "due_at" in values:
                task.sort_at = task.due_at or FAR
            if "remind_at" in values:
                task.reminded_at = None
            if assignee != task.owner_id:
                await self._assignee(actor.access("tasks.create"), task.dealership_id, assignee)
                task.owner_id, task.reminded_at = assignee, None
                await tell_assigned(self._kernel, work, task, actor)
            task.updated_at = work.now
        return await self._view(self._reader(access), task_id)

    @permitted("tasks.change")
    async def close(
        self,
        access: Access,
        task_id: UUID,
        state: str = "done",
        remark: str | None = None,
        version: int | None = None,
    ) -> TaskView:
        """Mark a task as done or cancelled; a second time changes nothing. Raises NotFound, Stale."""
        check_choice("state", state, STATES[1:])
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            task = await self._held(work, access, task_id, version)
            if task.state == store.OPEN:
                if remark is not None:
                    task.remark = check({"remark": remark})["remark"]
                task.state, task.closed_by = state, access.actor.id
                task.closed_at = task.sort_at = task.updated_at = work.now
                tell_closed(self._kernel, work, task)
        return await self._view(self._reader(access), task_id)

    @permitted("tasks.change")
    async def reopen(self, access: Access, task_id: UUID, version: int | None = None) -> TaskView:
        """Open a closed task again. Raises NotFound, Stale."""
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            task = await self._held(work, access, task_id, version)
            if task.state != store.OPEN:
                task.state, task.closed_at, task.closed_by = store.OPEN, None, None
                task.sort_at, task.updated_at = task.due_at or FAR, work.now
        return await self._view(self._reader(access), task_id)

    @permitted("tasks.delete")
    async def delete(
        self, access: Access, task_id: UUID, reason: str = "", version: int | None = None
    ) -> None:
        """Take a task away. Raises NotFound, Stale."""
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            task = await self._held(work, access, task_id, version)
            work.reason = reason or work.reason
            task.deleted_at, task.deleted_by, task.delete_reason = work.now, access.actor.id, reason or None

    async def _held(self, work: UnitOfWork, access: Access, task_id: UUID, version: int | None) -> Task:
        task = await store.for_change(work, access, task_id)
        if task is None:
            raise NotFound()
        if version is not None and task.version != version:
            raise Stale({"version": version}, {"version": task.version})
        return task

    def _reader(self, access: Access) -> Access:
        """Whoever changed a task sees the outcome, also after giving it away."""
        actor = access.actor
        return actor.access("tasks.view") if actor.may("tasks.view") else access
