"""Figures for people: a page per module with a period to choose, a chart and its table per report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get

from crm_kernel.actor import Actor
from crm_kernel.contributions import MenuItem
from crm_kernel.errors import Invalid, NotFound
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.kinds import Money
from crm_kernel.reports.periods import CHOICES, Period, period_of
from crm_kernel.reports.service import Reports
from crm_kernel.reports.views import Cell, Column, Line, PeriodView, ReportView, Value
from crm_kernel.text import messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import Renderer
from crm_kernel.web import answers
from crm_kernel.web.extras.files import FileAnswer
from crm_kernel.web.parameters import CurrentActor, PathWord
from crm_kernel.web.router import Router

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
PATH = "/reports"
ASKED = ("period", "from", "to")
MOST_DRAWN = 15
"""More rows than these are left to the table."""
FEW = 6
"""So many columns with long names stand beside each other; more of them lie."""
ROW_HEIGHT, AXES, LEAST_HEIGHT = 30, 70, 140
NOT_DRAWN = frozenset(("table", "numbers"))


def report_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of figures."""
    pages = ReportPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/{page:str}")(pages.show),
            get("/{page:str}/print")(pages.printed),
            get("/{page:str}/figures/{name:str}")(pages.card),
            get("/{page:str}/figures/{name:str}/file")(pages.file),
        ],
        opt={
            "signed_in": "the service asks for each report's own right and for that to view what is counted"
        },
        include_in_schema=False,
    )


