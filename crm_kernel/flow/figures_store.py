"""Statements for figures about flows: deadlines kept and missed, sums that were approved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func

from crm_kernel.actor import Access
from crm_kernel.clock import midnight
from crm_kernel.contributions import Asked
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scoped
from crm_kernel.dal.types import Amount
from crm_kernel.errors import Invalid
from crm_kernel.flow.models import Approval, FlowClock
from crm_kernel.text import messages

_ = messages("kernel")

Condition = Callable[[Access, Any], ColumnElement[bool]]


def clock_missed(model: type[Any]) -> Condition:
    """A look-up for lists: records of which a clock of the kind asked for ran out."""

    def condition(_access: Access, kind: Any) -> ColumnElement[bool]:
        return _clock(model, kind, FlowClock.missed_at.is_not(None))

    return condition


def clock_kept(model: type[Any]) -> Condition:
    """A look-up for lists: records of which every clock of the kind that has ended was in time."""

    def condition(_access: Access, kind: Any) -> ColumnElement[bool]:
        late = _clock(model, kind, FlowClock.missed_at.is_not(None))
        return and_(_clock(model, kind, FlowClock.ended_at.is_not(None)), ~late)

    return condition


def _clock(model: type[Any], kind: Any, fits: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(FlowClock.record_id == model.id, FlowClock.kind == str(kind)[:40], fits)


def approved_within(model: type[Any], kind: str) -> Condition:
    """A look-up for lists: records for which a sum of that kind was approved from one day to another.

    The value is `2026-11-01/2026-11-30`, days in the reader's zone. Raises Invalid for anything else.
    """

    def condition(access: Access, days: Any) -> ColumnElement[bool]:
        start, end = _span(str(days), access.actor.timezone)
        return exists().where(
            Approval.record_id == model.id,
            Approval.kind == kind,
            Approval.state == "approved",
            Approval.decided_at >= start,
            Approval.decided_at < end,
        )

    return condition


def _span(days: str, timezone: str) -> tuple[datetime, datetime]:
    first, _slash, last = days.partition("/")
    try:
        found = [date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1)]
    except (ValueError, OverflowError) as fault:
        text = _("Give two days, as 2026-11-01/2026-11-30.")
        raise Invalid.one("days", "date", text) from fault
    start, end = (midnight(day, timezone) for day in found)
    return start, end


async def punctuality(
    database: Database, access: Access, model: type[Any], by: Any, at: Any, asked: Asked
) -> Sequence[tuple[str, Any, int, int]]:
    """(kind of clock, value of `by`, records of which it has ended or run out, those of which it ran out).

    `at` is the moment by which a record belongs to the period.
    """
    late = FlowClock.missed_at.is_not(None)
    settled = case((late | FlowClock.ended_at.is_not(None), model.id))
    statement = scoped(
        access,
        model,
        FlowClock.kind,
        by,
        func.count(settled.distinct()),
        func.count(case((late, model.id)).distinct()),
    )
    rows = await database.rows(
        statement.join(FlowClock, FlowClock.record_id == model.id)
        .where(at >= asked.start, at < asked.end)
        .group_by(FlowClock.kind, by)
    )
    return [(row[0], row[1], int(row[2]), int(row[3])) for row in rows]


async def approved_sums(
    database: Database, access: Access, model: type[Any], kind: str, by: Any, asked: Asked
) -> Sequence[tuple[Any, str, int, Decimal]]:
    """(value of `by`, currency, records, sum) of what was approved in the period."""
    amount = func.sum(Approval.amount, type_=Amount())
    statement = scoped(
        access, model, by, Approval.currency, func.count(Approval.record_id.distinct()), amount
    )
    rows = await database.rows(
        statement.join(Approval, Approval.record_id == model.id)
        .where(
            Approval.kind == kind,
            Approval.state == "approved",
            Approval.decided_at >= asked.start,
            Approval.decided_at < asked.end,
        )
        .group_by(by, Approval.currency)
    )
    return [(row[0], row[1], int(row[2]), row[3]) for row in rows]
