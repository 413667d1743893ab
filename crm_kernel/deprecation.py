"""How a public name goes: it warns for at least one minor version, saying what to use instead.

Applied to functions, methods and classes with `@deprecated`; to a hook with
`@hookspec(warn_on_impl=leaving("hook register_x", since="0.2", until="0.4", instead="register_y"))`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class CrmDeprecationWarning(DeprecationWarning):
    """A public name of Forecourt is about to go."""


@dataclass(frozen=True, slots=True)
class Deprecation:
    """What goes, since which version it warns, in which it is gone, and what to use instead."""

    what: str
    since: str
    until: str
    instead: str

    def __str__(self) -> str:
        return f"{self.what} warns since {self.since} and is gone in {self.until}; use {self.instead}"


ANNOUNCED: list[Deprecation] = []
"""Everything that has been announced, for the listing of public names and for the test that ends it."""


def announce(what: str, *, since: str, until: str, instead: str) -> Deprecation:
    """Enter a deprecation. Raises ValueError unless a whole minor version lies between the two."""
    major, small = minor(since)
    if minor(until) <= (major, small + 1):
        raise ValueError(f"{what}: {until} comes too soon after {since}; one minor version must warn")
    found = Deprecation(what, since, until, instead)
    ANNOUNCED.append(found)
    return found


def deprecated(*, since: str, until: str, instead: str) -> Callable[[F], F]:
    """Let a function, method or class go on working and warn whoever calls it, at his own line."""

    def mark(thing: F) -> F:
        told = announce(f"{thing.__module__}.{thing.__qualname__}", since=since, until=until, instead=instead)
        if isinstance(thing, type):
            kind: Any = thing
            made = kind.__init__

            def init(self: Any, *args: Any, **named: Any) -> None:
                warnings.warn(str(told), CrmDeprecationWarning, stacklevel=2)
                made(self, *args, **named)

            kind.__init__ = wraps(made)(init)
            return thing

        @wraps(thing)
        def call(*args: Any, **named: Any) -> Any:
            warnings.warn(str(told), CrmDeprecationWarning, stacklevel=2)
            return thing(*args, **named)

        return call  # type: ignore[return-value]

    return mark


def leaving(what: str, *, since: str, until: str, instead: str) -> CrmDeprecationWarning:
    """The warning for a hook on its way out."""
    return CrmDeprecationWarning(str(announce(what, since=since, until=until, instead=instead)))


def minor(version: str) -> tuple[int, int]:
    """(0, 2) of `0.2.1`."""
    first, second = version.split(".")[:2]
    return int(first), int(second)