class ReportPages(PageRoom):
    """The page, its cards, its files, its paper."""

    @property
    def reports(self) -> Reports:
        """The service."""
        found: Reports = self.kernel.service("reports")
        return found

    async def show(self, request: AnyRequest, actor: CurrentActor, page: PathWord) -> Response[str]:
        """The period, and a place for each report: it is reckoned when it comes into view."""
        lines = await self.reports.list(actor, page)
        if not lines:
            raise NotFound()
        period, fault = self._period(request, actor)
        here = self.url(f"{PATH}/{page}")
        query = urlencode(_named(period))
        cards = [
            {
                "url": f"{here}/figures/{line.name}" + (f"?{query}" if line.dated else ""),
                "wide": line.wide,
                "numbers": line.chart == "numbers",
                "id": _id(line.name),
            }
            for line in lines
        ]
        return await self.renderer.page(
            request,
            "crm/reports/page.html",
            status=200 if fault is None else 422,
            heading=self._heading(page),
            cards=cards,
            print_url=f"{here}/print?{query}",
            **self._chooser(here, period, fault),
        )

    async def printed(self, request: AnyRequest, actor: CurrentActor, page: PathWord) -> Response[str]:
        """Everything at once, for paper."""
        params = _params(request)
        views = await self.reports.printing(actor, page, params)
        period = period_of(params, self.kernel.clock.now(), actor.timezone)
        return await self.renderer.page(
            request,
            "crm/reports/print.html",
            heading=self._heading(page),
            figures=[self._card(actor, view, "") for view in views],
            back_url=self.url(f"{PATH}/{page}?{urlencode(_named(period))}"),
            words=_span(PeriodView(period.key, period.first, period.last)),
            by=actor.name,
            at=formats.moment(self.kernel.clock.now()),
        )

    async def card(
        self, request: AnyRequest, actor: CurrentActor, page: PathWord, name: PathWord
    ) -> Response[str]:
        view = await self._run(request, actor, page, name)
        asked = urlencode({key: value for key, value in _params(request).items() if key in ASKED})
        return self.renderer.part(request, "crm/reports/card.html", one=self._card(actor, view, page, asked))

    async def file(
        self, request: AnyRequest, actor: CurrentActor, page: PathWord, name: PathWord
    ) -> FileAnswer:
        await self._belongs(actor, page, name)
        params = _params(request)
        found = await self.reports.export(actor, name, params, format=params.get("format", "csv"))
        return await FileAnswer.of(found.filename, found.media_type, found.chunks)

    async def _run(self, request: AnyRequest, actor: Actor, page: str, name: str) -> ReportView:
        await self._belongs(actor, page, name)
        return await self.reports.run(actor, name, _params(request))

    async def _belongs(self, actor: Actor, page: str, name: str) -> None:
        if name not in {line.name for line in await self.reports.list(actor, page)}:
            raise NotFound()

    def _period(self, request: AnyRequest, actor: Actor) -> tuple[Period, str | None]:
        now = self.kernel.clock.now()
        try:
            return period_of(_params(request), now, actor.timezone), None
        except Invalid as fault:
            return period_of({}, now, actor.timezone), translate(fault.errors[0].message)

    def _chooser(self, here: str, period: Period, fault: str | None) -> dict[str, Any]:
        compared = period.before()
        return {
            "choices": [
                (translate(label), f"{here}?period={key}", key == period.key)
                for key, label in CHOICES
                if key != "custom"
            ],
            "here": here,
            "period": period,
            "fault": fault,
            "words": _span(PeriodView(period.key, period.first, period.last)),
            "before_words": _span(PeriodView("", compared.first, compared.last)),
        }

    def _heading(self, page: str) -> str:
        for item in self.kernel.registry.of(MenuItem):
            if item.path == f"{PATH}/{page}":
                return translate(item.label)
        return translate(_("Figures"))

    # One card

    def _card(self, actor: Actor, view: ReportView, page: str, asked: str = "") -> dict[str, Any]:
        file = self.url(f"{PATH}/{page}/figures/{view.name}/file?{asked}{'&' if asked else ''}format=")
        drawn = view.chart not in NOT_DRAWN and bool(view.rows)
        lines = [self._line(view, line) for line in view.rows]
        return {
            "id": _id(view.name),
            "title": translate(view.label),
            "help": translate(view.help) if view.help else "",
            "chart": view.chart,
            "data": self._drawing(view) if drawn else None,
            "height": max(LEAST_HEIGHT, ROW_HEIGHT * min(len(view.rows), MOST_DRAWN) + AXES),
            "head": translate(view.head),
            "columns": [translate(column.label) for column in view.columns],
            "lines": lines,
            "total": self._line(view, view.total) if view.total else None,
            "compared": _span(view.compared) if view.compared else "",
            "mixed": view.mixed,
            "as_things_stand": view.period is None,
            "files": [(name.upper(), file + name) for name in ("xlsx", "csv")]
            if view.may_export and page
            else [],
        }

    def _line(self, view: ReportView, line: Line) -> dict[str, Any]:
        cells = [self._cell(cell, column) for cell, column in zip(line.cells, view.columns, strict=True)]
        return {"label": line.label, "cells": cells}

    def _cell(self, cell: Cell, column: Column) -> dict[str, Any]:
        return {
            "label": translate(column.label),
            "value": shown(cell.value, column),
            "before": shown(cell.before, column) if cell.before is not None else "",
            "url": self.url(cell.path) if cell.path and cell.value else "",
        }

    def _drawing(self, view: ReportView) -> dict[str, Any]:
        rows = view.rows[:MOST_DRAWN]
        places = [place for place, column in enumerate(view.columns) if column.drawn]
        series = [
            {
                "name": translate(view.columns[place].label),
                "values": [_drawn(row.cells[place].value, view.columns[place]) for row in rows],
                "urls": [self.url(row.cells[place].path) if row.cells[place].path else None for row in rows],
            }
            for place in places
        ]
        units = {view.columns[place].unit for place in places}
        return {
            "type": {"bars": "bar", "stacked": "bar"}.get(view.chart, view.chart),
            "horizontal": view.chart == "bars" or (view.chart == "stacked" and len(rows) > FEW),
            "stacked": view.chart == "stacked",
            "categories": [row.label for row in rows],
            "series": series,
            **({"unit": "%"} if units == {"share"} else {}),
            **(self._share(view, rows) if view.chart == "pareto" else {}),
        }

    def _share(self, view: ReportView, rows: Sequence[Line]) -> dict[str, Any]:
        column = view.columns[-1]
        values = [_drawn(row.cells[-1].value, column) for row in rows]
        return {"share": {"name": translate(column.label), "values": values}}


def shown(value: Value, column: Column) -> str:
    """A number in the reader's way of writing; nothing to say is a dash."""
    if value is None:
        return "—"
    if isinstance(value, Money):
        return formats.money(value.amount, value.currency)
    return formats.percent(value) if column.unit == "share" else formats.number(value)


def _drawn(value: Value, column: Column) -> float | int | None:
    if value is None:
        return None
    if isinstance(value, Money):
        return float(value.amount)
    if column.unit == "share":
        return float(round(Decimal(value) * 100, 1))
    return value if isinstance(value, int) else float(value)


def _span(period: PeriodView) -> str:
    first, last = formats.date(period.first), formats.date(period.last)
    return first if period.first == period.last else translate(_("{first} to {last}")(first=first, last=last))


def _named(period: Period) -> Mapping[str, str]:
    if period.key != "custom":
        return {"period": period.key}
    return {"period": "custom", "from": period.first.isoformat(), "to": period.last.isoformat()}


def _params(request: AnyRequest) -> dict[str, str]:
    return dict(answers.parameters(request.scope))


def _id(name: str) -> str:
    return "report-" + name.replace(".", "-").replace("_", "-")
