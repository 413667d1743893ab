"""The parameters of a list that a view keeps, and what has become of them since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.query_params import parse
from crm_kernel.text import messages

_ = messages("kernel")

MAX_PARAMS = 30
FLEETING = frozenset(("cursor", "limit", "count", "deleted"))
"""Parameters of a single look at a list, not of a view."""


def checked(
    actor: Actor, entity: Entity, specs: Sequence[FieldSpec], params: Mapping[str, str]
) -> dict[str, str]:
    """The parameters a view keeps. Raises Invalid for those the list would refuse."""
    kept = {name: value for name, value in params.items() if name not in FLEETING}
    if len(kept) > MAX_PARAMS:
        raise Invalid([FieldError("params", "too_many", _("At most {count} conditions.")(count=MAX_PARAMS))])
    parse(entity, specs, kept, timezone=actor.timezone)
    return kept


def fitting(
    actor: Actor, entity: Entity, specs: Sequence[FieldSpec], params: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """The parameters that still fit the entity and the reader's rights, and the names of those that do not.

    Of a list of columns or sort fields the stale ones go and the others stay.
    """
    kept: dict[str, str] = {}
    dropped: list[str] = []
    known = {spec.name for spec in specs} | {"custom"}
    for name, value in params.items():
        if name in ("sort", "fields"):
            words = [word for word in value.split(",") if word]
            fit = [word for word in words if word.removeprefix("-") in known]
            dropped += [word.removeprefix("-") for word in words if word not in fit]
            value = ",".join(fit)
            if not fit:
                continue
        try:
            parse(entity, specs, {name: value}, timezone=actor.timezone)
        except Invalid:
            dropped.append(name)
        else:
            kept[name] = value
    return kept, dropped
