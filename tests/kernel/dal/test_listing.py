"""Lists: paging sees every car once in every order, filters mean what they say, and the fast way reads
what the plain way reads."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_kernel.actor import Scope
from crm_kernel.dal.query import MAX_IN, Condition, Query
from crm_kernel.dal.scoped import Scoped, scoped
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Invalid, Malformed
from tests.kernel.dal.house import House, car
from tests.kernel.dal.showroom import CARS, NAMES, Car, Plate

COLORS = (None, None, "red", "Red", "blue", "白色", "50%_off", "a/b")
START = datetime(2026, 3, 1, 8, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
async def lot(house: House) -> House:
    rows = []
    for n in range(60):
        row = car(
            n,
            house.ids["shop1"] if n % 5 else house.ids["shop2"],
            color=COLORS[n % len(COLORS)],
            price=None if n % 7 == 0 else Decimal(n * 1000) / 7,
            doors=(None, 2, 4, 5)[n % 4],
            sold=n % 3 == 0,
            registered_on=None if n % 6 == 0 else date(2020, 1, 1) + timedelta(days=n % 9),
            key_code=None if n % 4 == 0 else f"钥匙-{n}",
            key_bi=f"bi{n % 10}",
            tags=["vip"] if n % 8 == 0 else [],
        )
        row.created_at = START + timedelta(minutes=n // 10)
        rows.append(row)
        row.id = uuid7()
    await house.add(rows)
    async with house.db.work(house.access(Scope.ALL)) as work:
        for row in rows:
            plate = f"A{row.vin[-2:]}"
            work.add(Plate(dealership_id=row.dealership_id, car_id=row.id, plate=plate))
    return house


SORTS = [
    (),
    ("name",),
    ("-vin",),
    ("color",),
    ("-color", "vin"),
    ("doors", "-created_at"),
    ("-doors", "color", "-price"),
    ("price",),
    ("-registered_on", "sold"),
    ("-created_at", "name"),
    ("id",),
    ("-id", "name"),
]


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: ",".join(sort) or "default")
async def test_paging_shows_each_car_once_in_the_order_of_the_whole_list(
    lot: House, sort: tuple[str, ...]
) -> None:
    access = lot.access(Scope.ALL)
    whole = await CARS.page(lot.db, access, Query(sort=sort, limit=100), ["vin"])
    walked: list[Any] = []
    cursor = None
    for _page in range(20):
        page = await CARS.page(lot.db, access, Query(sort=sort, limit=7, cursor=cursor), ["vin"])
        walked.extend(page.rows)
        cursor = page.next
        if cursor is None:
            break
    assert [row[0] for row in walked] == [row[0] for row in whole.rows]
    assert len({row[0] for row in walked}) == 60


WANTED = {
    ("color", "eq", "red"): lambda c: c.color == "red",
    ("color", "eq", None): lambda c: c.color is None,
    ("color", "ne", "blue"): lambda c: c.color != "blue",
    ("color", "empty", True): lambda c: c.color is None,
    ("color", "empty", False): lambda c: c.color is not None,
    ("color", "in", ("red", "白色", "blue")): lambda c: c.color in ("red", "白色", "blue"),
    ("color", "in", ()): lambda c: False,
    ("color", "contains", "0%_"): lambda c: c.color == "50%_off",
    ("color", "contains", "%"): lambda c: c.color == "50%_off",
    ("color", "startswith", "a/"): lambda c: c.color == "a/b",
    ("color", "endswith", "色"): lambda c: c.color == "白色",
    ("color", "contains", "RED"): lambda c: c.color in ("red", "Red"),
    ("doors", "gt", 2): lambda c: (c.doors or 0) > 2,
    ("doors", "gte", 4): lambda c: (c.doors or 0) >= 4,
    ("doors", "lt", 5): lambda c: c.doors is not None and c.doors < 5,
    ("doors", "lte", 2): lambda c: c.doors is not None and c.doors <= 2,
    ("doors", "in", (2, 5, 5)): lambda c: c.doors in (2, 5),
    ("price", "gt", Decimal("4000.50")): lambda c: c.price is not None and c.price > Decimal("4000.50"),
    ("sold", "eq", True): lambda c: c.sold,
    ("sold", "ne", True): lambda c: not c.sold,
    ("registered_on", "lte", date(2020, 1, 3)): lambda c: c.registered_on and c.registered_on.day <= 3,
    ("created_at", "gte", START + timedelta(minutes=3)): lambda c: (
        c.created_at >= START + timedelta(minutes=3)
    ),
    ("tags", "eq", "vip"): lambda c: "vip" in c.tags,
    ("tags", "ne", "vip"): lambda c: "vip" not in c.tags,
    ("tags", "empty", True): lambda c: not c.tags,
    ("tags", "contains", "vi"): lambda c: False,
    ("tags", "in", ("none", "vip")): lambda c: "vip" in c.tags,
    ("key_code", "empty", True): lambda c: c.key_code is None,
    ("key", "eq", "3ib"): lambda c: c.key_bi == "bi3",
    ("plate", "eq", "a09"): lambda c: c.vin == "VIN00000000000009",
    ("plate", "eq", "x"): lambda c: False,
    ("any_case", "eq", "vin00000000000007"): lambda c: c.vin == "VIN00000000000007",
}
CASE_BLIND = {("color", "eq", "red"), ("color", "in", ("red", "白色", "blue"))}


@pytest.mark.parametrize("asked", list(WANTED), ids=str)
async def test_a_filter_finds_what_it_says(lot: House, asked: tuple[str, str, Any]) -> None:
    access = lot.access(Scope.ALL)
    cars = await lot.db.rows(_all(lot))
    wanted = {one.vin for one in cars if WANTED[asked](one)}
    if asked in CASE_BLIND and lot.db.dialect == "mariadb":
        wanted |= {one.vin for one in cars if one.color == "Red"}
    page = await CARS.page(lot.db, access, Query((Condition(*asked),), limit=100, count=True), ["vin"])
    assert {row[0] for row in page.rows} == wanted
    assert page.count == len(wanted)


def _all(lot: House) -> Scoped:
    return scoped(lot.access(Scope.ALL), Car)


class Sent(msgspec.Struct):
    id: UUID
    dealership_id: UUID
    owner_id: UUID | None
    created_at: datetime
    version: int
    tags: list[str]
    custom: dict[str, Any]
    vin: str
    name: str
    color: str | None
    price: Decimal | None
    doors: int | None
    sold: bool
    registered_on: date | None
    key_code: str | None


CONDITIONS = st.one_of(
    st.builds(
        Condition, st.just("color"), st.sampled_from(["eq", "ne", "contains"]), st.sampled_from(COLORS[2:])
    ),
    st.builds(Condition, st.just("doors"), st.sampled_from(["eq", "gt", "lte"]), st.integers(0, 6)),
    st.builds(Condition, st.just("doors"), st.just("in"), st.lists(st.integers(0, 6), max_size=5)),
    st.builds(Condition, st.just("sold"), st.just("eq"), st.booleans()),
    st.builds(Condition, st.just("price"), st.sampled_from(["gte", "lt"]), st.decimals(0, 9000, places=2)),
    st.builds(Condition, st.just("registered_on"), st.just("empty"), st.booleans()),
    st.builds(Condition, st.just("tags"), st.sampled_from(["eq", "ne"]), st.sampled_from(["vip", "x"])),
    st.builds(Condition, st.just("key"), st.just("eq"), st.sampled_from(["1ib", "9ib"])),
    st.builds(Condition, st.just("any_case"), st.just("eq"), st.just("vin00000000000007")),
)
QUERIES = st.builds(
    Query,
    conditions=st.lists(CONDITIONS, max_size=3).map(tuple),
    sort=st.sampled_from(SORTS),
    limit=st.sampled_from([1, 5, 50]),
)


async def test_the_fast_way_reads_what_the_plain_way_reads(lot: House) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(QUERIES, st.sampled_from(list(Scope)), st.booleans())
    def agree(query: Query, scope: Scope, second_page: bool) -> None:
        asyncio.run_coroutine_threadsafe(_agree(lot, query, scope, second_page), loop).result(60)

    await asyncio.to_thread(agree)


async def _agree(lot: House, query: Query, scope: Scope, second_page: bool) -> None:
    access = lot.access(scope)
    if second_page:
        first = await CARS.page(lot.db, access, query, NAMES)
        query = query.but(cursor=first.next)
    plain = await lot.db.rows(CARS.statement(lot.db, access, query, NAMES))
    expected = [tuple(row)[: len(NAMES)] for row in plain[: query.limit]]
    typed = await CARS.page(lot.db, access, query, NAMES, typed=True)
    assert [tuple(row) for row in typed.rows] == expected
    sent = await CARS.page(lot.db, access, query, NAMES)
    encoded = msgspec.json.encode([dict(zip(NAMES, row, strict=True)) for row in sent.rows])
    assert [msgspec.structs.astuple(row) for row in msgspec.json.decode(encoded, type=list[Sent])] == expected
    async with lot.db.work(access):
        inside = await CARS.page(lot.db, access, query, NAMES)
    assert [tuple(row) for row in inside.rows] == [tuple(row) for row in sent.rows]


async def test_masked_values_never_leave_in_clear(lot: House) -> None:
    page = await CARS.page(
        lot.db,
        lot.access(Scope.ALL),
        Query(limit=60),
        ["vin", "key_code"],
        masks={"key_code": lambda v: v[:2]},
    )
    assert {row[1] for row in page.rows} == {None, "钥匙"}
    row = await CARS.one(
        lot.db,
        lot.access(Scope.ALL),
        (await lot.db.first(_all(lot).where(Car.vin == "VIN00000000000003"))).id,
        ["key_code", "version"],
        masks={"key_code": str.upper},
    )
    assert row is not None
    assert list(row) == ["钥匙-3", 1]


BROKEN = [
    "",
    "x",
    "not base64 !",
    "é",
    "A" * 5000,
    base64.urlsafe_b64encode(b"[]").decode(),
    base64.urlsafe_b64encode(b'["name,id"]').decode(),
    base64.urlsafe_b64encode(b'["-created_at,-id","2026-01-01T00:00:00Z","not an id"]').decode(),
    base64.urlsafe_b64encode(b'["-created_at,-id",null,"01a201cd-48b9-7e75-a1b4-0a6403c25907"]').decode(),
    base64.urlsafe_b64encode(b'["-created_at,-id","\' or 1=1 --",{}]').decode(),
    base64.urlsafe_b64encode(
        b'["-created_at,-id","2026-01-01T00:00:00","01a201cd-48b9-7e75-a1b4-0a6403c25907"]'
    )
    .decode()
    .rstrip("="),
    base64.urlsafe_b64encode(msgspec.json.encode({"a": 1})).decode(),
]


@pytest.mark.parametrize("cursor", BROKEN)
async def test_a_broken_page_address_is_called_broken(lot: House, cursor: str) -> None:
    with pytest.raises(Malformed):
        await CARS.page(lot.db, lot.access(Scope.ALL), Query(cursor=cursor), ["vin"])


@pytest.mark.parametrize(
    "condition",
    [
        Condition("nonsense", "eq", 1),
        Condition("vin", "like", "x"),
        Condition("vin", "gt", None),
        Condition("vin", "eq", "a\0b"),
        Condition("vin", "eq", "\ud800"),
        Condition("vin", "contains", "x" * 5000),
        Condition("doors", "eq", 2**40),
        Condition("doors", "eq", "1 or 1=1"),
        Condition("doors", "contains", "1"),
        Condition("doors", "in", "12"),
        Condition("doors", "in", range(MAX_IN + 1)),
        Condition("price", "eq", Decimal("NaN")),
        Condition("price", "gt", Decimal(10) ** 30),
        Condition("created_at", "gt", datetime(2026, 1, 1)),  # noqa: DTZ001
        Condition("key_code", "eq", "钥匙-3"),
        Condition("id", "eq", "' or ''='"),
        Condition("tags", "gt", "a"),
    ],
    ids=repr,
)
async def test_a_filter_that_cannot_be_is_refused_by_name(lot: House, condition: Condition) -> None:
    with pytest.raises(Invalid) as refusal:
        await CARS.page(lot.db, lot.access(Scope.ALL), Query((condition,)), ["vin"])
    assert refusal.value.errors[0].field == condition.field


@pytest.mark.parametrize("sort", [("nonsense",), ("key_code",), ("name",) * 5, ("-", ""), ("id;select",)])
async def test_an_order_that_cannot_be_is_refused(lot: House, sort: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        await CARS.page(lot.db, lot.access(Scope.ALL), Query(sort=sort), ["vin"])


async def test_too_many_filters_are_refused(lot: House) -> None:
    with pytest.raises(Invalid):
        await CARS.page(lot.db, lot.access(Scope.ALL), Query((Condition("doors", "eq", 1),) * 21), ["vin"])


async def test_plans_are_kept_but_never_without_bound(lot: House) -> None:
    access = lot.access(Scope.ALL)
    for _again in range(3):
        await CARS.page(lot.db, access, Query((Condition("doors", "in", (1, 2, 3)),)), ["vin"])
        await CARS.page(lot.db, access, Query((Condition("doors", "in", (4, 5, 6, 7)),)), ["vin"])
        await CARS.page(lot.db, access, Query((Condition("any_case", "eq", "abc"),)), ["vin"])
    assert len(lot.db.plans) == 2
    for limit in range(1, 520):
        await CARS.page(lot.db, access, Query(limit=limit), ["vin"])
    assert len(lot.db.plans) == 512


async def test_deleted_cars_are_listed_only_when_asked_for(lot: House) -> None:
    access = lot.access(Scope.ALL)
    async with lot.db.work(access) as work:
        gone = await work.first(_all(lot).where(Car.vin == "VIN00000000000003"))
        gone.deleted_at = work.now
    living = await CARS.page(lot.db, access, Query(limit=100), ["vin"])
    deleted = await CARS.page(lot.db, access, Query(limit=100, deleted=True), ["vin"])
    both = await CARS.page(lot.db, access, Query(limit=100, deleted=None), ["vin"])
    assert (len(living.rows), len(both.rows)) == (59, 60)
    assert [row[0] for row in deleted.rows] == ["VIN00000000000003"]
    assert await CARS.one(lot.db, access, gone.id, ["vin"]) is None
    assert await CARS.one(lot.db, access, gone.id, ["vin"], deleted=True) is not None
    assert await CARS.one(lot.db, access, uuid7(), ["vin"], deleted=None) is None
