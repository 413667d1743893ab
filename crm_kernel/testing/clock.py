"""A clock that moves only when told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FixedClock:
    """Starts on a Monday morning in Shanghai and stands still until `advance`."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, span: timedelta | float) -> None:
        """Let time pass: a timedelta, or seconds."""
        step = span if isinstance(span, timedelta) else timedelta(seconds=span)
        self._now += step
        self._monotonic += step.total_seconds()
