"""When complaints came in over the year, and when each of their steps was taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from crm_complaint.demo.grievances import COURSES, DAYS, GRIEVANCES, TODAY, Grievance

PAST = 84
YOUNGEST = 30
"""So many days ago the last of the past ones came in; few of them are still open."""
HOURS = {
    "assign": (0.3, 4),
    "investigate": (2, 26),
    "await_customer": (1, 6),
    "answered": (20, 60),
    "propose": (1, 20),
    "agree": (1, 16),
    "carry_out": (12, 60),
    "follow_up": (1, 7),
    "satisfied": (0.1, 0.3),
    "unsatisfied": (0.1, 0.3),
    "reject": (1, 8),
    "explain": (2, 20),
    "force_close": (150, 300),
}
"""How long each step takes, at least and at most."""
LEVELS = (("general", 70), ("escalated", 18), ("important", 9), ("urgent", 3))
CHANNELS = (("phone", 50), ("visit", 24), ("wechat", 14), ("web", 4), ("maker", 4), ("regulator", 2))


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint and the moments of its steps."""

    grievance: Grievance
    level: str
    channel: str
    received_at: datetime
    steps: tuple[tuple[str, datetime], ...]


def past(chance: Random, now: datetime, zone: ZoneInfo) -> Iterator[Case]:
    """Over the year, at times at which a dealership is open."""
    weights = [one.often for one in GRIEVANCES]
    for _number in range(PAST):
        (grievance,) = chance.choices(GRIEVANCES, weights)
        day = (now - timedelta(days=chance.randrange(YOUNGEST, DAYS))).astimezone(zone)
        received = day.replace(hour=chance.randrange(9, 17), minute=chance.randrange(60), second=0)
        slow = 5 if chance.random() < 0.15 else 1
        moment, steps = received, []
        for step in one_of(chance, COURSES):
            moment = _open(moment + timedelta(hours=chance.uniform(*HOURS[step]) * slow), chance)
            if moment > now:
                break
            steps.append((step, moment))
        yield Case(grievance, one_of(chance, LEVELS), one_of(chance, CHANNELS), received, tuple(steps))


def lately(now: datetime) -> Iterator[Case]:
    """What is on everybody's mind; its steps are spread over the time since."""
    for place, (grievance, level, channel, days, course) in enumerate(TODAY):
        received = now - timedelta(days=days, hours=1 + place % 4)
        pause = (now - received) / (len(course) + 1)
        steps = tuple((step, received + pause * (nth + 1)) for nth, step in enumerate(course))
        yield Case(grievance, level, channel, received, steps)


def one_of(chance: Random, weighed: tuple[tuple[Any, int], ...]) -> Any:
    return chance.choices([one for one, _weight in weighed], [weight for _one, weight in weighed])[0]


def _open(moment: datetime, chance: Random) -> datetime:
    """The moment, or some time of the next morning where the dealership is closed."""
    if 9 <= moment.hour < 18:
        return moment
    morning = moment + timedelta(days=moment.hour >= 18)
    return morning.replace(hour=9, minute=chance.randrange(60))
