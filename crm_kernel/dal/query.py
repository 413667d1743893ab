"""What may be asked of a list of records: conditions, order, page. Plain data, so that it can be stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement

from crm_kernel.actor import Access
from crm_kernel.contributions import Operator

OPERATORS: frozenset[Operator] = frozenset(
    ("eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "startswith", "endswith", "empty")
)

MAX_CONDITIONS = 20
MAX_SORT_KEYS = 4
MAX_IN = 1000
MAX_TEXT = 1000
MAX_PAGE = 200
"""What one request of a person or program may ask for."""
MAX_BATCH = 5000
"""Rows in one page of a bulk reader (export, bulk change)."""


class Condition(msgspec.Struct, frozen=True):
    """One filter. `value` is a Python value of the column's type; for `in` a sequence, for `empty` a bool.

    `eq` and `ne` take None. Text is compared without regard to case by `contains`, `startswith` and
    `endswith`. On a list column (tags) `eq` and `contains` mean that the value is an element.
    """

    field: str
    op: Operator = "eq"
    value: Any = None


class Query(msgspec.Struct, frozen=True):
    """A question to a list.

    `sort` names fields, a leading `-` turns the order (`("-created_at", "name")`); `cursor` is the `next` of
    the page before; `q` is the search box; `fields` limits what is returned (None: all); `count` asks for
    the exact number of records; `deleted` False reads living records, True deleted ones, None both.
    """

    conditions: tuple[Condition, ...] = ()
    sort: tuple[str, ...] = ()
    limit: int = 50
    cursor: str | None = None
    q: str | None = None
    fields: tuple[str, ...] | None = None
    count: bool = False
    deleted: bool | None = False

    def but(self, **changes: Any) -> Query:
        """The same question with some parts changed."""
        return msgspec.structs.replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Match:
    """A look-up by a derived column: `Match(Customer.mobile_bi, lambda access, v: blind(...))`.

    `stored` turns what was asked into the column's value, or into a tuple of values any of which may stand
    there. Where the column lies in a table of its own, which has a `dealership_id`, `beside` is that table's
    column with the record's id. Faster than a function that builds SQL: the statement is always the same.
    """

    column: Any
    stored: Callable[[Access, Any], Any]
    beside: Any = None


Builder = Callable[[Access, Operator, Any], ColumnElement[bool]]
"""A filter that is more than a column: gets the access, the operator and the value."""

Target = Any
"""What a filter's name leads to: a mapped column, a Match, or a Builder."""
