"""Finding records by what people remember of them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from sqlalchemy import select

from crm_kernel.actor import Grants, Scope, Shared
from crm_kernel.records.room import room_of
from crm_kernel.records.search import tokens
from crm_kernel.records.search.models import SearchDocument
from crm_kernel.records.search.tidying import tidy
from tests.kernel.records import garage

VIEW = {"guest.view": Scope.DEALERSHIP, "guest.create": Scope.DEALERSHIP}


def keyed(purpose: str, text: str) -> str:
    return f"{purpose}{text}".encode().hex().ljust(16, "0")[:16]


@pytest.fixture
def kernel_modules():
    return [garage]


@pytest.fixture
def records(kernel):
    return kernel.service("records")


@pytest.fixture
def search(kernel):
    return kernel.service("search").search


@pytest.mark.parametrize(
    ("value", "query", "held"),
    [
        ("王小明", "小明", True),
        ("王小明", "明", True),
        ("王小明", "wxm", True),
        ("王小明", "WangXiao", True),
        ("单雄信", "shanxiong", True),
        ("曾国藩", "zgf", True),
        ("粤B·D12345", "bd123", True),
        ("LSVAA49J132012345", "012345", True),
        ("王小明", "王明", False),
        ("王小明", "mx", False),
        ("上海永达汽车销售服务有限公司", "永达汽车", True),
    ],
)
def test_every_word_a_value_holds_is_among_its_tokens(value, query, held):
    (word,) = tokens.words(query)
    groups = tokens.asked(word, keyed, parts=True)
    among = any(set(group) <= tokens.text_tokens(value) for group in groups)
    assert among or not held
    assert tokens.contains_text(value, word) is held


def test_a_number_lies_in_no_token():
    found = tokens.phone_tokens("+8613812345678", keyed, parts=True)
    assert not any(part in token for token in found for part in ("1381", "3812", "5678"))
    assert tokens.phone_tokens("+8613812345678", keyed, parts=False) == {f"w{keyed('whole', '13812345678')}"}


def test_tokens_of_two_dealerships_or_entities_never_meet():
    starts = {tokens.prefix(number, entity) for number in (1, 11, 111) for entity in ("guest", "visit")}
    assert len(starts) == 6
    assert not any(a != b and b.startswith(a) for a in starts for b in starts)


async def test_hits_are_named_and_masked(records, search, admin):
    made = await records.create(
        admin,
        "guest",
        {"name": "王小明", "mobile": "13812345678", "email": "wang@example.com", "plate": "沪A12345"},
    )
    (hit,) = await search(admin, "5678")
    assert (hit.entity, hit.id, hit.label) == ("guest", made.id, "王小明")
    assert "138****5678" in hit.detail
    assert "13812345678" not in hit.detail
    assert [h.id for h in await search(admin, "wang@example.com")] == [made.id]
    assert not await search(admin, "wang@example")
    assert not await search(admin, "   ")


async def test_the_newest_come_first_and_no_more_than_asked(records, search, admin):
    names = [f"王{number}号" for number in "一二三四五"]
    for name in names:
        await records.create(admin, "guest", {"name": name})
    assert [hit.label for hit in await search(admin, "王", limit=3)] == ["王五号", "王四号", "王三号"]


async def test_another_dealership_is_not_searched(records, search, make_actor, make_dealership):
    east = await make_dealership("east")
    here, there = await make_actor(VIEW), await make_actor(VIEW, at=east.id)
    await records.create(there, "guest", {"name": "王小明", "mobile": "13812345678"})
    assert len(await search(there, "小明")) == 1
    assert not await search(here, "小明")
    assert not await search(here, "13812345678")
    chief = await make_actor({"guest.view": Scope.ALL})
    assert len(await search(chief, "13812345678")) == 1


async def test_who_may_not_view_finds_nothing(records, search, admin, make_actor):
    await records.create(admin, "guest", {"name": "王小明"})
    assert not await search(await make_actor({}), "小明")


async def test_a_shared_record_is_found_by_the_shared_fields_only(
    kernel, records, search, make_actor, make_dealership
):
    east = await make_dealership("east")
    there = await make_actor(VIEW, at=east.id)
    made = await records.create(
        there, "guest", {"name": "王小明", "mobile": "13812345678", "plate": "沪A12345"}
    )
    here = await make_actor(VIEW)
    rule = Shared("guest", frozenset({east.id}), "", frozenset({"name", "mobile"}))
    guest_of_group = replace(here, grants=Grants(permissions=VIEW, shared=(rule,)), _accesses={})
    assert [h.id for h in await search(guest_of_group, "小明")] == [made.id]
    assert not await search(guest_of_group, "沪A12345")
    seen = msgspec.json.decode(msgspec.json.encode(await records.get(guest_of_group, "guest", made.id)))
    assert seen["mobile"] == "138****5678"
    assert "plate" not in seen
    assert "code" not in seen


async def test_with_parts_switched_off_a_number_is_found_whole_only(kernel, records, search, admin):
    room_of(kernel).documents.phone_parts = False
    await records.create(admin, "guest", {"name": "王小明", "mobile": "13812345678"})
    assert len(await search(admin, "138 1234 5678")) == 1
    assert not await search(admin, "5678")


async def test_no_clear_digit_of_an_encrypted_field_lies_in_the_database(kernel, records, admin):
    await records.create(admin, "guest", {"name": "王", "mobile": "13812345678", "code": "X"})
    async with kernel.db.work(None) as work:
        held = (await work.execute(select(SearchDocument.tokens))).scalar_one()
        raw = (await work.execute(select(garage.Guest.__table__))).one()
    words = {word.strip("'").removeprefix(tokens.prefix(1, "guest")) for word in held.split()}
    parts = [part for length in range(2, 12) for part in tokens.grams("13812345678", length)]
    assert f"u{ord('王'):x}" in words
    assert not words & {kind + part for kind in ("", "k", "w") for part in parts}
    assert {len(word) for word in words if word.startswith("k")} == {len("k") + 12}, "hashes, nothing beside"
    assert "13812345678" not in str(raw.mobile_bi)


async def test_the_index_can_be_made_anew(kernel, records, search, admin):
    for name in ("王小明", "李小红"):
        await records.create(admin, "guest", {"name": name})
    async with kernel.db.work(None) as work:
        await work.execute(SearchDocument.__table__.delete())
    assert not await search(admin, "小明")
    assert await kernel.service("search").reindex(admin, "guest") == 2
    await tidy(kernel)
    assert [hit.label for hit in await search(admin, "小")] == ["李小红", "王小明"]


async def test_bulk_written_rows_are_found_like_others(kernel, records, search, admin):
    made = await records.create(admin, "guest", {"name": "王小明", "plate": "沪A12345"})
    async with kernel.db.work(admin) as work:
        await work.execute(
            garage.Guest.__table__.update().where(garage.Guest.id == made.id).values(name="李大红")
        )
        await kernel.service("search").index_many(work, garage.GUEST, [(made.id, {"name": "李大红"})])
    assert not await search(admin, "小明")
    assert [hit.label for hit in await search(admin, "A12345")] == ["李大红"]
