"""Lists, look-ups and single records of one model, read the fast way with the statement compiled once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select

from crm_kernel.actor import Access, Shared
from crm_kernel.dal import cursor as cursors
from crm_kernel.dal.conditions import Question, Where, filled, resolve, targets, unknown, without_index
from crm_kernel.dal.filters import refused
from crm_kernel.dal.keyset import Key, after
from crm_kernel.dal.prepared import Converter, Converters, Prepared, combine, convert
from crm_kernel.dal.query import MAX_BATCH, MAX_SORT_KEYS, Condition, Query, Target
from crm_kernel.dal.scoped import Scoped, Statement, scope_values
from crm_kernel.dal.sharing import shared_form, shared_rules, shared_values
from crm_kernel.dal.types import Encrypted, Id, Json
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.dal.database import Database

_ = messages("kernel")

Row = Sequence[Any]
Masks = Mapping[str, Callable[[Any], Any]]
NO_MASKS: Masks = {}
STRUCTURAL = frozenset(("id", "created_at", "updated_at"))
"""Sort keys that tell nothing about a record of another dealership."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A page: rows of values in the order of the names asked for, and the cursor of the next page."""

    rows: Sequence[Row]
    next: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    prepared: Prepared
    sent: Converters
    typed: Converters
    keys: tuple[Key, ...] = ()
    resumed: tuple[tuple[int, Converter | None], ...] = ()
    """Where in a row each key's value lies, and how it becomes a Python value."""

    def cursor(self, row: Row) -> str:
        """Where the page after this row begins."""
        values = (
            row[place] if change is None or row[place] is None else change(row[place])
            for place, change in self.resumed
        )
        return cursors.encode(self.keys, list(values))


