"""Records of other dealerships that a group's sharing rules let somebody find and partly see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, bindparam, or_

from crm_kernel.actor import Access, Scope, Shared
from crm_kernel.dal.filters import ESCAPE, element_pattern
from crm_kernel.dal.types import Id

NONE: tuple[Shared, ...] = ()


def name_records(model: type[Any], entity: str, permission: str) -> None:
    """Tell the data access which entity a mapped class is, and which permission views it."""
    model.__crm_entity__ = (entity, permission)


def shared_rules(access: Access, model: type[Any]) -> tuple[Shared, ...]:
    """The rules that widen an access: for viewing the shared entity itself, nothing else."""
    shared = access.actor.grants.shared
    if not shared or access.scope >= Scope.GROUP:
        return NONE
    entity, permission = getattr(model, "__crm_entity__", ("", ""))
    if permission != access.permission:
        return NONE
    return tuple(rule for rule in shared if rule.entity == entity and rule.dealership_ids)


def released_condition(
    rules: Sequence[Shared], model: type[Any], *, tagged: bool = True, dealership: Any = None
) -> ColumnElement[bool] | None:
    """The rows the rules release, with named parameters; None without rules.

    `tagged` False leaves their tags aside, for tables beside the record's; `dealership` stands in for the
    model's own column.
    """
    dealership = model.dealership_id if dealership is None else dealership
    parts: list[ColumnElement[bool]] = []
    for place, rule in enumerate(rules):
        sources = [bindparam(f"shared_{place}_{n}", type_=Id) for n in range(len(rule.dealership_ids))]
        part: ColumnElement[bool] = dealership.in_(sources)
        if rule.tag and tagged:
            mark = bindparam(f"shared_{place}_tag", type_=String())
            part = and_(part, model.tags.like(mark, escape=ESCAPE))
        parts.append(part)
    return or_(*parts) if parts else None


def shared_values(rules: Sequence[Shared]) -> dict[str, Any]:
    """Values for the parameters of `released_condition`."""
    values: dict[str, Any] = {}
    for place, rule in enumerate(rules):
        for n, dealership in enumerate(sorted(rule.dealership_ids)):
            values[f"shared_{place}_{n}"] = dealership
        if rule.tag:
            values[f"shared_{place}_tag"] = element_pattern(rule.tag)
    return values


def shared_form(rules: Sequence[Shared]) -> tuple[tuple[int, bool], ...]:
    """What of the rules shapes the statement."""
    return tuple((len(rule.dealership_ids), bool(rule.tag)) for rule in rules)


def shared_fields(
    access: Access,
    model: type[Any],
    dealership_id: UUID,
    tags: Sequence[str],
    *,
    region_id: UUID | None = None,
) -> frozenset[str] | None:
    """The only fields of a found row that may be shown; None when the row is in the person's own scope.

    `region_id` is the region of the row's dealership; who views a whole region sees its rows in full.
    """
    place = access.actor.place
    if dealership_id == place.dealership_id:
        return None
    if access.scope == Scope.REGION and region_id is not None and region_id == place.region_id:
        return None
    rules = [rule for rule in shared_rules(access, model) if dealership_id in rule.dealership_ids]
    if not rules:
        return None
    return frozenset[str]().union(*(rule.fields for rule in rules if not rule.tag or rule.tag in tags))
