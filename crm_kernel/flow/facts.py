"""What a person said with a step: checked against what the step asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.contributions import Field, Kind
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.flow.definition import Fact, FactKind, Step
from crm_kernel.records import kinds
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.room import room_of
from crm_kernel.records.values import coerce, reason
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

KINDS: Mapping[FactKind, Kind] = {
    "text": kinds.TEXT,
    "long_text": kinds.LONG_TEXT,
    "choice": kinds.CHOICE,
    "money": kinds.MONEY,
    "date": kinds.DATE,
    "moment": kinds.MOMENT,
    "staff": kinds.REFERENCE,
    "switch": kinds.SWITCH,
    "score": kinds.INTEGER,
}
LONGEST_TEXT, LONGEST_LONG_TEXT = 500, 8_000
BEST_SCORE = 10


@dataclass(frozen=True, slots=True)
class Said:
    """Facts as columns take them (`values`) and as the log of steps keeps them (`kept`)."""

    values: Mapping[str, Any]
    kept: Mapping[str, Any]


def spec_of(fact: Fact) -> FieldSpec:
    """A fact as the field that forms and validation know."""
    label = fact.label if isinstance(fact.label, Text) else Text(fact.label, "custom")
    kind = KINDS[fact.kind]
    field = Field(
        fact.key,
        label,
        kind,
        required=fact.required,
        choices=fact.choices or None,
        reference="staff" if fact.kind == "staff" else None,
    )
    length = {"text": LONGEST_TEXT, "long_text": LONGEST_LONG_TEXT}.get(fact.kind)
    return FieldSpec(fact.key, field, kind, length=length)


async def said(
    kernel: Kernel, work: UnitOfWork, actor: Actor, dealership_id: UUID, step: Step, given: Mapping[str, Any]
) -> Said:
    """The facts of a step. Raises Invalid with everything that is missing, wrong or not asked for."""
    values: dict[str, Any] = {}
    strange = sorted(set(given) - {fact.key for fact in step.facts})
    errors = [FieldError(name, "unknown", reason(None, "unknown")) for name in strange]
    for fact in step.facts:
        spec = spec_of(fact)
        try:
            value = coerce(spec, given.get(fact.key))
        except ValueError as fault:
            code = str(fault.args[0])
            errors.append(FieldError(fact.key, code, reason(spec, code)))
            continue
        code = await _refused(kernel, work, actor, dealership_id, fact, spec, value)
        if code == "score":
            text = _("Give a whole number from 1 to {best}.")(best=BEST_SCORE)
            errors.append(FieldError(fact.key, code, text))
        elif code:
            errors.append(FieldError(fact.key, code, reason(spec, code)))
        elif value is not None:
            values[fact.key] = value
    if errors:
        raise Invalid(errors)
    return Said(values, {name: _kept(value) for name, value in values.items()})


async def _refused(
    kernel: Kernel,
    work: UnitOfWork,
    actor: Actor,
    dealership_id: UUID,
    fact: Fact,
    spec: FieldSpec,
    value: Any,
) -> str:
    if value is None:
        return "required" if fact.required else ""
    validator = room_of(kernel).validator
    if fact.kind == "score":
        return "" if 1 <= value <= BEST_SCORE else "score"
    if fact.kind == "money":
        return "" if value >= 0 else "amount"
    if fact.kind == "choice":
        codes = await validator.codes(dealership_id, spec)
        return "" if codes is None or value in codes else "choice"
    if fact.kind == "staff":
        there = await validator.points_at(work, actor, dealership_id, "staff", [value])
        return "" if there else "reference"
    return ""


def _kept(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value
