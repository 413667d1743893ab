"""The conditions of a query, resolved against what a list may be asked: SQL shapes apart from values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import BinaryExpression, BindParameter, ColumnElement, UnaryExpression, bindparam, or_, select
from sqlalchemy.sql import operators, visitors
from sqlalchemy.types import TypeEngine

from crm_kernel.actor import Access, Scope, Shared
from crm_kernel.dal.filters import Form, expression, filled_up, form_of, refused
from crm_kernel.dal.query import MAX_CONDITIONS, Builder, Condition, Match, Target
from crm_kernel.dal.scoped import scope_condition
from crm_kernel.dal.sharing import released_condition
from crm_kernel.errors import Invalid
from crm_kernel.text import messages

_ = messages("kernel")

_NO_OPTIONS: Mapping[str, Any] = {}


class Compared(NamedTuple):
    """A target that is a column; `stored` turns what is asked into what lies there."""

    column: Any
    type: TypeEngine[Any]
    stored: Callable[[Access, Any], Any] | None = None
    beside: Any = None


def targets(filters: Mapping[str, Target]) -> dict[str, Compared | Builder]:
    """What filters lead to, looked up once: asking a mapped column for its type is slow."""
    found: dict[str, Compared | Builder] = {}
    for name, target in filters.items():
        if isinstance(target, Match):
            found[name] = Compared(target.column, target.column.type, target.stored, target.beside)
        elif hasattr(target, "type"):
            found[name] = Compared(target, target.type)
        else:
            found[name] = target
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks what: the model, the access, the sharing rules that take part, and the database's dialect."""

    model: type[Any]
    access: Access
    rules: Sequence[Shared]
    dialect: str

    def reach(self, *, by_dealership: bool = True) -> ColumnElement[bool]:
        """The records the access finds; `by_dealership` False keeps SQLite from finding them that way."""
        own = self.model.dealership_id
        column = own if by_dealership or self.dialect != "sqlite" else without_index(own)
        within = scope_condition(self.access.scope, self.access.actor.place, self.model, column)
        released = released_condition(self.rules, self.model, dealership=column)
        return within if released is None else or_(within, released)

    def owners(self, column: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """Records whose id stands in a column of a table beside theirs, in rows that fit a condition."""
        beside = column.class_
        scope = max(self.access.scope, Scope.DEALERSHIP)
        place = scope_condition(scope, self.access.actor.place, beside)
        released = released_condition(self.rules, beside, tagged=False)
        rows = select(column).where(place if released is None else or_(place, released), condition)
        found: ColumnElement[bool] = self.model.id.in_(rows)
        return found


class Comparison(NamedTuple):
    """A condition on a column whose values are bound under `names`."""

    compared: Compared
    form: Form
    names: Sequence[str]

    def build(self, question: Question) -> ColumnElement[bool]:
        """Its SQL."""
        found = expression(self.compared.column, self.form, self.names, question.dialect)
        return found if self.compared.beside is None else question.owners(self.compared.beside, found)


@dataclass(slots=True)
class Where:
    """Conditions split into `shape` (the key of a plan), `values`, and the parts to build SQL of if need be.

    A shape counts within one list only, where a name always leads to the same target. `few` marks a look-up
    that finds next to nothing, `beside` one that finds it by ids from another table.
    """

    shape: list[Hashable] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    parts: list[Comparison | ColumnElement[bool]] = field(default_factory=list)
    extracted: dict[BindParameter[Any], str] = field(default_factory=dict)
    few: bool = False
    beside: bool = False

    def add(self, compared: Compared, condition: Condition) -> None:
        """A condition on a column."""
        form, values = form_of(condition, compared.type)
        self.few = self.few or (compared.stored is not None and form.op in ("eq", "in"))
        self.beside = self.beside or compared.beside is not None
        start = len(self.values)
        names = [f"f{n}" for n in range(start, start + len(values))]
        self.values.update(zip(names, values, strict=True))
        self.shape.append(form)
        self.parts.append(Comparison(compared, form, names))

    def add_sql(self, element: ColumnElement[bool]) -> None:
        """A condition made by somebody else; its parameters are taken out, so that its shape can be kept."""
        key = element._generate_cache_key()
        if key is not None and any(bind.expanding for bind in key.bindparams):
            element = _without_expanding(element)
            key = element._generate_cache_key()
        if key is None:
            raise TypeError(f"the condition {type(element).__name__} cannot be kept as a plan")
        self.shape.append(key.key)
        for bind in key.bindparams:
            name = f"f{len(self.values)}"
            self.values[name] = bind.effective_value
            self.extracted[bind] = name
        self.parts.append(element)

    def build(self, question: Question) -> list[ColumnElement[bool]]:
        """The SQL of all conditions."""
        return [part.build(question) if isinstance(part, Comparison) else part for part in self.parts]


def resolve(
    access: Access,
    filters: Mapping[str, Compared | Builder],
    conditions: Sequence[Condition],
    extra: Sequence[ColumnElement[bool]] = (),
) -> Where:
    """Look every condition's target up. Raises Invalid for an unknown field or too many conditions."""
    if len(conditions) > MAX_CONDITIONS:
        raise refused("", "too_many", _("At most {count} filters are possible.")(count=MAX_CONDITIONS))
    where = Where()
    for condition in conditions:
        target = filters.get(condition.field)
        if target is None:
            raise unknown(condition.field)
        if isinstance(target, Compared):
            if target.stored is not None and condition.op != "empty":
                found = target.stored(access, condition.value)
                condition = Condition(condition.field, "in" if isinstance(found, tuple) else "eq", found)
            where.add(target, condition)
        else:
            where.add_sql(target(access, condition.op, condition.value))
    for element in extra:
        where.add_sql(element)
    return where


def without_index(column: Any) -> Any:
    """The column where SQLite's planner shall not think of an index: without statistics it thinks wrong."""
    return UnaryExpression(column, operator=operators.custom_op("+"), type_=column.type)


def unknown(name: str) -> Invalid:
    """The answer to a field that is not there, and to one that is hidden: nobody can tell them apart."""
    return refused(name, "unknown_field", _("There is no such field."))


def filled(element: ColumnElement[bool], values: Mapping[str, Any]) -> ColumnElement[bool]:
    """The same condition with its named values in it, under names that no other condition has."""

    def own(part: Any, **_options: Any) -> Any | None:
        if isinstance(part, BindParameter) and part.key in values:
            return bindparam(None, values[part.key], type_=part.type, unique=True)
        return None

    replace: Any = own
    found: ColumnElement[bool] = visitors.replacement_traverse(element, _NO_OPTIONS, replace)
    return found


def _without_expanding(element: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition with every list parameter written out, one parameter per value."""
    replace: Any = _written_out
    found: ColumnElement[bool] = visitors.replacement_traverse(element, _NO_OPTIONS, replace)
    return found


def _written_out(part: Any, **_options: Any) -> Any | None:
    if not isinstance(part, BinaryExpression) or part.operator not in (operators.in_op, operators.not_in_op):
        return None
    if not isinstance(part.right, BindParameter) or not part.right.expanding:
        return None
    values = part.right.effective_value
    if not values:
        return None
    binds = [bindparam(None, value, type_=part.left.type, unique=True) for value in filled_up(list(values))]
    return part.operator(part.left, binds)
