"""Statements over the chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from crm_kernel.audit.chain import Log
from crm_kernel.audit.models import AuditChange, AuditCheck, AuditHead, AuditRow
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork

KEPT_CHECKS = 400


@dataclass(frozen=True, slots=True)
class Link:
    """A sealed entry as it lies."""

    number: int
    previous_hash: str | None
    hash: str | None
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Tail:
    """Entries no sealer has reached yet."""

    count: int
    since: datetime | None


class ChainStore:
    """Reads chains, and adds their links."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # Sealing

    async def lock_head(self, work: UnitOfWork, log: Log) -> AuditHead | None:
        """The head, waiting for another sealer to finish."""
        found: AuditHead | None = await work.first(
            trusted(select(AuditHead).where(AuditHead.log == log.name).with_for_update())
        )
        return found

    async def has_head(self, log: Log) -> bool:
        """Whether the log's chain was begun."""
        return (
            await self._db.first(trusted(select(AuditHead.log).where(AuditHead.log == log.name))) is not None
        )

    async def any_sealed(self, log: Log) -> bool:
        """Whether any entry carries a number."""
        return await self._db.first(trusted(_some_number(log))) is not None

    async def any_unsealed(self, log: Log) -> bool:
        """Whether any committed entry carries none."""
        waiting = select(log.model.seq).where(log.model.number.is_(None)).limit(1)
        return await self._db.first(trusted(waiting)) is not None

    async def unsealed(self, work: UnitOfWork, log: Log, limit: int) -> Sequence[Any]:
        """(seq, at, what `Log.stored` names ...) of the oldest committed entries without a number."""
        statement = select(log.model.seq, log.model.at, *log.stored()).where(log.model.number.is_(None))
        return await work.rows(trusted(statement.order_by(log.model.seq).limit(limit)))

    async def seal(self, work: UnitOfWork, log: Log, links: list[dict[str, Any]]) -> None:
        """Write numbers and hashes (keys: of, number, previous_hash, hash)."""
        table: Any = log.model.__table__
        statement = (
            update(table)
            .where(table.c.seq == bindparam("of"))
            .values({name: bindparam(name) for name in ("number", "previous_hash", "hash")})
        )
        await work.execute(statement, links)

    # Clearing

    async def oldest(self, work: UnitOfWork, log: Log, after: int, limit: int) -> Sequence[Any]:
        """(number, hash, at) of sealed entries behind a number, in their order."""
        model = log.model
        statement = select(model.number, model.hash, model.at).where(model.number > after)
        return await work.rows(trusted(statement.order_by(model.number).limit(limit)))

    async def clear(self, work: UnitOfWork, log: Log, until: int) -> None:
        """Delete sealed entries up to a number."""
        await work.execute(delete(log.model).where(log.model.number <= until))

    async def recorded_cut(self, entity: str, verb: str) -> str:
        """What the change log says about the latest cut; empty when it says nothing."""
        statement = (
            select(AuditChange.after)
            .where(AuditChange.entity == entity, AuditChange.record_id.is_(None), AuditChange.verb == verb)
            .order_by(AuditChange.seq.desc())
            .limit(1)
        )
        return str(await self._db.first(trusted(statement)) or "")

    # Reading

    async def heads(self) -> dict[str, AuditHead]:
        """Both heads, as far as there are any, by the log's name."""
        rows = await self._db.rows(trusted(select(AuditHead)))
        return {head.log: head for head in rows}

    async def tail(self, log: Log) -> Tail:
        """How much is not sealed, and since when."""
        statement = select(func.count(), func.min(log.model.at)).where(log.model.number.is_(None))
        count, since = (await self._db.rows(trusted(statement)))[0]
        return Tail(int(count), since)

    async def links(self, log: Log, after: int, until: int, limit: int) -> list[Link]:
        """Sealed entries with numbers in (after, until], in their order."""
        model = log.model
        statement = (
            select(model.number, model.previous_hash, model.hash, *log.stored())
            .where(model.number > after, model.number <= until)
            .order_by(model.number)
            .limit(limit)
        )
        rows = await self._db.rows(trusted(statement))
        return [Link(row[0], row[1], row[2], tuple(row[3:])) for row in rows]

    async def hash_of(self, log: Log, number: int) -> str | None:
        """The stored hash of an entry."""
        found: str | None = await self._db.first(
            trusted(select(log.model.hash).where(log.model.number == number))
        )
        return found

    async def last_number(self, log: Log) -> int:
        """The highest number any entry carries; 0 for none."""
        return int(await self._db.first(trusted(select(func.max(log.model.number)))) or 0)

    async def first_number(self, log: Log) -> int | None:
        """The lowest number any entry carries."""
        found: int | None = await self._db.first(trusted(select(func.min(log.model.number))))
        return found

    async def bulk_rows(self, seq: int) -> list[tuple[str, str, str, str]]:
        """The rows of one bulk entry, as its digest takes them."""
        columns = (AuditRow.record_id, AuditRow.verb, AuditRow.before, AuditRow.after)
        rows = await self._db.rows(trusted(select(*columns).where(AuditRow.change_seq == seq)))
        return [(str(row[0]), row[1], row[2], row[3]) for row in rows]

    async def with_rows(self, seqs: Sequence[int]) -> int | None:
        """The first of these entries that has bulk rows."""
        found: int | None = await self._db.first(
            trusted(select(func.min(AuditRow.change_seq)).where(AuditRow.change_seq.in_(seqs)))
        )
        return found

    async def stray_row(self) -> int | None:
        """The number under which a bulk row lies that belongs to no entry."""
        entries = select(AuditChange.seq).where(AuditChange.seq == AuditRow.change_seq)
        statement = select(func.min(AuditRow.change_seq)).where(~entries.exists())
        found: int | None = await self._db.first(trusted(statement))
        return found

    # Verifications

    async def note(self, work: UnitOfWork, check: AuditCheck) -> None:
        """Keep the outcome of a verification, and forget very old ones."""
        work.session.add(check)
        await work.flush()
        old = select(AuditCheck.id).order_by(AuditCheck.id.desc()).offset(KEPT_CHECKS).limit(1)
        edge = await work.first(trusted(old))
        if edge is not None:
            await work.execute(delete(AuditCheck).where(AuditCheck.id <= edge))

    async def checks(self, limit: int) -> Sequence[AuditCheck]:
        """Verifications, newest first."""
        return await self._db.rows(trusted(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(limit)))


def _some_number(log: Log) -> Any:
    return select(log.model.seq).where(log.model.number.is_not(None)).limit(1)
