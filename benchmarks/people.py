"""Customers and their cars, as many as wanted and the same at every run."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from crm_kernel.dal.types import uuid7_many

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英文华建国玉红梅春秋海波云龙志新宇浩"
START = datetime(2026, 1, 1, tzinfo=UTC)
CAR_EVERY = 5
"""One customer of so many in a dealership has a car."""

Rows = list[dict[str, Any]]


def mobile_of(number: int) -> str:
    """The mobile of the customer with that number."""
    return f"138{number:08}"


def code_of(number: int) -> str:
    """The customer's code."""
    return f"KH{number:08}"


def name_of(number: int) -> str:
    """His name: two characters in one case of four, else three."""
    draw = random.Random(number)
    return draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=1 if number % 4 == 0 else 2))


def vin_of(number: int) -> str:
    """The VIN of that customer's car."""
    return f"LSVBA41Z{number:09}"


def plate_of(number: int) -> str:
    """Its plate."""
    return f"沪A{number:05X}"


def has_car(number: int, dealerships: int) -> bool:
    """Whether the customer with that number has one."""
    return number // dealerships % CAR_EVERY == 0


def customers(shops: Sequence[UUID], numbers: range) -> Rows:
    """Column values of customers, dealt out to the dealerships in turn."""
    draw = random.Random(numbers.start)
    rows = []
    for n, made in zip(numbers, uuid7_many(len(numbers)), strict=True):
        created, mobile = START + timedelta(seconds=n), mobile_of(n)
        rows.append(
            {
                "id": made, "dealership_id": shops[n % len(shops)], "owner_id": None, "created_at": created,
                "updated_at": created, "code": code_of(n), "name": name_of(n), "kind": "person",
                "status": "customer", "sex": draw.choice(("male", "female")),
                "birthday": date(1970, 1, 1) + timedelta(days=draw.randrange(12000)), "mobile": mobile,
                "phones": [{"number": mobile, "kind": "mobile"}], "email": f"c{n}@example.com",
                "wechat": f"wx{n}", "level": draw.choice("ABC"), "source": "walk_in",
                "registered_on": date(2025, 5, 5), "occupation": "工程师", "employer": "某某科技有限公司",
                "education": "本科", "industry": "信息技术", "remark": "老客户,喜欢周末来店",
                "do_not_contact": n % 50 == 0, "tags": [],
            }
        )  # fmt: skip
    return rows


def cars(owners: Rows, shops: Sequence[UUID], numbers: range) -> Rows:
    """Column values of the cars of those customers that have one."""
    having = [(n, owner) for n, owner in zip(numbers, owners, strict=True) if has_car(n, len(shops))]
    rows = []
    for (n, owner), made in zip(having, uuid7_many(len(having)), strict=True):
        vin, plate = vin_of(n), plate_of(n)
        rows.append(
            {
                "id": made, "dealership_id": owner["dealership_id"], "owner_id": None,
                "created_at": owner["created_at"], "updated_at": owner["created_at"], "vin": vin,
                "vin_tail": vin[-6:], "vin_check": "none", "plate": plate,
                "plates": [{"plate": plate, "since": None, "until": None}], "brand": "荣威", "series": "RX5",
                "model": "RX5 2024 款 1.5T", "model_year": 2024, "color": "白", "mileage_km": n % 90_000,
                "purchased_on": date(2024, 3, 1), "customer_id": owner["id"], "people": [], "tags": [],
            }
        )  # fmt: skip
    return rows
