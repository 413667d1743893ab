"""The statement that counts records by groups, whatever they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column

from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scoped

CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Summed:
    """What is wanted of each group: how many fit the conditions, or the sum of a column of those."""

    conditions: Sequence[ColumnElement[bool]]
    column: Any = None

    def expression(self) -> ColumnElement[Any]:
        """Its SQL."""
        if self.column is None:
            if not self.conditions:
                return func.count()
            return func.coalesce(func.sum(case((and_(*self.conditions), 1), else_=0)), 0)
        added = case((and_(*self.conditions), self.column)) if self.conditions else self.column
        return func.sum(added, type_=self.column.type)


def bucket(column: Any, edges: Sequence[datetime]) -> ColumnElement[int]:
    """Between which edges a moment lies: 0 before the first of them."""
    return case(*((column < edge, place) for place, edge in enumerate(edges)), else_=len(edges))


async def grouped(
    database: Database,
    access: Access,
    model: type[Any],
    keys: Sequence[Any],
    wanted: Sequence[Summed],
    conditions: Sequence[ColumnElement[bool]],
) -> Sequence[Sequence[Any]]:
    """Rows of (*keys, *wanted) over the living records within an access that fit the conditions."""
    # Grouped by the labels: a driver numbers the values in an expression anew wherever it stands.
    names = [f"report_key_{place}" for place in range(len(keys))]
    labelled = [key.label(name) for key, name in zip(keys, names, strict=True)]
    columns = [*labelled, *(one.expression() for one in wanted)]
    # A statement of one column gives bare values; there is always a second one.
    statement = scoped(access, model, *columns, literal_column("1")).where(*conditions)
    if names:
        statement = statement.group_by(*(literal_column(name) for name in names))
    return [row[:-1] for row in await database.rows(statement)]