class Listing:
    """What may be read of a model and by what it may be filtered and sorted.

    `columns` maps a name to its mapped column; `filters` maps further names (and may replace columns) to a
    mapped column, a Match, or a function (access, operator, value) -> SQL condition. Which names a person
    may use is the caller's to decide before he asks.
    """

    def __init__(
        self,
        model: type[Any],
        columns: Mapping[str, Any],
        filters: Mapping[str, Target] | None = None,
        *,
        default_sort: Sequence[str] = ("-created_at",),
    ) -> None:
        self.model = model
        self.columns = {"id": model.id, **columns}
        self._targets = targets({**self.columns, **(filters or {})})
        self.default_sort = tuple(default_sort)
        self._orders: dict[tuple[str, ...], tuple[Key, ...]] = {}

    async def page(
        self,
        db: Database,
        access: Access,
        query: Query,
        names: Sequence[str],
        *,
        masks: Masks = NO_MASKS,
        extra: Sequence[ColumnElement[bool]] = (),
        typed: bool = False,
    ) -> Slice:
        """One page of `names`, as JSON wants it sent (or in Python types), masked by `masks`.

        Raises Invalid for a filter or sort key that is not there, Malformed for a broken cursor.
        """
        names = tuple(names)
        plan, values = self._question(db, access, query, names, masks, extra)
        rows = await db.raw(plan.prepared, plan.prepared.arguments(values))
        following = None
        if len(rows) > query.limit:
            rows = rows[: query.limit]
            following = plan.cursor(rows[-1])
        count = await self.count(db, access, query, extra=extra) if query.count else None
        width = len(names) if plan.prepared.width > len(names) else None
        return Slice(convert(rows, plan.typed if typed else plan.sent, width), following, count)

    def statement(
        self,
        db: Database,
        access: Access,
        query: Query,
        names: Sequence[str],
        *,
        extra: Sequence[ColumnElement[bool]] = (),
    ) -> Scoped:
        """The same question for `Database.rows`: up to one row more than the page, keys behind the names."""
        plan, values = self._question(db, access, query, tuple(names), NO_MASKS, extra, keep=False)
        return plan.prepared.scoped.bind(**values)

    def _question(
        self,
        db: Database,
        access: Access,
        query: Query,
        names: tuple[str, ...],
        masks: Masks,
        extra: Sequence[ColumnElement[bool]],
        *,
        keep: bool = True,
    ) -> tuple[_Plan, dict[str, Any]]:
        """The plan of a page and the values it binds."""
        if not 1 <= query.limit <= MAX_BATCH:
            raise refused("limit", "out_of_range", _("This value is out of range."))
        keys = self.order(query.sort)
        where = resolve(access, self._targets, query.conditions, extra)
        rules = self._rules(access, query, keys)
        nulls: tuple[bool, ...] | None = None
        if query.cursor is not None:
            resume = cursors.decode(keys, query.cursor)
            nulls = tuple(value is None for value in resume)
            where.values.update((f"k{n}", value) for n, value in enumerate(resume))
        shape = (query.sort, nulls, query.limit, tuple(masks.items()))
        key = ("page", self, names, query.deleted, access_form(access, rules), *where.shape, *shape)
        plan: _Plan | None = db.plans.get(key) if keep else None
        if plan is None:
            plan = self._page_plan(db, access, query, names, keys, nulls, where, rules, masks)
            if keep:
                db.plans.keep(key, plan)
        values = where.values | scope_values(access)
        return plan, values | shared_values(rules) if rules else values

    async def one(
        self,
        db: Database,
        access: Access,
        id: UUID,
        names: Sequence[str],
        *,
        masks: Masks = NO_MASKS,
        deleted: bool | None = False,
        typed: bool = False,
    ) -> Row | None:
        """The record of an id, or None when it is absent, foreign or out of scope."""
        names = tuple(names)
        rules = shared_rules(access, self.model)
        key = ("one", self, names, deleted, access_form(access, rules), tuple(masks.items()))
        plan: _Plan | None = db.plans.get(key)
        if plan is None:
            asked = Question(self.model, access, rules, db.dialect)
            statement = self._statement(asked, names, deleted, Where())
            statement = statement.where(self.model.id == bindparam("wanted_id", type_=Id))
            plan = self._plan(db, statement, Where(), names, masks)
            db.plans.keep(key, plan)
        values = scope_values(access) | shared_values(rules)
        values["wanted_id"] = id
        rows = await db.raw(plan.prepared, plan.prepared.arguments(values))
        return convert(rows, plan.typed if typed else plan.sent)[0] if rows else None

    async def count(
        self, db: Database, access: Access, query: Query, *, extra: Sequence[ColumnElement[bool]] = ()
    ) -> int:
        """How many records the query finds on all pages together."""
        return (await self.counts(db, access, query, None, extra=extra))[None]

    async def counts(
        self,
        db: Database,
        access: Access,
        query: Query,
        name: str | None,
        *,
        extra: Sequence[ColumnElement[bool]] = (),
    ) -> Mapping[Any, int]:
        """How many for each value of a column, or (under None) in all. Raises Invalid for no such column."""
        where = resolve(access, self._targets, query.conditions, extra)
        names = () if name is None else (name,)
        wanted = query.but(conditions=(*query.conditions, *map(Condition, names)))
        rules = self._rules(access, wanted, self.order(query.sort))
        key = ("count", self, name, query.deleted, access_form(access, rules), *where.shape)
        prepared: Prepared | None = db.plans.get(key)
        if prepared is None:
            asked = Question(self.model, access, rules, db.dialect)
            statement = self._statement(asked, names, query.deleted, where)
            if name is not None:
                statement = statement.group_by(self.columns[name]).add_columns(func.count())
            prepared = Prepared(Scoped(statement, {}), db.engine.dialect, where.extracted)
            db.plans.keep(key, prepared)
        values = where.values | scope_values(access) | shared_values(rules)
        rows = await db.fetch(prepared, values, typed=True)
        return {row[0]: int(row[1]) for row in rows} if name is not None else {None: int(rows[0][0])}

    def conditions(
        self, access: Access, conditions: Sequence[Condition], dialect: str
    ) -> list[ColumnElement[bool]]:
        """What the conditions of a query are in SQL, their values bound; sharing rules take no part."""
        where = resolve(access, self._targets, conditions)
        found = where.build(Question(self.model, access, (), dialect))
        return [filled(part, where.values) for part in found]

    def order(self, sort: Sequence[str]) -> tuple[Key, ...]:
        """The keys of an order, with the id as the last one. Raises Invalid for a name that is not there."""
        wanted = tuple(sort) or self.default_sort
        found = self._orders.get(wanted)
        if found is None:
            if len(wanted) > MAX_SORT_KEYS:
                raise refused(
                    "sort", "too_many", _("At most {count} sort keys are possible.")(count=MAX_SORT_KEYS)
                )
            found = self._order(wanted)
            if len(self._orders) < 256:
                self._orders[wanted] = found
        return found

    def _order(self, wanted: Sequence[str]) -> tuple[Key, ...]:
        keys: dict[str, Key] = {}
        for word in wanted:
            name = word.removeprefix("-")
            column = self.columns.get(name)
            if column is None or isinstance(column.type, Encrypted | Json):
                raise unknown(name)
            nullable = bool(getattr(column, "nullable", True))
            keys.setdefault(name, Key(name, column, column.type, word.startswith("-"), nullable))
        downwards = next(reversed(keys.values())).descending if keys else True
        keys.setdefault("id", Key("id", self.model.id, self.model.id.type, downwards, False))
        return tuple(keys.values())

    def _rules(self, access: Access, query: Query, keys: Sequence[Key]) -> tuple[Shared, ...]:
        """Sharing rules that may take part: a field they do not open cannot be asked for either."""
        rules = shared_rules(access, self.model)
        if not rules:
            return rules
        asked = {condition.field for condition in query.conditions}
        asked |= {key.name for key in keys} - STRUCTURAL
        return tuple(rule for rule in rules if asked <= rule.fields)

    def _statement(
        self, asked: Question, names: Sequence[str], deleted: bool | None, where: Where
    ) -> Statement:
        for name in names:
            if name not in self.columns:
                raise unknown(name)
        columns = [self.columns[name] for name in names] or [func.count()]
        statement: Statement = select(*columns).select_from(self.model)
        statement = statement.where(asked.reach(by_dealership=not where.beside), *where.build(asked))
        if deleted is not None and hasattr(self.model, "deleted_at"):
            alive = self.model.deleted_at.is_(None)
            statement = statement.where(~alive if deleted else alive)
        return statement

    def _page_plan(
        self,
        db: Database,
        access: Access,
        query: Query,
        names: tuple[str, ...],
        keys: tuple[Key, ...],
        nulls: tuple[bool, ...] | None,
        where: Where,
        rules: Sequence[Shared],
        masks: Masks,
    ) -> _Plan:
        selected = names + tuple(key.name for key in keys if key.name not in names)
        asked = Question(self.model, access, rules, db.dialect)
        statement = self._statement(asked, selected, query.deleted, where)
        if nulls is not None:
            binds = [f"k{n}" for n in range(len(keys))]
            statement = statement.where(after(keys, nulls, binds, db.dialect))
        # Few rows are sorted in no time; on SQLite the order must not decide by which index they are found.
        free = without_index if where.few and db.dialect == "sqlite" else None
        statement = statement.order_by(*(key.ordering(free) for key in keys))
        # A literal, so that the planner knows how few rows are wanted.
        statement = statement.limit(literal_column(str(query.limit + 1)))
        plan = self._plan(db, statement, where, names, masks)
        typed = dict(plan.prepared.typed)
        places = [selected.index(key.name) for key in keys]
        return replace(plan, keys=keys, resumed=tuple((place, typed.get(place)) for place in places))

    def _plan(
        self,
        db: Database,
        statement: Statement,
        where: Where,
        names: tuple[str, ...],
        masks: Masks,
    ) -> _Plan:
        prepared = Prepared(Scoped(statement, {}), db.engine.dialect, where.extracted)
        return _Plan(prepared, combine(prepared.sent, names, masks), combine(prepared.typed, names, masks))


def access_form(access: Access, rules: Sequence[Shared]) -> Hashable:
    """What of an access shapes a statement: its scope, which places the person has, the sharing rules."""
    place = access.actor.place
    return (
        access.scope,
        place.dealership_id is None,
        place.group_id is None,
        place.region_id is None,
        place.department_id is None,
        place.team_id is None,
        shared_form(rules),
    )
