"""A dealer's customers as the old system would export them; the same at every run."""

from __future__ import annotations

import csv
import random
from pathlib import Path

SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
HEADS = ["客户编号", "客户名称", "性别", "出生日期", "手机", "地址", "客户级别", "来源", "建档日期", "备注"]


def write_customers(path: Path, rows: int) -> None:
    """GB18030, with repeated codes, wrong mobiles and blank names among good rows."""
    dice = random.Random(20261122)
    with path.open("w", encoding="gb18030", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADS)
        for number in range(rows):
            code = f"KH{number - (number % 50 == 49):06}"
            name = "" if number % 97 == 13 else dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, 2))
            mobile = "1380013" if number % 89 == 7 else f"1{dice.choice('3578')}{dice.randrange(10**9):09}"
            born = f"{dice.randrange(1960, 2004)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
            level, source = dice.choice(["普通", "银卡", "金卡"]), dice.choice(["电话", "网络", "车展"])
            table.writerow(
                [
                    code,
                    name,
                    dice.choice("男女"),
                    born,
                    mobile,
                    "某某路1号",
                    level,
                    source,
                    "2024/6/1",
                    "=1+1",
                ]
            )
