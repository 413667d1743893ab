"""The service `working_time`: the hours of each dealership, and the calendars clocks run by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Permission
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.flow import store
from crm_kernel.flow.definition import CalendarName
from crm_kernel.flow.models import WorkingCalendar
from crm_kernel.flow.national_days import ChineseDays
from crm_kernel.flow.working_time import MINUTES, Hours, WorkingTime, around_the_clock
from crm_kernel.records.cache import PerDealership
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MANAGE = Permission("working_time.manage", _("Set working hours"))

DAY: Hours = ((8 * 60 + 30, 17 * 60 + 30),)
USUAL: tuple[Hours, ...] = (DAY, DAY, DAY, DAY, DAY, (), ())
"""Monday to Friday, half past eight to half past five; the country's announcements move them."""

MOST_EXCEPTIONS = 400


class CalendarView(msgspec.Struct, frozen=True):
    """Working hours as pages and API show them.

    `week` holds Monday to Sunday, each a list of [opens, closes] in minutes since midnight; `exceptions`
    single days by ISO date; `national` says whether the country's holidays and shifted days count.
    """

    week: Sequence[Hours]
    national: bool
    exceptions: Mapping[str, Hours]
    own: bool


class WorkingTimeService:
    """Offered as `working_time`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._days = ChineseDays()
        self._cache = PerDealership(kernel.clock, self._load)

    async def _load(self, dealership_id: UUID) -> tuple[CalendarView, ZoneInfo]:
        row = await store.calendar(self._kernel.db, dealership_id)
        shop = await self._kernel.service("records_room").directory.shop(dealership_id)
        if row is None:
            return CalendarView(USUAL, True, {}, False), ZoneInfo(shop.timezone)
        kept = msgspec.convert(
            {"week": row.week, "national": row.national, "exceptions": row.exceptions, "own": True},
            CalendarView,
        )
        return kept, ZoneInfo(shop.timezone)

    @public
    async def calendar(self, dealership_id: UUID, name: CalendarName) -> WorkingTime:
        """The calendar a clock of a dealership runs by; hours of business are no secret.

        `office` are the dealership's own hours, `statutory` the country's working days from midnight to
        midnight, `always` every hour there is.
        """
        kept, zone = await self._cache.get(dealership_id)
        if name == "always":
            return around_the_clock(zone)
        if name == "statutory":
            whole: Hours = ((0, MINUTES),)
            return WorkingTime(zone, (whole,) * 5 + ((), ()), self._days, whole)
        exceptions = {date.fromisoformat(day): hours for day, hours in kept.exceptions.items()}
        shifted = next((hours for hours in kept.week if hours), DAY)
        return WorkingTime(zone, kept.week, self._days if kept.national else None, shifted, exceptions)

    @public
    async def hours(self, actor: Actor) -> CalendarView:
        """The working hours of the actor's dealership; open to everybody who works there."""
        return (await self._cache.get(actor.dealership_id))[0]

    @permitted(MANAGE.name)
    async def save(
        self, access: Access, week: Any, national: bool, exceptions: Mapping[str, Any]
    ) -> CalendarView:
        """Set the hours of the actor's dealership; clocks that run already keep their deadline.

        Raises Invalid for hours that overlap, end before they begin, or leave no working time at all.
        """
        days, single = _checked(week, exceptions)
        dealership = access.actor.dealership_id
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await store.calendar(self._kernel.db, dealership)
            if row is None:
                row = WorkingCalendar(dealership_id=dealership)
                work.session.add(row)
            row.week, row.national, row.updated_at = days, national, work.now
            row.exceptions = {day.isoformat(): hours for day, hours in single.items()}
            work.after_commit(self._cache.forget)
        return await self.hours(access.actor)


def _checked(week: Any, exceptions: Mapping[str, Any]) -> tuple[list[Hours], dict[date, Hours]]:
    errors: list[FieldError] = []
    days: list[Hours] = []
    given = list(week) if isinstance(week, list | tuple) else []
    if len(given) != 7:
        raise Invalid.one("week", "week", _("Give the hours of seven days, Monday first."))
    for place, hours in enumerate(given):
        days.append(_hours(f"week.{place}", hours, errors))
    single: dict[date, Hours] = {}
    if len(exceptions) > MOST_EXCEPTIONS:
        raise Invalid.one("exceptions", "too_many", _("At most {count} days.")(count=MOST_EXCEPTIONS))
    for day, hours in exceptions.items():
        try:
            single[date.fromisoformat(day)] = _hours(f"exceptions.{day}", hours, errors)
        except ValueError:
            errors.append(FieldError(f"exceptions.{day}", "date", _("This is not a date.")))
    if not errors and not any(days):
        errors.append(FieldError("week", "empty", _("At least one day must have working hours.")))
    if errors:
        raise Invalid(errors)
    return days, single


def _hours(place: str, given: Any, errors: list[FieldError]) -> Hours:
    try:
        hours = msgspec.convert(given, Hours)
    except msgspec.ValidationError:
        hours = ((-1, -1),)
    last = 0
    for opens, closes in hours:
        if not last <= opens < closes <= MINUTES:
            errors.append(
                FieldError(place, "hours", _("Hours must follow one another and end after they begin."))
            )
            return ()
        last = closes
    return hours
