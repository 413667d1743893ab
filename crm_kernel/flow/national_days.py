"""Working days of the People's Republic of China, as the State Council announces them each autumn.

The days come from the package chinesecalendar, which holds the announcements since 2004 with their shifted
working days (调休). A year it does not know yet is worked Monday to Friday until the package is renewed.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import chinese_calendar

YEARS: frozenset[int] = frozenset(day.year for day in chinese_calendar.holidays)


class ChineseDays:
    """A crm_kernel.flow.working_time.NationalDays."""

    def works(self, day: date) -> bool | None:
        """Whether it is a working day; None where the year was not announced yet."""
        return _works(day)

    @property
    def known_until(self) -> int:
        """The last year that was announced."""
        return max(YEARS)


@lru_cache(maxsize=4096)
def _works(day: date) -> bool | None:
    return bool(chinese_calendar.is_workday(day)) if day.year in YEARS else None
