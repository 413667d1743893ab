"""Fields, tags and code lists that a dealership makes for itself."""

from __future__ import annotations

import pytest

from crm_kernel.actor import Scope
from crm_kernel.dal.query import Query
from crm_kernel.errors import Forbidden, Invalid, NotFound
from crm_kernel.records.query_params import parse_query
from tests.kernel.records import garage


@pytest.fixture
def kernel_modules():
    return [garage]


@pytest.fixture
def records(kernel):
    return kernel.service("records")


@pytest.fixture
def custom(kernel):
    return kernel.service("custom_fields")


async def names(records, actor, **params):
    entity = records.entity("guest")
    page = await records.list(actor, entity, await parse_query(records, actor, entity, params))
    return [item.name for item in page.items]


@pytest.fixture
async def fields(custom, admin):
    return [
        await custom.define(admin, "guest", "兴趣", "text"),
        await custom.define(admin, "guest", "孩子", "number", key="children"),
        await custom.define(admin, "guest", "试驾日", "date", key="drive"),
        await custom.define(admin, "guest", "会员", "switch", key="club"),
        await custom.define(
            admin,
            "guest",
            "颜色",
            "choice",
            key="color",
            options=[{"code": "r", "label": "红"}, {"label": "蓝"}],
        ),
    ]


async def test_custom_values_are_read_kept_and_shown(records, admin, fields):
    assert fields[0].key == "xingqu"
    made = await records.create(
        admin,
        "guest",
        {
            "name": "王", "custom.xingqu": " 钓鱼 ", "custom": {"children": "2", "drive": "2024/6/1"},
            "custom.club": "是", "custom.color": "r",
        },
    )  # fmt: skip
    kept = {"xingqu": "钓鱼", "children": 2, "drive": "2024-06-01", "club": True, "color": "r"}
    assert made.custom == kept
    changed = await records.change(admin, "guest", made.id, {"custom": {"children": None}})
    assert changed.custom == {key: value for key, value in kept.items() if key != "children"}
    assert changed.version == 2
    assert "custom.drive" in {spec.name for spec in await records.fields(admin, "guest")}


async def test_wrong_custom_values_are_refused_at_their_field(records, admin, fields):
    with pytest.raises(Invalid) as caught:
        await records.create(
            admin, "guest", {"name": "王", "custom": {"children": "很多", "color": "x", "none": 1}}
        )
    assert {(e.field, e.code) for e in caught.value.errors} == {
        ("custom.children", "number"), ("custom.color", "choice"), ("custom.none", "unknown"),
    }  # fmt: skip


async def test_lists_filter_and_sort_by_custom_fields(records, admin, fields):
    for name, children, drive in (("甲", 2, "2024-06-01"), ("乙", 10, "2023-01-01"), ("丙", None, None)):
        await records.create(
            admin,
            "guest",
            {"name": name, "custom": {"children": children, "drive": drive, "club": name == "甲"}},
        )
    assert await names(records, admin, **{"custom.children": "2"}) == ["甲"]
    assert await names(records, admin, **{"custom.children[gte]": "2", "sort": "-custom.children"}) == [
        "乙",
        "甲",
    ]
    assert await names(records, admin, **{"custom.drive[lt]": "2024/1/1"}) == ["乙"]
    assert await names(records, admin, **{"custom.drive[empty]": "true"}) == ["丙"]
    assert await names(records, admin, **{"custom.club": "yes"}) == ["甲"]
    first = await records.list(admin, "guest", Query(sort=("custom.drive",), limit=2))
    second = await records.list(admin, "guest", Query(sort=("custom.drive",), limit=2, cursor=first.next))
    assert len(first.items) == 2
    assert len(second.items) == 1
    assert {i.name for i in (*first.items, *second.items)} == {"甲", "乙", "丙"}


async def test_a_required_custom_field_must_be_filled(records, custom, admin):
    field = await custom.define(admin, "guest", "渠道", "text", key="channel", required=True)
    with pytest.raises(Invalid) as caught:
        await records.create(admin, "guest", {"name": "王"})
    assert [(e.field, e.code) for e in caught.value.errors] == [("custom.channel", "required")]
    await custom.change(admin, field.id, active=False)
    made = await records.create(admin, "guest", {"name": "王"})
    with pytest.raises(Invalid):
        await records.change(admin, "guest", made.id, {"custom.channel": "x"})


