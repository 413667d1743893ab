"""When a count has risen against its own past: a rule that numbers too small to tell anything do not trip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import comb

RECENT = timedelta(weeks=4)
PAST = timedelta(weeks=12)
FEWEST = 5
"""Fewer cases than these in the recent weeks are never called a rise."""
TIMES = 2
"""It must have become at least so many times as much."""
CHANCE = 0.05
"""How likely one false alarm among all that are watched may be."""


@dataclass(frozen=True, slots=True)
class Rise:
    """`recent` cases in four weeks, where `past` came in the twelve before; `chance` that this is no rise."""

    recent: int
    past: int
    chance: float

    @property
    def usual(self) -> float:
        """How many four weeks had before."""
        return self.past * (RECENT / PAST)


def chance_of(recent: int, past: int) -> float:
    """How likely at least `recent` of all cases fall into the recent weeks if nothing has changed.

    Counts of rare events are Poisson. Of two with the same rate, the first is, given their sum, binomial
    with the share of its time (here 4 of 16 weeks): the exact conditional test of two Poisson rates of
    Przyborowski and Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika
    31 (1940). It knows that the past is no more certain than its own small number.
    """
    share = RECENT / (RECENT + PAST)
    total = recent + past
    return min(
        1.0, sum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(recent, total + 1))
    )


def rises(counts: Mapping[str, tuple[int, int]]) -> dict[str, Rise]:
    """Those of many counts (recent, past) that have risen, the least likely by chance first.

    The more are watched, the likelier one stands out by chance: each is held to its part of `CHANCE`
    (Bonferroni). At least `FEWEST` cases and `TIMES` the usual number are asked besides, so that what is
    only statistically remarkable disturbs nobody.
    """
    found = {}
    for value, (recent, past) in counts.items():
        if recent < FEWEST or recent < TIMES * past * (RECENT / PAST):
            continue
        chance = chance_of(recent, past)
        if chance * len(counts) < CHANCE:
            found[value] = Rise(recent, past, chance)
    return dict(sorted(found.items(), key=lambda one: one[1].chance))
