"""Working hours of the dealership: each weekday, the country's holidays, single days that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError, Invalid, NotFound
from crm_kernel.flow.calendars import MANAGE, CalendarView, WorkingTimeService
from crm_kernel.flow.working_time import MINUTES, Hours
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.sheet import REFUSALS, Sheet, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/working-time"
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
PERIODS = 2
"""A day offers at least so many periods: before and after the midday break."""


def working_time_router(kernel: Kernel, renderer: Renderer) -> Router:
    """The page of working hours."""
    pages = WorkingTimePages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.show),
            post("/")(pages.save),
            get("/days/new")(pages.new_day),
            post("/days/new")(pages.add_day),
            post("/days/{day:str}/remove")(pages.remove_day),
        ],
        opt={"permission": MANAGE.name},
        include_in_schema=False,
    )


class WorkingTimePages(AdminRoom):
    """What the clocks of the actor's dealership run by."""

    @property
    def working_time(self) -> WorkingTimeService:
        """The service."""
        found: WorkingTimeService = self.kernel.service("working_time")
        return found

    async def show(self, request: AnyRequest, actor: Actor) -> Response[str]:
        return await self._page(request, await self.working_time.hours(actor), None, None)

    async def _page(
        self, request: AnyRequest, kept: CalendarView, typed: Mapping[str, Any] | None, fault: Invalid | None
    ) -> Response[str]:
        errors = {one.field: translate(one.message) for one in fault.errors} if fault else {}
        days = [
            {
                "place": place,
                "label": translate(label),
                "periods": _periods(place, kept.week[place], typed),
                "error": errors.pop(f"week.{place}", None),
            }
            for place, label in enumerate(WEEKDAYS)
        ]
        return await self.renderer.page(
            request,
            "crm/admin/working_time.html",
            status=422 if fault else 200,
            heading=translate(_("Working time")),
            days=days,
            national=kept.national if typed is None else typed.get("national") == "true",
            own=kept.own,
            exceptions=[(day, _words(hours)) for day, hours in sorted(kept.exceptions.items(), reverse=True)],
            faults=list(errors.values()),
            path=self.url(PATH),
        )

    async def save(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        kept = await self.working_time.hours(actor)
        week = [_read(sent, f"week-{place}") for place in range(7)]
        try:
            await self.working_time.save(actor, week, sent.get("national") == "true", kept.exceptions)
        except Invalid as fault:
            return await self._page(request, kept, sent, fault)
        return self.done(request, PATH, _("Saved. Deadlines that run already stay as they are."))

    # Single days

    async def new_day(self, request: AnyRequest) -> Response[str]:
        return self._day_form(request, None, None)

    def _day_form(self, request: AnyRequest, typed: Any, fault: CrmError | None) -> Response[str]:
        sheet = Sheet(typed, None, fault)
        sheet.field("day", _("Day"), "date", required=True, extra={"autofocus": True})
        sheet.field("day-0-opens", _("Opens"), "time", hint=_("Leave the times empty: closed all day."))
        sheet.field("day-0-closes", _("Closes"), "time")
        return self.dialog(request, _("A day that differs"), sheet, f"{PATH}/days/new", save_label=_("Add"))

    async def add_day(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        kept = await self.working_time.hours(actor)
        try:
            day = _day(text_of(sent, "day"))
            exceptions = {**kept.exceptions, day: _read(sent, "day")}
            await self.working_time.save(actor, kept.week, kept.national, exceptions)
        except REFUSALS as fault:
            return self._day_form(request, sent, fault)
        return self.done(request, PATH, _("{name} is added.")(name=day))

    async def remove_day(self, request: AnyRequest, actor: Actor, day: str) -> Response[Any]:
        kept = await self.working_time.hours(actor)
        if day not in kept.exceptions:
            raise NotFound()
        exceptions = {one: hours for one, hours in kept.exceptions.items() if one != day}
        await self.working_time.save(actor, kept.week, kept.national, exceptions)
        return self.done(request, PATH, _("{name} is a usual day again.")(name=day))


def _periods(place: int, hours: Hours, typed: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """The periods of a weekday as inputs: as typed, else as kept, with room for a break."""
    count = max(PERIODS, len(hours))
    found = []
    for number in range(count):
        name = f"week-{place}-{number}"
        opens = closes = ""
        if typed is not None:
            opens, closes = text_of(typed, f"{name}-opens"), text_of(typed, f"{name}-closes")
        elif number < len(hours):
            opens, closes = _clock(hours[number][0]), _clock(hours[number][1])
        found.append({"name": name, "opens": opens, "closes": closes})
    return found


def _read(sent: Mapping[str, Any], name: str) -> list[tuple[int, int]]:
    """The periods of a day in minutes; what is half filled in becomes hours the service refuses in words."""
    found: list[tuple[int, int]] = []
    number = 0
    while f"{name}-{number}-opens" in sent:
        opens = text_of(sent, f"{name}-{number}-opens")
        closes = text_of(sent, f"{name}-{number}-closes")
        if opens or closes:
            found.append((_minutes(opens), _minutes(closes) or MINUTES))
        number += 1
    return found


def _minutes(raw: str) -> int:
    hour, _colon, minute = raw.partition(":")
    return int(hour) * 60 + int(minute[:2]) if hour.isdigit() and minute[:2].isdigit() else -1


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _words(hours: Sequence[Sequence[int]]) -> str:
    if not hours:
        return translate(_("closed"))
    return " / ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in hours)


def _day(raw: str) -> str:
    try:
        return date.fromisoformat(raw).isoformat()
    except ValueError as fault:
        raise Invalid.one("day", "date", _("This is not a date.")) from fault
