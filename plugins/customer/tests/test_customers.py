"""Keeping customers: numbers, masks, changes, deletions."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from crm_customer.schemas.customer import CustomerChange, CustomerCreate, PhoneNumber
from crm_kernel.actor import Scope
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound, Stale


def json(value: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(value))


async def test_a_name_is_enough_and_the_code_comes_by_itself(records, admin) -> None:
    first = await records.create(admin, "customer", {"name": "王伟"})
    second = await records.create(admin, "customer", CustomerCreate(name="李娜"))
    assert first.get("code") == "KH2026000001"
    assert second.get("code") == "KH2026000002"
    assert (first.get("kind"), first.get("status"), first.version) == ("person", "prospect", 1)


async def test_without_a_name_nobody_is_kept(records, admin) -> None:
    with pytest.raises(Invalid) as refused:
        await records.create(admin, "customer", {"name": " ", "mobile": "13800138000"})
    assert [error.field for error in refused.value.errors] == ["name"]


async def test_numbers_are_normalised_the_mobile_leads_and_everything_is_masked(records, admin) -> None:
    made = await records.create(
        admin,
        "customer",
        CustomerCreate(
            name="王伟",
            phones=[PhoneNumber("021-51021808"), PhoneNumber("+86 138 0013 8000", "work")],
            email="Wang@Example.com",
            address="浙江省杭州市西湖区文三路1号",
        ),
    )
    seen = await records.get(admin, "customer", made.id)
    assert seen.get("mobile") == "138****8000"
    assert [one["number"] for one in json(seen.get("phones"))] == ["138****8000", "021****1808"]
    assert seen.get("email") == "w***@example.com"
    assert "文三路" not in seen.get("address")
    assert await records.reveal(admin, "customer", made.id, "mobile") == "13800138000"
    assert await records.reveal(admin, "customer", made.id, "phones") == "13800138000, 02151021808"


async def test_revealing_needs_a_right_of_its_own_and_leaves_a_trace(
    kernel, records, admin, make_actor
) -> None:
    made = await records.create(admin, "customer", {"name": "王伟", "mobile": "13800138000"})
    reader = await make_actor({"customer.view": Scope.DEALERSHIP})
    with pytest.raises(Forbidden):
        await records.reveal(reader, "customer", made.id, "mobile")
    await records.reveal(admin, "customer", made.id, "mobile")
    page = await kernel.service("audit").accesses(admin)
    assert ("revealed", made.id) in [(one.verb, one.record_id) for one in page.items]


async def test_a_new_mobile_takes_the_place_of_the_old_one(records, admin, look_up) -> None:
    made = await records.create(
        admin, "customer", {"name": "王伟", "mobile": "13800138000", "phones": ["021-51021808"]}
    )
    await records.change(admin, "customer", made.id, CustomerChange(mobile="139 0013 9000"))
    assert await records.reveal(admin, "customer", made.id, "phones") == "13900139000, 02151021808"
    assert await look_up(admin, "customers", mobile="13800138000") == []
    assert len(await look_up(admin, "customers", mobile="+8613900139000")) == 1


async def test_sending_back_what_was_shown_changes_nothing(records, admin) -> None:
    made = await records.create(admin, "customer", {"name": "王伟", "mobile": "13800138000"})
    seen = await records.get(admin, "customer", made.id)
    again = {"mobile": seen.get("mobile"), "phones": json(seen.get("phones")), "name": "王伟"}
    after = await records.change(admin, "customer", made.id, again)
    assert after.version == 1
    assert await records.reveal(admin, "customer", made.id, "mobile") == "13800138000"


async def test_a_number_that_is_none_is_pointed_out_at_its_field(records, admin) -> None:
    for field, value in (("mobile", "无"), ("phones", ["12"]), ("id_number", "110101199001011234")):
        with pytest.raises(Invalid) as refused:
            await records.create(admin, "customer", {"name": "王伟", field: value})
        assert [error.field for error in refused.value.errors] == [field]


async def test_two_people_on_one_record_never_overwrite_each_other(records, admin) -> None:
    made = await records.create(admin, "customer", {"name": "王伟"})
    await records.change(admin, "customer", made.id, {"level": "gold"}, 1)
    with pytest.raises(Stale):
        await records.change(admin, "customer", made.id, {"level": "vip"}, 1)


async def test_deleting_asks_why_can_be_undone_and_hides_the_record(records, admin, look_up) -> None:
    made = await records.create(admin, "customer", {"name": "王伟", "mobile": "13800138000"})
    with pytest.raises(Invalid):
        await records.delete(admin, "customer", made.id, " ")
    await records.delete(admin, "customer", made.id, "重复建档")
    with pytest.raises(NotFound):
        await records.get(admin, "customer", made.id)
    assert await look_up(admin, "customers", mobile="13800138000") == []
    await records.restore(admin, "customer", made.id)
    assert len(await look_up(admin, "customers", mobile="13800138000")) == 1


async def test_a_customer_whose_car_stands_in_the_workshop_is_not_deleted(records, admin) -> None:
    owner = await records.create(admin, "customer", {"name": "王伟"})
    car = await records.create(admin, "vehicle", {"vin": "LGXCE4CB9P0123456", "customer_id": owner.id})
    order = await records.create(
        admin, "repair_order", {"vehicle_id": car.id, "arrived_on": date(2026, 11, 20)}
    )
    with pytest.raises(Conflict) as refused:
        await records.delete(admin, "customer", owner.id, "重复建档")
    assert refused.value.open[0]["count"] == 1
    assert str(owner.id) in str(refused.value.open[0]["path"])
    await records.change(admin, "repair_order", order.id, {"settled_on": date(2026, 11, 21)})
    await records.delete(admin, "customer", owner.id, "重复建档")


async def test_bank_data_exists_only_for_those_who_may_see_it(records, admin, make_actor) -> None:
    made = await records.create(admin, "customer", {"name": "王伟", "bank_account": "6222 0000 1111 2222"})
    clerk = await make_actor({"customer.view": Scope.DEALERSHIP, "customer.reveal": Scope.DEALERSHIP})
    assert "bank_account" not in (await records.get(clerk, "customer", made.id)).values()
    with pytest.raises(Invalid):
        await records.reveal(clerk, "customer", made.id, "bank_account")


async def test_a_consultant_keeps_to_his_own_customers(records, admin, make_actor, look_up) -> None:
    own = {"customer.view": Scope.OWN, "customer.create": Scope.OWN, "customer.change": Scope.OWN}
    li, zhao = await make_actor(own, name="李顾问"), await make_actor(own, name="赵顾问")
    made = await records.create(li, "customer", {"name": "王伟", "mobile": "13800138000"})
    assert await look_up(zhao, "customers", mobile="13800138000") == []
    with pytest.raises(NotFound):
        await records.change(zhao, "customer", made.id, {"level": "vip"})


async def test_the_same_code_in_another_dealership_is_another_customer(
    records, admin, make_actor, make_dealership
) -> None:
    east = await make_dealership("east")
    there = await make_actor(super_=True, at=east.id)
    await records.create(admin, "customer", {"name": "王伟", "code": "KH1"})
    await records.create(there, "customer", {"name": "王伟", "code": "KH1"})
    with pytest.raises(Invalid) as refused:
        await records.create(admin, "customer", {"name": "李娜", "code": "KH1"})
    assert refused.value.errors[0].code == "taken"


async def test_nothing_personal_lies_open_in_the_database(kernel, records, admin, database) -> None:
    await records.create(
        admin, "customer", {"name": "王伟", "mobile": "13800138000", "email": "wang@example.com"}
    )
    async with kernel.db.engine.connect() as connection:
        row = (await connection.exec_driver_sql("SELECT * FROM crm_customer_customer")).mappings().one()
        tokens = (await connection.exec_driver_sql("SELECT tokens FROM crm_search")).all()
    assert "13800138000" not in str(dict(row))
    assert "example.com" not in str(dict(row))
    assert "8000" not in str(tokens).replace("k", " ").split()


async def test_purging_takes_what_hangs_on_the_customer_and_leaves_what_does_not(
    records, admin, look_up
) -> None:
    owner = await records.create(admin, "customer", {"name": "王伟", "mobile": "13800138000"})
    other = await records.create(admin, "customer", {"name": "李娜"})
    car = await records.create(admin, "vehicle", {"vin": "LGXCE4CB9P0123456", "customer_id": owner.id})
    tie = {"customer_id": owner.id, "kind": "family", "other_id": other.id}
    await records.create(admin, "relation", tie)
    await records.delete(admin, "customer", owner.id, "客户要求")
    await records.purge(admin, "customer", owner.id, "客户要求")
    assert await look_up(admin, "relations") == []
    assert (await records.get(admin, "vehicle", car.id)).get("customer_id") is None


async def test_whoever_gets_a_customer_is_told(kernel, records, admin, make_actor) -> None:
    li = await make_actor({"customer.view": Scope.DEALERSHIP}, name="李顾问")
    made = await records.create(admin, "customer", {"name": "王伟"})
    await records.change(admin, "customer", made.id, {"owner_id": li.id})
    inbox = await kernel.service("notifications").inbox(li)
    assert [(one.text, one.path) for one in inbox.items] == [
        ("客户 王伟 已分配给您。", f"/customers/{made.id}")
    ]
