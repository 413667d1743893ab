"""The database of one application: scoped reading, units of work, and observers of what is written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from math import inf
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

from crm_kernel.actor import Access, Actor
from crm_kernel.clock import Clock
from crm_kernel.dal.crypto import KeyRing
from crm_kernel.dal.engine import note_if_slow
from crm_kernel.dal.faults import answering, talking, translate
from crm_kernel.dal.prepared import PlanCache, Prepared, convert
from crm_kernel.dal.reader import RawRows, make_reader
from crm_kernel.dal.reader.portable import PortableReader, fetch_on
from crm_kernel.dal.schema import our_schema
from crm_kernel.dal.scoped import Scoped
from crm_kernel.dal.unit_of_work import UnitOfWork, _current, guard_reads
from crm_kernel.settings import Settings


class Observer(Protocol):
    """Something that takes part in every unit of work: audit, search tokens, the event log."""

    def flushing(self, work: UnitOfWork, session: Session) -> None:
        """Before pending changes are sent; `session.new`, `.dirty` and `.deleted` tell them."""

    async def committing(self, work: UnitOfWork) -> None:
        """Before the commit, in the same transaction."""


class GuardedSession(Session):
    """A session that refuses unscoped reads of records."""


guard_reads(GuardedSession)

_shared: ContextVar[tuple[AsyncConnection, object] | None] = ContextVar("crm_shared_connection", default=None)


def _shared_connection() -> AsyncConnection | None:
    """The host's connection, in the very task that shares it: what it sets going works on its own."""
    shared = _shared.get()
    return shared[0] if shared is not None and shared[1] is asyncio.current_task() else None


class Database:
    """Reads with `rows`, writes within `work`. On SQLite writers queue, so that none meets a lock."""

    def __init__(self, engine: AsyncEngine, keys: KeyRing, settings: Settings, clock: Clock) -> None:
        self.engine = engine
        self._clock = clock
        self.keys = keys
        self.settings = settings
        self.dialect = engine.dialect.name
        engine.dialect.crm_keys = keys  # type: ignore[attr-defined]
        self._writer = engine.execution_options(crm_write=True)
        self._sessions = async_sessionmaker(
            self._writer, sync_session_class=GuardedSession, expire_on_commit=False, autoflush=False
        )
        self._write_lock = asyncio.Lock() if self.dialect == "sqlite" else None
        self._observers: list[Observer] = []
        self.plans = PlanCache()
        self.reader = make_reader(engine)
        # The portable reader works through the engine, which watches its statements itself.
        self._slow = inf if isinstance(self.reader, PortableReader) else settings.slow_query_ms / 1000

    def observe(self, observer: Observer) -> None:
        """Let an observer take part in every unit of work from now on."""
        self._observers.append(observer)

    async def rows(self, statement: Scoped) -> Sequence[Any]:
        """Rows of a scoped statement: inside the task's open unit of work if there is one, else on their own.

        A statement that selects one column or class gives that value per row. Objects come detached.
        """
        work = UnitOfWork.current()
        if work is not None:
            return await work.rows(statement)
        with answering():
            async with AsyncSession(
                _shared_connection() or self.engine, sync_session_class=GuardedSession, expire_on_commit=False
            ) as session:
                result = await session.execute(statement.statement, dict(statement.values))
                return list(result.scalars() if len(result.keys()) == 1 else result)

    async def first(self, statement: Scoped) -> Any:
        """The first row, or None."""
        found = await self.rows(statement.limit(1))
        return found[0] if found else None

    def prepared(self, key: Hashable, build: Callable[[], Scoped]) -> Prepared:
        """The compiled statement kept under the key; `build` makes it the first time.

        Values that differ from call to call must be named parameters (`bindparam("plate")`); everything
        else is part of the statement, and so of the key.
        """
        found: Prepared | None = self.plans.get(key)
        if found is None:
            found = Prepared(build(), self.engine.dialect)
            self.plans.keep(key, found)
        return found

    async def fetch(
        self, prepared: Prepared, values: Mapping[str, Any], *, typed: bool = False
    ) -> Sequence[Sequence[Any]]:
        """Rows of a prepared statement, the fast way: as JSON wants them sent, or in Python types."""
        rows = await self.raw(prepared, prepared.arguments(values))
        return convert(rows, prepared.typed if typed else prepared.sent)

    async def raw(self, prepared: Prepared, arguments: tuple[Any, ...]) -> RawRows:
        """Rows as the driver gives them: committed data, or what the task's open unit of work sees."""
        work = UnitOfWork.current()
        try:
            connection = work.connection if work is not None else _shared_connection()
            if connection is not None:
                return await fetch_on(connection, prepared, arguments)
            began = time.perf_counter()
            rows = await self.reader.fetch(prepared, arguments)
            note_if_slow(time.perf_counter() - began, self._slow, prepared.sql)
            return rows
        except Exception as fault:
            known = talking(fault)
            if known is None:
                raise
            raise known from fault

    @asynccontextmanager
    async def work(
        self, by: Access | Actor | None, *, now: datetime | None = None
    ) -> AsyncIterator[UnitOfWork]:
        """A transaction on behalf of somebody (None: the kernel itself); joins the task's open one.

        Commits at the end, rolls back on any exception. Raises Stale when a record changed since it was
        read, Unavailable when the database does not answer.
        """
        open_one = UnitOfWork.current()
        actor = by.actor if isinstance(by, Access) else by
        if open_one is not None:
            async with open_one.joined(actor):
                yield open_one
            return
        shared = _shared_connection()
        async with AsyncExitStack() as stack:
            if self._write_lock is not None and shared is None:
                await stack.enter_async_context(self._write_lock)
            session = await stack.enter_async_context(
                self._sessions(bind=shared, join_transaction_mode="create_savepoint")
                if shared is not None
                else self._sessions()
            )
            with answering():
                connection = await session.connection()
            work = UnitOfWork(self, session, connection, actor, now or self._clock.now())
            token = _current.set(work)
            try:
                yield work
                await work.flush()
                for observer in self._observers:
                    await observer.committing(work)
                work.check_whole()
                await session.commit()
            except BaseException as fault:
                await asyncio.shield(session.rollback())
                known = translate(fault)
                if known is None:
                    raise
                raise known from fault
            finally:
                _current.reset(token)
        await work._finish()

    @asynccontextmanager
    async def sharing(self, connection: AsyncConnection) -> AsyncIterator[None]:
        """Read and write on a host's connection: what is written belongs to its open transaction.

        Each unit of work becomes a savepoint; the host commits, or undoes all of it. Raises ValueError for
        a connection to another kind of database.
        """
        if connection.dialect.name != self.dialect:
            raise ValueError(f"the host's connection speaks {connection.dialect.name}, not {self.dialect}")
        connection.dialect.crm_keys = self.keys  # type: ignore[attr-defined]
        token = _shared.set((connection, asyncio.current_task()))
        try:
            async with our_schema(connection, self.settings.database_schema):
                yield
        finally:
            _shared.reset(token)

    async def close(self) -> None:
        """Give all connections back."""
        await self.reader.close()
        await self.engine.dispose()


@event.listens_for(GuardedSession, "before_flush")
def _tell_observers(session: Session, _context: object, _instances: object) -> None:
    work: UnitOfWork | None = session.info.get("crm_work")
    if work is not None:
        for observer in work.database._observers:
            observer.flushing(work, session)
