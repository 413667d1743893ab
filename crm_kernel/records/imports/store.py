"""Statements of the import: what stands under a key, bulk writing, runs, rejected rows, mappings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, func, select, tuple_, update

from crm_kernel.contributions import Entity
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.imports.models import ImportMapping, ImportReject, ImportRun

if TYPE_CHECKING:
    from crm_kernel.records.imports.importer import Key, Staged

BATCH = 500


def _matches(model: Any, names: Sequence[str], keys: Sequence[Key]) -> Any:
    columns = [getattr(model, name) for name in names]
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(keys)


async def standing(
    db: Database, dealership: UUID, entity: Entity, keys: Iterable[Key]
) -> tuple[dict[UUID, Key], set[Key]]:
    """What the dealership has under these natural keys: living records by id, and keys of deleted ones."""
    model = entity.model
    columns = [getattr(model, name) for name in entity.key]
    living: dict[UUID, Key] = {}
    gone: set[Key] = set()
    wanted = list(keys)
    for begin in range(0, len(wanted), BATCH):
        statement = select(model.id, model.deleted_at, *columns).where(
            model.dealership_id == dealership, _matches(model, entity.key, wanted[begin : begin + BATCH])
        )
        for row in await db.rows(trusted(statement)):
            if row[1] is None:
                living[row[0]] = tuple(row[2:])
            else:
                gone.add(tuple(row[2:]))
    return living, gone - set(living.values())


async def living(db: Database, dealership: UUID, entity: Entity, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids that are living records of the dealership."""
    model = entity.model
    found: set[UUID] = set()
    wanted = list(ids)
    for begin in range(0, len(wanted), BATCH):
        statement = select(model.id).where(
            model.id.in_(wanted[begin : begin + BATCH]),
            model.dealership_id == dealership,
            model.deleted_at.is_(None),
        )
        found.update(await db.rows(trusted(statement)))
    return found


async def current(
    db: Database, entity: Entity, columns: Sequence[str], living: Mapping[UUID, Key]
) -> dict[Key, Staged]:
    """These records as staged ones."""
    from crm_kernel.records.imports.importer import Staged

    model = entity.model
    found: dict[Key, Staged] = {}
    wanted = list(living)
    for begin in range(0, len(wanted), BATCH):
        statement = select(model.id, model.version, *(getattr(model, name) for name in columns)).where(
            model.id.in_(wanted[begin : begin + BATCH])
        )
        for row in await db.rows(trusted(statement)):
            values = dict(zip(columns, row[2:], strict=True))
            found[living[row[0]]] = Staged(row[0], new=False, values=values, before={}, version=row[1])
    return found


async def ids_by_key(
    db: Database, dealership: UUID, entity: Entity, values: Sequence[Any]
) -> dict[Any, UUID]:
    """Key value to id, for the living records of a dealership."""
    model = entity.model
    column = getattr(model, entity.key[0])
    found: dict[Any, UUID] = {}
    for begin in range(0, len(values), BATCH):
        statement = select(column, model.id).where(
            model.dealership_id == dealership,
            model.deleted_at.is_(None),
            column.in_(values[begin : begin + BATCH]),
        )
        found.update({row[0]: row[1] for row in await db.rows(trusted(statement))})
    return found


async def update_records(work: UnitOfWork, model: Any, changed: Sequence[Staged]) -> None:
    """Write the changes of existing records; rows with the same changed columns go together."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for staged in changed:
        names = tuple(sorted(staged.changes))
        groups[names].append(
            {"b_id": staged.id, "b_now": work.now, **{f"b_{n}": staged.changes[n] for n in names}}
        )
    table = model.__table__
    for names, rows in groups.items():
        values = {name: bindparam(f"b_{name}", type_=table.c[name].type) for name in names}
        statement = (
            update(table)
            .where(table.c.id == bindparam("b_id", type_=table.c.id.type))
            .values(
                **values,
                version=table.c.version + 1,
                updated_at=bindparam("b_now", type_=table.c.updated_at.type),
            )
        )
        connection = await work.session.connection()
        await connection.execute(statement, rows)


async def run(db: Database, dealership: UUID, run_id: UUID) -> ImportRun | None:
    """A run of the dealership."""
    found: ImportRun | None = await db.first(
        trusted(select(ImportRun).where(ImportRun.id == run_id, ImportRun.dealership_id == dealership))
    )
    return found


async def runs(db: Database, dealership: UUID, limit: int) -> Sequence[ImportRun]:
    """The dealership's latest runs."""
    return await db.rows(
        trusted(
            select(ImportRun)
            .where(ImportRun.dealership_id == dealership)
            .order_by(ImportRun.created_at.desc(), ImportRun.id.desc())
            .limit(limit)
        )
    )


async def rejects(db: Database, run_id: UUID, after: int, limit: int) -> Sequence[ImportReject]:
    """Refused rows of a run in file order, those below line `after`."""
    return await db.rows(
        trusted(
            select(ImportReject)
            .where(ImportReject.run_id == run_id, ImportReject.line > after)
            .order_by(ImportReject.line)
            .limit(limit)
        )
    )


async def count_rejects(db: Database, run_id: UUID) -> int:
    """How many rows a run refused."""
    return int(await db.first(trusted(select(func.count()).where(ImportReject.run_id == run_id))) or 0)


async def forget_rejects(work: UnitOfWork, run_id: UUID, lines: Sequence[int]) -> None:
    """Take corrected rows off the list."""
    await work.execute(
        delete(ImportReject).where(and_(ImportReject.run_id == run_id, ImportReject.line.in_(list(lines))))
    )


async def remembered(db: Database, dealership: UUID, kind: str, signature: str) -> dict[str, str] | None:
    """The mapping chosen last for files of this form."""
    found: dict[str, str] | None = await db.first(
        trusted(
            select(ImportMapping.mapping).where(
                ImportMapping.dealership_id == dealership,
                ImportMapping.kind == kind,
                ImportMapping.signature == signature,
            )
        )
    )
    return found


async def remember(
    work: UnitOfWork, dealership: UUID, kind: str, signature: str, mapping: dict[str, str]
) -> None:
    """Keep a mapping for the next file of this form."""
    done = await work.execute(
        update(ImportMapping)
        .where(
            ImportMapping.dealership_id == dealership,
            ImportMapping.kind == kind,
            ImportMapping.signature == signature,
        )
        .values(mapping=mapping)
    )
    if not done.rowcount:
        work.add(ImportMapping(dealership_id=dealership, kind=kind, signature=signature, mapping=mapping))
