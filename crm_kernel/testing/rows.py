"""One row of anything: values that its columns accept, found by type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Float, Integer, Numeric

from crm_kernel.contributions import Entity
from crm_kernel.dal.types import Amount, Encrypted, Id, Json, UtcTime, uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.kernel import Kernel

MARK = "ZZforeign"


class RowMaker:
    """Puts rows of entities into one dealership, with the rows they refer to."""

    def __init__(
        self,
        kernel: Kernel,
        work: UnitOfWork,
        dealership_id: UUID,
        staff_id: UUID,
        samples: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> None:
        self._work = work
        self._samples = samples
        self._known: dict[str, UUID] = {"crm_dealership": dealership_id, "crm_staff": staff_id}
        self._by_table = {e.model.__tablename__: e for e in kernel.registry.of(Entity)}

    async def make(self, entity: Entity, **given: Any) -> UUID:
        """The id of a row of this entity; `given` values win over samples, samples over what types allow."""
        table = entity.model.__tablename__
        if table not in self._known:
            values = {
                column.name: await self._value(column)
                for column in entity.model.__table__.columns
                if self._needed(column, entity)
            }
            values |= {**self._samples.get(entity.name, {}), **given}
            row = self._work.add(entity.model(**values))
            await self._work.flush()
            self._known[table] = row.id
        return self._known[table]

    def _needed(self, column: Column[Any], entity: Entity) -> bool:
        if column.name in ("id", "version", "created_at", "updated_at", "tags", "custom"):
            return False
        if column.name in ("dealership_id", entity.title):
            return True
        return not column.nullable and column.default is None and column.server_default is None

    async def _value(self, column: Column[Any]) -> Any:
        for key in column.foreign_keys:
            target = key.target_fullname.partition(".")[0]
            if target in self._by_table:
                return await self.make(self._by_table[target])
            if target in self._known:
                return self._known[target]
        if column.name == "dealership_id":
            return self._known["crm_dealership"]
        return _of_type(column)


def _of_type(column: Column[Any]) -> Any:
    samples: tuple[tuple[type[Any], Any], ...] = (
        (Encrypted, MARK),
        (Json, {}),
        (UtcTime, None),
        (Id, uuid7()),
        (Amount, Decimal("1.00")),
        (Boolean, False),
        (Integer, 1),
        (Date, date(2026, 11, 23)),
        (Float, 1.0),
        (Numeric, Decimal(1)),
    )
    for kind, value in samples:
        if isinstance(column.type, kind):
            if kind is UtcTime:
                from datetime import UTC, datetime

                return datetime(2026, 11, 23, tzinfo=UTC)
            return value
    length = getattr(column.type, "length", None) or 60
    unique = uuid7().hex[-max(0, min(length - len(MARK), 32)) :]
    return f"{MARK}{unique}" if length > len(MARK) else MARK[:length]
