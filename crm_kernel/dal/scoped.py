"""Statements that carry their row scope: the only ones the data access executes.

`scoped(access, Model)` reads records as one permission allows; `trusted(statement)` is for the kernel's own
tables, which hold no dealer's records. Anything else is not executable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select

from crm_kernel.access.organisation import Dealership, Staff
from crm_kernel.actor import Access, Place, Scope
from crm_kernel.dal.base import Record
from crm_kernel.dal.sharing import released_condition, shared_rules, shared_values
from crm_kernel.dal.types import Id

Statement = Select[*tuple[Any, ...]]


class Scoped:
    """A select bound to the rows somebody may see. Immutable: every method returns a new one."""

    __slots__ = ("statement", "values")

    def __init__(self, statement: Statement, values: Mapping[str, Any]) -> None:
        self.statement = statement.execution_options(crm_scoped=True)
        self.values = values

    def where(self, *conditions: ColumnElement[bool]) -> Self:
        """Narrow further."""
        return type(self)(self.statement.where(*conditions), self.values)

    def order_by(self, *columns: Any) -> Self:
        """Sort."""
        return type(self)(self.statement.order_by(*columns), self.values)

    def limit(self, count: int) -> Self:
        """At most so many rows."""
        return type(self)(self.statement.limit(count), self.values)

    def join(self, target: Any, condition: ColumnElement[bool], *, outer: bool = False) -> Self:
        """Join a table that belongs to the same record (its own children, not another entity)."""
        return type(self)(self.statement.join(target, condition, isouter=outer), self.values)

    def columns(self, *columns: Any) -> Self:
        """Read these columns instead."""
        return type(self)(self.statement.with_only_columns(*columns), self.values)

    def group_by(self, *columns: Any) -> Self:
        """Group, for counts."""
        return type(self)(self.statement.group_by(*columns), self.values)

    def bind(self, **values: Any) -> Self:
        """Give values for named parameters in the conditions."""
        return type(self)(self.statement, {**self.values, **values})


def scoped(access: Access, model: type[Any], *columns: Any, deleted: bool | None = False) -> Scoped:
    """A select of `model` (or of some of its columns) within the access's scope.

    `deleted` False reads living records, True only deleted ones, None both.
    """
    statement = select(*columns) if columns else select(model)
    if columns:
        statement = statement.select_from(model)
    statement = statement.where(reach(access, model))
    if deleted is not None and hasattr(model, "deleted_at"):
        missing = model.deleted_at.is_(None)
        statement = statement.where(missing if not deleted else ~missing)
    return Scoped(statement, scope_values(access) | shared_values(shared_rules(access, model)))


def trusted(statement: Statement, **values: Any) -> Scoped:
    """A select of kernel tables that no dealership owns, or that the caller has narrowed himself."""
    return Scoped(statement, values)


def reach(access: Access, model: type[Any]) -> ColumnElement[bool]:
    """The rows of `model` an access finds: those in its scope, and those a group's rules release to it."""
    within = scope_condition(access.scope, access.actor.place, model)
    released = released_condition(shared_rules(access, model), model)
    return within if released is None else or_(within, released)


def scope_condition(
    scope: Scope, place: Place, model: type[Any], dealership: Any = None
) -> ColumnElement[bool]:
    """The rows of `model` a scope reaches, with named parameters so that its text is the same for everybody.

    A scope for which the person has no place (team scope, but no team) shrinks to the next narrower one.
    `dealership` stands in for the model's own column where no index shall be taken for it.
    """
    place_of: Any = model.dealership_id if dealership is None else dealership
    here: ColumnElement[bool] = place_of == bindparam("scope_dealership", type_=Id)
    several = _several(scope, place)
    if several is not None:
        wide: ColumnElement[bool] = place_of.in_(several)
        return wide
    if place.dealership_id is None:
        return false()
    owner = getattr(model, "owner_id", None)
    if scope >= Scope.DEALERSHIP or owner is None:
        return here
    if scope == Scope.DEPARTMENT and place.department_id is not None:
        people = select(Staff.id).where(Staff.department_id == bindparam("scope_department", type_=Id))
        return and_(here, owner.in_(people))
    if scope >= Scope.TEAM and place.team_id is not None:
        return and_(
            here, owner.in_(select(Staff.id).where(Staff.team_id == bindparam("scope_team", type_=Id)))
        )
    return and_(here, owner == bindparam("scope_owner", type_=Id))


def _several(scope: Scope, place: Place) -> Select[Any] | None:
    """The dealerships of a scope that is wider than one."""
    if scope == Scope.ALL:
        return select(Dealership.id)
    if scope == Scope.GROUP and place.group_id is not None:
        return select(Dealership.id).where(Dealership.group_id == bindparam("scope_group", type_=Id))
    if scope >= Scope.REGION and place.region_id is not None:
        return select(Dealership.id).where(Dealership.region_id == bindparam("scope_region", type_=Id))
    return None


def scope_values(access: Access) -> dict[str, Any]:
    """Values for the parameters of `scope_condition`."""
    place = access.actor.place
    return {
        "scope_dealership": place.dealership_id,
        "scope_group": place.group_id,
        "scope_region": place.region_id,
        "scope_department": place.department_id,
        "scope_team": place.team_id,
        "scope_owner": access.actor.id,
    }


def is_record(model: type[Any]) -> bool:
    """Whether rows of the class belong to a dealership and may only be read scoped."""
    return issubclass(model, Record)
