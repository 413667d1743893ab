"""One thing a plugin must hold to, and what came of looking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.testing.contract.subject import Subject

Look = Callable[["Subject"], Awaitable[Sequence[str]]]
"""Looks at a plugin and gives one line for each fault. Raises Unchecked where it cannot look."""


class Level(IntEnum):
    """The quality scale; a plugin stands on a level when nothing of it and of those below is broken."""

    NONE = 0
    BRONZE = 1
    SILVER = 2
    GOLD = 3


class Unchecked(Exception):
    """What the check needs is not here: a database server, a browser, the source."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check by its stable name; `says` is what holds when nothing is found."""

    name: str
    level: Level
    says: Text
    look: Look
    marker: str = ""
    """The pytest mark of the service it needs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state` is `held`, `broken` (with findings) or `unchecked` (with the reason)."""

    check: Check
    state: str
    findings: tuple[str, ...] = ()


CHECKS: list[Check] = []
"""Every check, in the order in which they are reported."""


def check(level: Level, says: Text, marker: str = "") -> Callable[[Look], Look]:
    """Enter a function into the list under its own name."""

    def enter(look: Look) -> Look:
        CHECKS.append(Check(look.__name__, level, says, look, marker))
        return look

    return enter


async def outcome(one: Check, subject: Subject) -> Outcome:
    """What came of one check; a check that raises has found the plugin at fault."""
    try:
        found = await one.look(subject)
    except Unchecked as reason:
        return Outcome(one, "unchecked", (str(reason),))
    except Exception as fault:
        return Outcome(one, "broken", (f"{type(fault).__name__}: {fault}",))
    return Outcome(one, "broken" if found else "held", tuple(found))


def attained(outcomes: Sequence[Outcome]) -> Level:
    """The highest level of which nothing is broken; what could not be looked at keeps from gold only."""
    broken = {one.check.level for one in outcomes if one.state == "broken"}
    unseen = any(one.state == "unchecked" for one in outcomes)
    level = Level.NONE
    for candidate in (Level.BRONZE, Level.SILVER, Level.GOLD):
        if candidate in broken or (candidate is Level.GOLD and unseen):
            break
        level = candidate
    return level
