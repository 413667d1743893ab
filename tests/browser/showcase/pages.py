"""The module's pages, drawn with the kernel's components."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post

from crm_kernel.errors import Conflict, NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import told
from crm_kernel.web.parameters import CurrentActor
from tests.browser.showcase.deals import LANES, ZONE, Desk, desk

_ = messages("showcase")
AnyRequest = Request[Any, Any, Any]
CARS = [{"id": "passat", "label": "帕萨特"}, {"id": "tiguan", "label": "途观L"}]
MONTHS = ["6月", "7月", "8月", "9月", "10月", "11月"]


def handlers(kernel: Kernel) -> list[Any]:
    """Every route of the module."""
    pages = Showcase(kernel, kernel.service("pages").renderer)
    pages.desk = desk(datetime.now(ZONE).date())
    opt = {"permission": "showcase.use"}
    return [
        get("/showcase/board", opt=opt, include_in_schema=False)(pages.board),
        post("/showcase/board/{id:str}/move", opt=opt, include_in_schema=False)(pages.move),
        get("/showcase/calendar", opt=opt, include_in_schema=False)(pages.calendar),
        get("/showcase/calendar/events", opt=opt, include_in_schema=False)(pages.events),
        post("/showcase/calendar/{id:str}/move", opt=opt, include_in_schema=False)(pages.shift),
        get("/showcase/figures", opt=opt, include_in_schema=False)(pages.figures),
    ]


class Showcase(PageRoom):
    """A board of deals, a calendar of test drives, figures."""

    desk: Desk

    async def board(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        return await self.renderer.page(
            request,
            "showcase/board.html",
            heading="商机看板",
            lanes=[self.desk.lane(key) for key in LANES],
            board_url=self.renderer.url("/showcase/board"),
            move_url=self.renderer.url("/showcase/board/{id}/move"),
        )

    async def move(self, request: AnyRequest, actor: CurrentActor, id: str) -> Response[str]:
        """Put a deal into another lane; a deal is won only after an offer."""
        sent = await request.form()
        deal, to = self.desk.deals.get(id), str(request.query_params.get("to") or sent.get("to", ""))
        if deal is None or to not in LANES:
            raise NotFound()
        if to == "won" and deal.lane != "offer":
            raise Conflict(_("先报价，再成交。"))
        before, deal.lane, deal.version = deal.lane, to, deal.version + 1
        lanes = [self.desk.lane(key) for key in dict.fromkeys((before, to))]
        response = self.renderer.part(request, "showcase/heads.html", lanes=lanes)
        undo = {"label": "撤销", "url": self.renderer.url(f"/showcase/board/{id}/move?to={before}")}
        told(response, f"{deal.name} → {LANES[to]}", undo=undo)
        return response

    async def calendar(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        hours = [
            {"label": f"{hour:02}:00", "cells": [{"bookings": self._at(hour, car["id"])} for car in CARS]}
            for hour in range(9, 18)
        ]
        return await self.renderer.page(
            request,
            "showcase/calendar.html",
            heading="试驾日历",
            cars=CARS,
            hours=hours,
            events_url=self.renderer.url("/showcase/calendar/events"),
            move_url=self.renderer.url("/showcase/calendar/{id}/move"),
        )

    def _at(self, hour: int, car: str) -> list[dict[str, str]]:
        return [
            {"url": "/customers", "title": one.title, "tone": "info"}
            for one in self.desk.drives.values()
            if one.start.hour == hour and one.car == car
        ]

    async def events(self, request: AnyRequest, actor: CurrentActor) -> dict[str, list[dict[str, str]]]:
        shown = request.query_params.getall("resource", [])
        return {
            "items": [
                {
                    "id": one.id,
                    "title": one.title,
                    "start": one.start.isoformat(),
                    "end": one.end.isoformat(),
                    "tone": "info",
                }
                for one in self.desk.drives.values()
                if one.car in shown
            ]
        }

    async def shift(self, request: AnyRequest, actor: CurrentActor, id: str) -> dict[str, bool]:
        sent, drive = await request.json(), self.desk.drives[id]
        start = datetime.fromisoformat(sent["start"]).astimezone(ZONE)
        drive.start, drive.end = start, start + timedelta(hours=1)
        return {"moved": True}

    async def figures(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        url = self.renderer.url("/customers")
        lists = [f"{url}?q={month}" for month in MONTHS]
        sources = {
            "type": "bar",
            "stacked": True,
            "categories": MONTHS,
            "series": [
                {
                    "name": "垂直媒体",
                    "values": [44, 52, 61, 58, 70, 66],
                    "urls": lists,
                },
                {"name": "展厅", "values": [33, 31, 36, 42, 40, 45]},
                {"name": "转介绍", "values": [8, 12, 11, 17, 16, 18]},
            ],
        }
        funnel = {
            "type": "funnel",
            "categories": ["线索", "到店", "试驾", "成交"],
            "series": [{"name": "数量", "values": [128, 64, 46, 19]}],
        }
        ages = {
            "type": "pie",
            "categories": ["30 天以内", "30-60 天", "60-90 天", "90 天以上"],
            "series": [{"name": "库龄", "values": [48, 28, 17, 7]}],
        }
        trend = {
            "type": "line",
            "unit": "台",
            "categories": MONTHS,
            "series": [{"name": "销量", "values": [12, 15, 14, 19, 18, 21]}],
        }
        charts = [("线索来源", sources), ("销售漏斗", funnel), ("库龄", ages), ("销量", trend)]
        return await self.renderer.page(request, "showcase/figures.html", heading="销售图表", charts=charts)
