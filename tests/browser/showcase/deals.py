"""The deals and drives the module keeps, in memory: what its pages show is what matters here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
LANES = {"new": "新线索", "drive": "试驾", "offer": "报价", "won": "成交"}


@dataclass(slots=True)
class Deal:
    """A card on the board. Amounts in yuan."""

    id: str
    name: str
    car: str
    amount: int
    lane: str
    version: int = 1


@dataclass(slots=True)
class Drive:
    """A test drive in the calendar."""

    id: str
    title: str
    start: datetime
    end: datetime
    car: str


@dataclass(slots=True)
class Desk:
    """Everything the module knows."""

    deals: dict[str, Deal] = field(default_factory=dict)
    drives: dict[str, Drive] = field(default_factory=dict)

    def lane(self, key: str) -> dict[str, Any]:
        """A lane as the board's macro takes it, with the sum of its deals."""
        held = [deal for deal in self.deals.values() if deal.lane == key]
        cards = [
            {
                "id": deal.id,
                "version": deal.version,
                "label": deal.name,
                "url": "/customers",
                "lines": [deal.car],
                "foot": f"¥{deal.amount:,}",
                "owner": "陈静",
            }
            for deal in held
        ]
        total = sum(deal.amount for deal in held)
        return {"key": key, "label": LANES[key], "count": len(held), "sum": f"¥{total:,}", "cards": cards}


def desk(day: date) -> Desk:
    """A desk with a few deals and two drives on the given day."""
    deals = [
        Deal("d1", "欧阳晓雯", "帕萨特", 180_000, "new"),
        Deal("d2", "端木磊", "途观L", 240_000, "new"),
        Deal("d3", "上官宏", "凯美瑞", 210_000, "drive"),
    ]
    nine = datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)
    drives = [
        Drive("t1", "欧阳晓雯 试驾", nine, nine + timedelta(hours=1), "passat"),
        Drive("t2", "端木磊 试驾", nine + timedelta(hours=2), nine + timedelta(hours=3), "tiguan"),
    ]
    return Desk({deal.id: deal for deal in deals}, {drive.id: drive for drive in drives})
