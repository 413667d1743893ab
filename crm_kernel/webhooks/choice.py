"""Which events an endpoint wants: by name, or all of a record type (`customer.*`), or all (`*`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

EVERYTHING = "*"


def wants(patterns: Iterable[str], name: str) -> bool:
    """Whether an event is among what was chosen."""
    return any(
        one in (EVERYTHING, name) or (one.endswith(".*") and name.startswith(one[:-1])) for one in patterns
    )


def unknown(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those patterns that fit no event there is."""
    known: Sequence[str] = list(names)
    return [one for one in patterns if not any(wants([one], name) for name in known)]
