"""One business transaction: what is changed and told in it is committed together or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.exc import StaleDataError

from crm_kernel.actor import Access, Actor
from crm_kernel.dal import bulk
from crm_kernel.dal.base import Record, Row
from crm_kernel.dal.scoped import Scoped, is_record, scoped
from crm_kernel.errors import CrmError, NotFound, Stale
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.dal.database import Database

_ = messages("kernel")
M = TypeVar("M", bound=Row)

_current: ContextVar[UnitOfWork | None] = ContextVar("crm_unit_of_work", default=None)


class UnitOfWork:
    """An open transaction on behalf of somebody.

    `now` is when what is written happens; whoever tells a history afterwards sets it as the story goes on,
    and back at its end: the change log and events take it at the commit.

    `facts` is a scratch place by which observers (audit, search, events) hand things to each other until
    the commit. Nested services join the open one of their task.
    """

    def __init__(
        self,
        database: Database,
        session: AsyncSession,
        connection: AsyncConnection,
        actor: Actor | None,
        now: datetime,
    ) -> None:
        self.database = database
        self.session = session
        self.connection = connection
        self.actor = actor
        self.now = now
        self.facts: dict[str, Any] = {}
        self.reason: str | None = None
        self._task = asyncio.current_task()
        self._after: list[Callable[[], Awaitable[None] | None]] = []
        self._written = 0
        self._broken: BaseException | None = None
        session.sync_session.info["crm_work"] = self

    @classmethod
    def current(cls) -> UnitOfWork | None:
        """The transaction open in this very task, if any."""
        work = _current.get()
        return work if work is not None and work._task is asyncio.current_task() else None

    @asynccontextmanager
    async def joined(self, actor: Actor | None) -> AsyncIterator[None]:
        """Let a nested service write in this transaction, signed by its own actor if it has one."""
        outer = self.actor
        await self.flush()
        written = self._written
        if actor is not None:
            self.actor = actor
        try:
            yield
            await self.flush()
        except BaseException as fault:
            # Who catches this must not commit the half that was already written.
            if self._written != written or _pending(self.session.sync_session):
                self._broken = self._broken or fault
            raise
        finally:
            self.actor = outer

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that may fail without taking the rest along: everything in it stands, or nothing of it.

        After a failure, objects read or changed inside must be read again.
        """
        await self.flush()
        facts, after, written, broken = _copied(self.facts), list(self._after), self._written, self._broken
        nested = await self.session.begin_nested()
        await self.session.connection()  # only now is the savepoint set
        try:
            yield
            await self.flush()
            await nested.commit()
        except BaseException:
            await asyncio.shield(nested.rollback())
            self.facts, self._after, self._written, self._broken = facts, after, written, broken
            raise

    def check_whole(self) -> None:
        """Raise what a nested part failed with after it had written, if somebody swallowed it."""
        if self._broken is not None:
            raise self._broken

    # Reading for change

    async def rows(self, statement: Scoped) -> Sequence[Any]:
        """Rows (or objects, when one class is selected) of a scoped statement, inside this transaction."""
        result = await self.session.execute(statement.statement, dict(statement.values))
        return list(result.scalars() if len(result.keys()) == 1 else result)

    async def first(self, statement: Scoped) -> Any:
        """The first row, or None."""
        found = await self.rows(statement.limit(1))
        return found[0] if found else None

    async def get(
        self,
        access: Access,
        model: type[M],
        id: UUID,
        *,
        deleted: bool | None = False,
        version: int | None = None,
    ) -> M:
        """A record for change, within the access's scope.

        Raises NotFound for absent, foreign and out-of-scope ids alike, Stale when `version` (as the caller
        saw it) is no longer the current one.
        """
        found: M | None = await self.first(scoped(access, model, deleted=deleted).where(model.id == id))
        if found is None:
            raise NotFound()
        if version is not None and isinstance(found, Record) and found.version != version:
            raise Stale({"version": version}, {"version": found.version})
        return found

    async def execute(self, statement: Any, values: Any = None) -> Any:
        """Run an insert, update or delete on tables that are not records; observers do not see it."""
        self._written += 1
        return await self.session.execute(statement, values)

    # Writing

    def add(self, row: M) -> M:
        """Put a new row in. A record gets its dealership, author, owner and times from the actor."""
        if isinstance(row, Record):
            self._sign(row)
        self.session.add(row)
        return row

    def _sign(self, record: Record) -> None:
        given = record.__dict__
        signature: dict[str, Any] = {"created_at": self.now, "updated_at": self.now, "tags": [], "custom": {}}
        if self.actor is not None:
            signature |= {"created_by": self.actor.id, "owner_id": self.actor.id}
            if given.get("dealership_id") is None:
                signature["dealership_id"] = self.actor.dealership_id
        for name, value in signature.items():
            if given.get(name) is None:
                setattr(record, name, value)

    async def bulk_insert(self, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows of column values fast; all have the same keys. Observers do not see them.

        The database may still be writing when this returns; what is asked next waits for it, and a broken
        constraint is raised by the next flush at the latest. Columns left out get their defaults, those of a
        record (dealership, author, times, version) too.
        """
        self._written += 1
        await bulk.insert_rows(self, model, rows)

    async def bulk_update(self, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
        """Set columns of many rows by their `id`; all have the same keys. Observers do not see it.

        Records get a new version and time of change. The caller has read the ids within his scope.
        """
        self._written += 1
        await bulk.update_rows(self, model, rows)

    async def remove(self, row: Row) -> None:
        """Delete a row for good."""
        await self.session.delete(row)

    async def flush(self) -> None:
        """Send what is pending. Raises Stale when somebody changed a record since it was read."""
        if _pending(self.session.sync_session):
            try:
                await self.session.flush()
            except StaleDataError as fault:
                raise Stale({}, {}) from fault
        await bulk.settle(self)

    def after_commit(self, action: Callable[[], Awaitable[None] | None]) -> None:
        """Do something once the transaction stands; never runs after a rollback."""
        self._after.append(action)

    async def _finish(self) -> None:
        for action in self._after:
            done = action()
            if done is not None:
                await done


def _pending(session: Session) -> bool:
    return bool(session.new or session.deleted or any(session.is_modified(row) for row in session.dirty))


def _copied(value: Any) -> Any:
    """A copy of a fact and of everything in it that may change in place; mapped objects stay themselves."""
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    if isinstance(value, list | set):
        return type(value)(_copied(one) for one in value)
    parameters = getattr(value, "__dataclass_params__", None)
    if parameters is None or parameters.frozen or isinstance(value, type):
        return value
    return replace(value, **{f.name: _copied(getattr(value, f.name)) for f in fields(value) if f.init})


def guard_reads(session_class: type[Session]) -> None:
    """The second net: an ORM read of records without a scope is refused, whoever wrote it."""

    @event.listens_for(session_class, "after_flush")
    def count(session: Session, _context: object) -> None:
        work: UnitOfWork | None = session.info.get("crm_work")
        if work is not None:
            work._written += 1

    @event.listens_for(session_class, "do_orm_execute")
    def refuse(state: ORMExecuteState) -> None:
        if not state.is_select or state.is_column_load or state.is_relationship_load:
            return
        if state.execution_options.get("crm_scoped"):
            return
        if any(is_record(mapper.class_) for mapper in state.all_mappers):
            raise UnscopedRead(str(state.statement)[:200])


class UnscopedRead(CrmError):
    """A programming fault: records were about to be read without anybody's scope."""

    code = "unscoped_read"

    def __init__(self, statement: str) -> None:
        super().__init__(_("A statement without row scope was refused."))
        self.statement = statement
