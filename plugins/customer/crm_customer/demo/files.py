"""The export of a made-up dealer system: customers, cars and visits as three tables."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from crm_customer.demo.cars import Car, car
from crm_customer.demo.people import somebody

CUSTOMERS = 300
OLDEST = 2400
"""Days since the first of them came."""
LEVELS = ("普通", "普通", "普通", "银卡", "金卡", "VIP")
SOURCES = ("自然到店", "电话", "网络", "车展", "转介绍")
LATER = ("一般保养", "一般保养", "小修", "事故", "索赔")

CUSTOMER_HEADS = (
    "客户编号 客户名称 客户状态 性别 出生日期 手机 地址 客户级别 来源 "
    "客户类型 建档日期 销售顾问 职业 爱好 微信"
)
VEHICLE_HEADS = "底盘号 车牌号 品牌 车系 车型 颜色 购车日期 质保到期 交强险到期 商业险到期 行驶里程 客户编号"
ORDER_HEADS = "工单号 底盘号 进厂日期 结算日期 进厂里程 维修类型 结算金额 服务顾问"
SEXES = {"male": "男", "female": "女", "unknown": ""}

Row = Sequence[object]


class Export:
    """Everything that happened at the dealership, made up from one seed and told relative to today."""

    def __init__(
        self, chance: Random, today: date, consultants: Sequence[str], advisors: Sequence[str]
    ) -> None:
        self._chance = chance
        self._today = today
        self._advisors = advisors
        self.customers: list[Row] = []
        self.vehicles: list[Row] = []
        self.orders: list[Row] = []
        ages = sorted(
            (min(int(chance.expovariate(1 / 600)), OLDEST) for _n in range(CUSTOMERS)), reverse=True
        )
        for number, days in enumerate(ages, start=1):
            self._customer(number, today - timedelta(days=days), chance.choice(consultants))

    def write(self, folder: Path) -> Iterator[tuple[str, Path]]:
        """The three files, in the order in which they are imported: (kind, path)."""
        for kind, name, heads, rows in (
            ("customers", "客户.csv", CUSTOMER_HEADS, self.customers),
            ("vehicles", "车辆.csv", VEHICLE_HEADS, self.vehicles),
            ("repair_orders", "维修工单.csv", ORDER_HEADS, self.orders),
        ):
            path = folder / name
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(heads.split())
                writer.writerows(rows)
            yield kind, path

    def _customer(self, number: int, registered_on: date, consultant: str) -> None:
        chance = self._chance
        who = somebody(chance, self._today, number)
        code = f"KH{number:06d}"
        owns = who.company or chance.random() < 0.82
        self.customers.append(
            (
                code,
                who.name,
                "客户" if owns else "潜客",
                SEXES[who.sex],
                who.birthday or "",
                who.mobile,
                who.address,
                chance.choice(LEVELS),
                chance.choice(SOURCES),
                "单位客户" if who.company else "个人用户",
                registered_on,
                consultant,
                who.job,
                who.hobby,
                f"wx{number:05d}" if chance.random() < 0.6 else "",
            )
        )
        for place in range((3 if who.company else 1) if owns else 0):
            bought_on = min(registered_on + timedelta(days=chance.randrange(0, 25)), self._today)
            self._car(code, car(chance, bought_on, number * 10 + place))

    def _car(self, code: str, one: Car) -> None:
        insured = one.purchased_on
        while insured <= self._today - timedelta(days=20):
            insured += timedelta(days=365)
        days = (self._today - one.purchased_on).days
        self.vehicles.append(
            (
                one.vin,
                one.plate,
                one.brand,
                one.series,
                one.model,
                one.color,
                one.purchased_on,
                one.purchased_on + timedelta(days=3 * 365),
                insured,
                insured,
                one.yearly_km * days // 365,
                code,
            )
        )
        self._visits(one)

    def _visits(self, one: Car) -> None:
        chance = self._chance
        day, kind = one.purchased_on + timedelta(days=chance.randrange(80, 110)), "首保"
        while day <= self._today:
            waiting = (self._today - day).days < 3
            self.orders.append(
                (
                    f"RO{day:%y%m%d}{len(self.orders) + 1:05d}",
                    one.vin,
                    day,
                    "" if waiting else day + timedelta(days=chance.choice((0, 0, 0, 1, 3))),
                    one.yearly_km * (day - one.purchased_on).days // 365,
                    kind,
                    chance.randrange(380, 4200),
                    chance.choice(self._advisors),
                )
            )
            kind = chance.choice(LATER)
            day += timedelta(days=chance.randrange(150, 400))
