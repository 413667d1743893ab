"""The three guarantees (三包) for household cars: what a vehicle's own counters say about each rule.

Source: Provisions on the Liability for Repair, Replacement and Return of Household Automotive Products
(State Administration for Market Regulation, order 43, in force since 2022-01-01). Exchange or return within
7 days when engine, gearbox, traction battery, drive motor or their main parts must be replaced; within 60
days or 3,000 km, whichever comes first, when steering or brakes fail, the body cracks, fuel leaks or the
battery burns; within the guarantee of 2 years or 50,000 km after two repairs of a serious safety fault
without success, after more than 30 days in the workshop, or after more than 4 repairs of the same fault.
The numbers are a preset to be checked against the text in force.

Counters are hints. Whether a rule applies is for people to decide, who know the fault, the papers and the
law: a repair order does not say which fault it was about, a complaint is not a finding, and days in the
workshop count from the day the car came to the day the order was settled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from crm_kernel.text import Text, messages

_ = messages("complaint")

Standing = Literal["reached", "near", "open", "over", "unknown"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Applies for so many days after the sale or so many kilometres; reached at `threshold` of `counter`."""

    key: str
    label: Text
    within_days: int
    within_km: int | None
    counter: str
    threshold: int


MAIN_PARTS = frozenset({"engine", "gearbox", "battery"})
SAFETY = frozenset({"brakes", "steering"})

RULES: Sequence[Rule] = (
    Rule(
        "main_parts",
        _("Main part to be replaced within 7 days: exchange or return"),
        7,
        None,
        "main_part_complaints_7",
        1,
    ),
    Rule(
        "safety",
        _("Steering, brakes, body, fuel or battery within 60 days or 3,000 km: exchange or return"),
        60,
        3000,
        "safety_complaints_60",
        1,
    ),
    Rule(
        "safety_twice",
        _("Serious safety fault, two repairs without success: exchange or return"),
        730,
        50_000,
        "safety_complaints",
        2,
    ),
    Rule(
        "same_fault",
        _("Same fault repaired more than 4 times: exchange or return"),
        730,
        50_000,
        "same_fault_complaints",
        5,
    ),
    Rule(
        "workshop_days",
        _("More than 30 days in the workshop: exchange or return"),
        730,
        50_000,
        "workshop_days",
        31,
    ),
)


@dataclass(frozen=True, slots=True)
class Stay:
    """A repair: from the day the car came to the day the order was settled (None: it is still there)."""

    came: date
    left: date | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A complaint about the vehicle: when, and the code of its problem."""

    on: date
    problem: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A rule with its counter. `over`: its period has ended, `unknown`: the day of sale is missing."""

    rule: Rule
    count: int
    standing: Standing


def counters(
    sold: date | None, today: date, faults: Sequence[Fault], stays: Sequence[Stay]
) -> Mapping[str, int]:
    """All counters of a vehicle."""

    def about(group: frozenset[str], days: int | None = None) -> int:
        return sum(
            one.problem.partition(".")[0] in group
            for one in faults
            if days is None or (sold is not None and timedelta() <= one.on - sold <= timedelta(days))
        )

    kinds: dict[str, int] = {}
    for one in faults:
        if one.problem:
            kinds[one.problem] = kinds.get(one.problem, 0) + 1
    return {
        "main_part_complaints_7": about(MAIN_PARTS, 7),
        "safety_complaints_60": about(SAFETY, 60),
        "safety_complaints": about(SAFETY),
        "same_fault_complaints": max(kinds.values(), default=0),
        "workshop_days": _days(stays, today),
    }


def _days(stays: Sequence[Stay], today: date) -> int:
    """Days on which the car was in the workshop; a day of two orders counts once."""
    days: set[date] = set()
    for stay in stays:
        last = min(stay.left or today, today)
        days.update(stay.came + timedelta(n) for n in range((last - stay.came).days + 1))
    return len(days)


def hints(
    sold: date | None, mileage: int | None, today: date, faults: Sequence[Fault], stays: Sequence[Stay]
) -> Sequence[Hint]:
    """Every rule with its counter and standing."""
    found = counters(sold, today, faults, stays)
    return [Hint(rule, found[rule.counter], _standing(rule, found, sold, mileage, today)) for rule in RULES]


def _standing(
    rule: Rule, found: Mapping[str, int], sold: date | None, mileage: int | None, today: date
) -> Standing:
    count = found[rule.counter]
    if sold is None:
        return "unknown"
    if count >= rule.threshold:
        return "reached"
    ended = today > sold + timedelta(rule.within_days)
    driven = rule.within_km is not None and mileage is not None and mileage > rule.within_km
    if ended or driven:
        return "over"
    return "near" if count and count >= rule.threshold * 0.6 else "open"