async def test_a_custom_field_belongs_to_its_dealership(
    records, custom, admin, make_actor, make_dealership, fields
):
    east = await make_dealership("east")
    rights = {f"guest.{verb}": Scope.DEALERSHIP for verb in ("view", "create", "change")}
    there = await make_actor({**rights, "custom_fields.manage": Scope.DEALERSHIP}, at=east.id)
    assert not [s for s in await records.fields(there, "guest") if s.custom]
    with pytest.raises(Invalid):
        await records.create(there, "guest", {"name": "王", "custom.children": 1})
    with pytest.raises(NotFound):
        await custom.change(there, fields[0].id, label="改名")
    with pytest.raises(Forbidden):
        await custom.define(there, "guest", "集团", "text", everywhere=True)
    with pytest.raises(Forbidden):
        await custom.define(await make_actor(rights), "guest", "x", "text")
    await custom.define(admin, "guest", "集团号", "text", key="group_no", everywhere=True)
    assert [s.name for s in await records.fields(there, "guest") if s.custom] == ["custom.group_no"]


async def test_a_hidden_custom_value_is_left_out_of_the_record(records, admin, make_actor, fields):
    made = await records.create(admin, "guest", {"name": "王", "custom": {"children": 2, "xingqu": "x"}})
    rights = {f"guest.{verb}": Scope.DEALERSHIP for verb in ("view", "change")}
    clerk = await make_actor(rights, hidden=frozenset({"guest.custom.children"}))
    assert (await records.get(clerk, "guest", made.id, typed=True)).custom == {"xingqu": "x"}
    assert (await records.get(clerk, "guest", made.id)).custom == {"xingqu": "x"}
    changed = await records.change(clerk, "guest", made.id, {"custom": {"xingqu": "y"}})
    assert changed.custom == {"xingqu": "y"}
    assert (await records.get(admin, "guest", made.id, typed=True)).custom["children"] == 2
    with pytest.raises(Invalid):
        await names(records, clerk, **{"custom.children": "2"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "大写"}, {"kind": "formula"}, {"label": "  "}, {"entity": "nothing"},
        {"kind": "choice", "options": [{"code": "a"}, {"code": "a"}]}, {"key": "children"},
    ],
)  # fmt: skip
async def test_a_definition_that_cannot_work_is_refused(custom, admin, fields, wrong):
    with pytest.raises(Invalid):
        await custom.define(admin, **{"entity": "guest", "label": "新增", "kind": "text", **wrong})


async def test_tags_come_from_the_dealerships_list(kernel, records, admin, make_actor):
    tags = kernel.service("tags")
    await tags.save(admin, "VIP", color="red")
    rights = {f"guest.{verb}": Scope.DEALERSHIP for verb in ("view", "create", "change")}
    clerk = await make_actor(rights)
    made = await records.create(clerk, "guest", {"name": "王", "tags": ["VIP"]})
    assert made.tags == ["VIP"]
    with pytest.raises(Invalid) as caught:
        await records.change(clerk, "guest", made.id, {"tags": ["VIP", "新增"]})
    assert [(e.field, e.code) for e in caught.value.errors] == [("tags", "tag")]
    with pytest.raises(Forbidden):
        await tags.save(clerk, "新增")
    await records.change(admin, "guest", made.id, {"tags": ["VIP", "新增"]})
    assert [tag.name for tag in await tags.list(clerk)] == ["VIP", "新增"]
    assert await names(records, clerk, tags="新增") == ["王"]
    assert await names(records, clerk, **{"tags[in]": "x,VIP"}) == ["王"]
    await tags.save(admin, "VIP", active=False)
    assert (await records.change(clerk, "guest", made.id, {"tags": ["VIP"]})).tags == ["VIP"]
    assert await names(records, clerk, tags="新增") == []


async def test_a_dealership_rewords_its_dictionaries(kernel, records, admin, make_actor):
    dictionaries = kernel.service("dictionaries")
    await dictionaries.save(admin, "guest_level", "D", label="流失", order=9, color="gray")
    await dictionaries.save(admin, "guest_level", "A", label="七天", order=0)
    await dictionaries.save(admin, "guest_level", "C", active=False)
    entries = await dictionaries.entries(admin, "guest_level")
    assert [(e.code, str(e.label)) for e in entries] == [("A", "七天"), ("B", "B"), ("D", "流失")]
    assert (await records.create(admin, "guest", {"name": "王", "level": "D"})).level == "D"
    with pytest.raises(Invalid):
        await records.create(admin, "guest", {"name": "王", "level": "C"})
    with pytest.raises(NotFound):
        await dictionaries.save(admin, "no_such_list", "A", label="x")
    with pytest.raises(Forbidden):
        await dictionaries.save(await make_actor({}), "guest_level", "A", label="x")
    assert "七天" in (await dictionaries.words(admin, "guest_level"))["A"]
