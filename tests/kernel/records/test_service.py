"""A record's life through the record service."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crm_kernel.actor import Scope
from crm_kernel.dal.query import Condition, Query
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from crm_kernel.records.kinds import Money
from crm_kernel.records.query_params import parse_query
from tests.kernel.records import garage

GUEST = {
    "name": "王小明",
    "mobile": "138 1234-5678",
    "plate": "粤BD12345",
    "birthday": "1980年2月3日",
    "debt": "￥1,234.50",
    "mileage_km": "8.5万公里",
    "sex": "male",
}


@pytest.fixture
def kernel_modules():
    return [garage]


@pytest.fixture
def records(kernel):
    return kernel.service("records")


async def find(records, actor, entity="guest", **params):
    query = await parse_query(records, actor, records.entity(entity), params)
    return (await records.list(actor, entity, query)).items


async def test_a_guest_is_kept_normalised_and_shown_masked(kernel, records, admin):
    made = await records.create(admin, "guest", GUEST)
    assert made.mobile == "138****5678"
    assert made.birthday == date(1980, 2, 3)
    assert made.debt == Money(Decimal("1234.50"), "CNY")
    assert made.mileage_km == 85_000
    assert made.code == "KH-2026-0001"
    assert (made.level, made.age, made.owner_id) == ("C", 46, admin.id)
    seen = await records.get(admin, "guests", made.id, typed=True)
    assert seen == made
    assert seen.created_at == kernel.clock.now(), "a host's own clock counts for records too"
    assert await records.reveal(admin, "guest", made.id, "mobile") == "13812345678"


async def test_json_and_python_readers_get_the_same_record(records, admin):
    import msgspec

    made = await records.create(admin, "guest", GUEST)
    sent = await records.get(admin, "guest", made.id)
    typed = await records.get(admin, "guest", made.id, typed=True)
    assert msgspec.json.encode(sent) == msgspec.json.encode(typed)
    document = msgspec.json.decode(msgspec.json.encode(sent))
    assert document["debt"] == {"amount": "1234.50", "currency": "CNY"}
    assert document["mobile"] == "138****5678"
    assert "mobile_bi" not in document


async def test_everything_wrong_is_told_at_once(records, admin):
    with pytest.raises(Invalid) as caught:
        await records.create(
            admin,
            "guest",
            {
                "mobile": "12345", "birthday": "2024-13-01", "debt": "很多", "level": "Z",
                "nonsense": 1, "id": str(uuid7()), "custom": {"x": 1},
            },
        )  # fmt: skip
    assert {(e.field, e.code) for e in caught.value.errors} == {
        ("name", "required"),
        ("mobile", "mobile"),
        ("birthday", "date"),
        ("debt", "amount"),
        ("level", "choice"),
        ("nonsense", "unknown"),
        ("id", "read_only"),
        ("custom.x", "unknown"),
    }


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"mobile": "+86 138-1234-5678"}, True),
        ({"mobile": "13812345679"}, False),
        ({"mobile[contains]": "1234"}, True),
        ({"mobile[contains]": "9999"}, False),
        ({"code": "KH-2026-0001"}, True),
        ({"name[contains]": "小"}, True),
        ({"birthday[gte]": "1980-02-03", "birthday[lt]": "1980/2/4"}, True),
        ({"debt[gt]": "1234.5"}, False),
        ({"mileage_km[in]": "1,85000"}, True),
        ({"member": "true"}, False),
        ({"mobile[empty]": "true"}, False),
        ({"created_at": "2026-11-23"}, None),
        ({"q": "小明"}, True),
        ({"q": "wxm"}, True),
        ({"q": "wx"}, True),
        ({"q": "xiaoming"}, True),
        ({"q": "12345678"}, True),
        ({"q": "138 1234 5678"}, True),
        ({"q": "bd123"}, True),
        ({"q": "王 d12345"}, True),
        ({"q": "明小"}, False),
        ({"q": "87654321"}, False),
        ({"tags": "VIP"}, False),
    ],
)  # fmt: skip
async def test_finding_a_guest(records, admin, params, found):
    await records.create(admin, "guest", GUEST)
    items = await find(records, admin, **params)
    if found is not None:
        assert bool(items) is found


async def test_a_change_bumps_the_version_and_an_old_one_is_refused_with_both(records, admin):
    made = await records.create(admin, "guest", GUEST)
    newer = await records.change(admin, "guest", made.id, {"name": "王大明", "mobile": None}, made.version)
    assert (newer.version, newer.name, newer.mobile) == (2, "王大明", None)
    with pytest.raises(Stale) as caught:
        await records.change(admin, "guest", made.id, {"mobile": "13900001111"}, made.version)
    assert caught.value.yours["mobile"] == "139****1111"
    assert (caught.value.theirs["name"], caught.value.theirs["version"]) == ("王大明", 2)
    assert await find(records, admin, q="大明")
    assert not await find(records, admin, q="小明")
    assert not await find(records, admin, mobile="13812345678")


async def test_what_alters_nothing_makes_no_new_version(records, admin):
    made = await records.create(admin, "guest", GUEST)
    same = await records.change(admin, "guest", made.id, {**GUEST, "mobile": made.mobile}, made.version)
    assert same.version == 1


async def test_deleting_needs_a_reason_and_can_be_undone(records, admin):
    made = await records.create(admin, "guest", GUEST)
    with pytest.raises(Invalid):
        await records.delete(admin, "guest", made.id, "  ")
    await records.delete(admin, "guest", made.id, "重复录入")
    with pytest.raises(NotFound):
        await records.get(admin, "guest", made.id)
    assert not await find(records, admin, q="小明")
    assert len(await find(records, admin, q="小明", deleted="true")) == 1
    back = await records.restore(admin, "guest", made.id)
    assert back.name == "王小明"
    assert await find(records, admin, q="小明")


async def test_open_business_of_another_module_forbids_deleting(records, admin):
    made = await records.create(admin, "guest", GUEST)
    visit = await records.create(admin, "visit", {"guest_id": str(made.id)})
    assert visit.number.startswith("V2026")
    with pytest.raises(Conflict) as caught:
        await records.delete(admin, "guest", made.id, "误录")
    assert caught.value.open[0]["count"] == 1
    await records.change(admin, "visit", visit.id, {"open": False})
    await records.delete(admin, "guest", made.id, "误录")


async def test_only_the_super_administrator_purges_and_nothing_is_left(kernel, records, admin, make_actor):
    made = await records.create(admin, "guest", {**GUEST, "tags": ["VIP"]})
    clerk = await make_actor({"guest.purge": Scope.ALL, "guest.view": Scope.ALL})
    with pytest.raises(NotFound):
        await records.purge(admin, "guest", made.id, "还在用")
    await records.delete(admin, "guest", made.id, "误录")
    with pytest.raises(Forbidden):
        await records.purge(clerk, "guest", made.id, "误录")
    await records.purge(admin, "guest", made.id, "误录")
    assert not await find(records, admin, q="小明", deleted="true")
    assert not await find(records, admin, tags="VIP", deleted="true")


async def test_a_reference_must_lead_to_a_record_one_may_see(records, admin, make_actor, make_dealership):
    east = await make_dealership("east")
    there = await make_actor({"guest.create": Scope.DEALERSHIP, "guest.view": Scope.DEALERSHIP}, at=east.id)
    foreign = await records.create(there, "guest", {"name": "外人"})
    with pytest.raises(Invalid) as caught:
        await records.create(admin, "visit", {"guest_id": str(foreign.id)})
    assert [(e.field, e.code) for e in caught.value.errors] == [("guest_id", "reference")]
    blind = await make_actor({"visit.create": Scope.DEALERSHIP, "visit.view": Scope.DEALERSHIP})
    own = await records.create(admin, "guest", {"name": "自己人"})
    with pytest.raises(Invalid):
        await records.create(blind, "visit", {"guest_id": str(own.id)})


async def test_the_same_code_twice_is_refused(records, admin):
    await records.create(admin, "guest", {"name": "一", "code": "X1"})
    with pytest.raises(Invalid) as caught:
        await records.create(admin, "guest", {"name": "二", "code": "X1"})
    assert [(e.field, e.code) for e in caught.value.errors] == [("code", "taken")]


async def test_numbers_given_by_hand_are_stepped_over(records, admin):
    await records.create(admin, "guest", {"name": "一", "code": "KH-2026-0001"})
    second = await records.create(admin, "guest", {"name": "二"})
    assert second.code == "KH-2026-0002"


async def test_pages_follow_each_other_and_count(records, admin):
    for number in range(5):
        await records.create(admin, "guest", {"name": f"客{number}"})
    query = Query(sort=("name",), limit=2, count=True)
    first = await records.list(admin, "guest", query)
    second = await records.list(admin, "guest", Query(sort=("name",), limit=2, cursor=first.next))
    assert first.count == 5
    assert [i.name for i in (*first.items, *second.items)] == ["客0", "客1", "客2", "客3"]


async def test_bulk_tells_of_each_record_how_it_went(records, admin):
    from crm_kernel.records.bulk import Selection

    made = [await records.create(admin, "guest", {"name": f"客{n}"}) for n in range(3)]
    ids = (*(m.id for m in made), uuid7())
    result = await records.bulk(admin, "guest", Selection(ids), "tag", {"add": ["回访"]})
    assert (result.total, result.done, [f.code for f in result.failed]) == (4, 3, ["not_found"])
    assert len(await find(records, admin, tags="回访")) == 3
    everyone = Selection(query=Query(conditions=(Condition("tags", "eq", "回访"),)))
    result = await records.bulk(admin, "guest", everyone, "delete", {"reason": "误录"})
    assert result.done == 3
    assert not await find(records, admin)
