"""What holds for a time: a plate on a car, a person's role with it. Lists of plain values, oldest first.

A period is a mapping with `since` and `until` as ISO days or None: `until` is the first day on which it no
longer holds, None means that it still does; `since` None means that nobody knows when it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

Period = dict[str, Any]


def holds(period: Period, on: date | None = None) -> bool:
    """Whether it holds on that day; without a day, whether it has no end yet."""
    if on is None:
        return period["until"] is None
    day = on.isoformat()
    return (period["since"] or "") <= day and (period["until"] is None or day < period["until"])


def open_ones(periods: Sequence[Period], **what: Any) -> list[Period]:
    """Periods without an end that carry these values."""
    return [p for p in periods if holds(p) and all(p[name] == value for name, value in what.items())]


def begun(period: Period, known: date | None) -> Period:
    """The period, begun on the day that is known where its own beginning is not."""
    if period["since"] is not None or known is None:
        return {**period, "since": _iso(period["since"]), "until": _iso(period["until"])}
    return {**period, "since": known.isoformat(), "until": _iso(period["until"])}


def _iso(day: date | str | None) -> str | None:
    return day.isoformat() if isinstance(day, date) else day


def meet(one: Period, other: Period) -> bool:
    """Whether there is a day on which both hold; a beginning that nobody knows may lie as far back as any."""
    ends = [period["until"] for period in (one, other) if period["until"] is not None]
    return not ends or max(one["since"] or "", other["since"] or "") < min(ends)


def begin(periods: Sequence[Period], on: date | None, **what: Any) -> list[Period]:
    """Open a period with these values, unless the same is open already."""
    if open_ones(periods, **what):
        return list(periods)
    return [*periods, {**what, "since": on.isoformat() if on else None, "until": None}]


def end(periods: Sequence[Period], on: date, **what: Any) -> list[Period]:
    """Close every open period that carries these values; one that began later never was."""
    day = on.isoformat()
    kept: list[Period] = []
    for period in periods:
        if not holds(period) or any(period[name] != value for name, value in what.items()):
            kept.append(period)
        elif period["since"] is None or period["since"] < day:
            kept.append({**period, "until": day})
    return kept


def put_on(plates: Sequence[Period], plate: str | None, on: date | None, today: date) -> list[Period]:
    """The plates of a car after it got `plate` (None: handed back) on a day; a car carries one at a time.

    One that it carries already stays as it is.
    """
    if plate is not None and open_ones(plates, plate=plate):
        return list(plates)
    closed = end(plates, on or today)
    return closed if plate is None else begin(closed, on, plate=plate)


def dated(plates: Sequence[Period], plate: str, on: date) -> list[Period]:
    """The plates of a car after it became known on which day it got the one that it carries."""
    return [{**p, "since": on.isoformat()} if holds(p) and p["plate"] == plate else p for p in plates]


def owned_by(people: Sequence[Period], customer_id: str | None, on: date | None, today: date) -> list[Period]:
    """The people of a car after it got this owner (None: nobody we know); a car has one owner at a time."""
    if customer_id is not None and open_ones(people, customer_id=customer_id, role="owner"):
        return list(people)
    closed = end(people, on or today, role="owner")
    return closed if customer_id is None else begin(closed, on, customer_id=customer_id, role="owner")
