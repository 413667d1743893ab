"""Another system pushes its records by its own ids, as often as it likes, and each is here once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.audit.models import AuditChange
from crm_kernel.dal.scoped import scoped
from crm_kernel.errors import Forbidden, Invalid, Malformed, NotFound, TooLarge
from crm_kernel.kernel import Kernel
from crm_kernel.records.imports.growth import FIRST, Growth
from crm_kernel.sync.permissions import PUSH
from crm_kernel.sync.service import BatchResult

Push = Callable[..., Awaitable[BatchResult]]


@pytest.fixture
async def erp(make_actor: Any) -> Actor:
    """The account of the dealer's ERP: it may push, and nothing else."""
    return await make_actor({PUSH: Scope.DEALERSHIP}, name="ERP")  # type: ignore[no-any-return]


@pytest.fixture
def push(kernel: Kernel, erp: Actor) -> Push:
    async def send(kind: str, *rows: dict[str, Any], source: str = "erp") -> BatchResult:
        found: BatchResult = await kernel.service("sync").push(erp, kind, list(rows), source=source)
        return found

    return send


@pytest.fixture
def read(kernel: Kernel, admin: Actor) -> Callable[[str, UUID | None], Awaitable[Any]]:
    async def one(entity: str, id: UUID | None) -> Any:
        declared = kernel.registry.entity(entity)
        assert declared is not None
        rows = scoped(admin.access(declared.permission("view")), declared.model)
        return await kernel.db.first(rows.where(declared.model.id == id))

    return one


def results(batch: BatchResult) -> list[str]:
    return [one.result for one in batch.outcomes]


def codes(batch: BatchResult, row: int = 0) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in batch.outcomes[row].errors]


ZHANG = {"external_id": "C-1", "name": "张伟", "mobile": "13800008000", "level": "gold"}


async def test_a_pushed_customer_is_here_once_however_often_he_is_pushed(push: Push, read: Any) -> None:
    first = await push("customers", ZHANG)
    again = await push("customers", ZHANG)
    later = await push("customers", {**ZHANG, "mobile": "13900009000"})
    assert (results(first), results(again), results(later)) == (["created"], ["unchanged"], ["changed"])
    record = await read("customer", first.outcomes[0].record_id)
    assert {one.outcomes[0].record_id for one in (first, again, later)} == {record.id}
    assert (record.name, record.mobile, record.status) == ("张伟", "+8613900009000", "customer")
    assert record.code, "a record without a number of its own gets the next one"


async def test_what_a_row_leaves_out_stays_and_what_it_gives_as_nothing_is_emptied(
    push: Push, read: Any
) -> None:
    made = await push("customers", {**ZHANG, "remark": "重要", "email": "a@example.com"})
    await push("customers", {"external_id": "C-1", "remark": None, "mobile": None})
    record = await read("customer", made.outcomes[0].record_id)
    assert (record.name, record.email, record.remark, record.mobile) == ("张伟", "a@example.com", None, None)
    assert record.phones == []


async def test_an_unchanged_repetition_leaves_neither_a_version_nor_an_entry_in_the_change_log(
    kernel: Kernel, push: Push, read: Any
) -> None:
    made = await push("customers", ZHANG)
    await push("customers", ZHANG)
    record = await read("customer", made.outcomes[0].record_id)
    assert record.version == 1


async def test_references_go_by_the_senders_own_ids(push: Push, read: Any) -> None:
    await push("customers", ZHANG)
    car = {"external_id": "V-7", "vin": "LGXCE4CB9P0123456", "plate": "粤B12345", "customer_id": "C-1"}
    cars = await push("vehicles", car)
    order = {
        "external_id": "R-9",
        "number": "RO9",
        "vehicle_id": "V-7",
        "arrived_on": "2026-11-01",
        "mileage_km": 31000,
        "amount": {"amount": "1280.50", "currency": "CNY"},
    }
    orders = await push("repair-orders", order)
    vehicle = await read("vehicle", cars.outcomes[0].record_id)
    record = await read("repair_order", orders.outcomes[0].record_id)
    assert (record.vehicle_id, record.customer_id) == (vehicle.id, vehicle.customer_id)
    assert (record.amount, vehicle.mileage_km) == (Decimal("1280.50"), 31000)
    repeated = await push("repair-orders", order)
    assert results(repeated) == ["unchanged"]


async def test_an_unknown_reference_refuses_its_row_alone(push: Push) -> None:
    await push("customers", ZHANG)
    batch = await push(
        "vehicles",
        {"external_id": "V-1", "vin": "LGXCE4CB9P0123456", "customer_id": "C-404"},
        {"external_id": "V-2", "vin": "LSVAA49J132012346", "customer_id": "C-1"},
    )
    assert (results(batch), codes(batch)) == (["rejected", "created"], [("customer_id", "customer")])


async def test_a_stock_car_has_no_owner_yet_and_gets_one_later(push: Push, read: Any) -> None:
    made = await push("vehicles", {"external_id": "V-1", "vin": "LGXCE4CB9P0123456"})
    await push("customers", ZHANG)
    sold = await push("vehicles", {"external_id": "V-1", "customer_id": "C-1", "plate": "粤B12345"})
    assert results(sold) == ["changed"]
    back = await push("vehicles", {"external_id": "V-1", "customer_id": None, "plate": None})
    assert results(back) == ["changed"]
    car = await read("vehicle", made.outcomes[0].record_id)
    assert (car.customer_id, car.plate) == (None, None)


async def test_what_stands_here_under_the_same_code_is_taken_over_by_the_first_who_names_it(
    kernel: Kernel, admin: Actor, push: Push
) -> None:
    ours = await kernel.service("records").create(admin, "customer", {"name": "张伟", "code": "KH1"})
    adopted = await push("customers", {"external_id": "C-1", "code": "KH1", "name": "张伟 先生"})
    assert (results(adopted), adopted.outcomes[0].record_id) == (["changed"], ours.id)
    second = await push("customers", {"external_id": "C-2", "code": "KH1", "name": "李娜"})
    assert codes(second) == [("code", "taken")], "a second id does not steal the first one's customer"
    other = await push("customers", {"external_id": "X", "code": "KH1"}, source="dms")
    assert other.outcomes[0].record_id == ours.id, "another system calls him by a name of its own"


async def test_no_record_gets_the_code_of_another(push: Push) -> None:
    await push("customers", {**ZHANG, "code": "KH1"}, {"external_id": "C-2", "name": "李娜", "code": "KH2"})
    batch = await push("customers", {"external_id": "C-2", "code": "KH1"})
    assert codes(batch) == [("code", "taken")]
    moved = await push("customers", {"external_id": "C-2", "code": "KH3"})
    assert results(moved) == ["changed"]


async def test_two_rows_of_one_delivery_may_speak_of_the_same_record(push: Push, read: Any) -> None:
    batch = await push("customers", ZHANG, {"external_id": "C-1", "remark": "同一人"})
    assert results(batch) == ["created", "changed"]
    record = await read("customer", batch.outcomes[0].record_id)
    assert (record.name, record.remark) == ("张伟", "同一人")
    clash = await push(
        "customers",
        {"external_id": "C-8", "name": "甲", "code": "K8"},
        {"external_id": "C-9", "name": "乙", "code": "K8"},
    )
    assert results(clash) == ["created", "rejected"]


async def test_whom_somebody_deleted_does_not_come_back(kernel: Kernel, admin: Actor, push: Push) -> None:
    made = await push("customers", ZHANG)
    await kernel.service("records").delete(admin, "customer", made.outcomes[0].record_id, "要求删除")
    assert results(await push("customers", ZHANG)) == ["rejected"]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"name": "张伟"}, ("external_id", "required")),
        ({"external_id": "x" * 121, "name": "张伟"}, ("external_id", "too_long")),
        ({"external_id": "1", "name": "张伟", "nome": "?"}, ("nome", "unknown_field")),
        ({"external_id": "1"}, ("name", "name")),
        ({"external_id": "1", "name": None}, ("name", "required")),
        ({"external_id": "1", "name": "张伟", "sex": None}, ("sex", "required")),
        ({"external_id": "1", "name": "张伟", "mobile": "12"}, ("mobile", "mobile")),
        ({"external_id": "1", "name": "张伟", "birthday": "昨天"}, ("birthday", "date")),
        ({"external_id": "1", "name": "张伟", "sex": "?"}, ("sex", "choice")),
        ({"external_id": "1", "name": ["张伟"]}, ("name", "invalid")),
        ({"external_id": "1", "name": {"a": 1}}, ("name", "invalid")),
        ({"external_id": "1", "name": "张\0伟"}, ("name", "invalid")),
        ({"external_id": "1", "name": "张" * 121}, ("name", "too_long")),
        ({"external_id": "1", "name": "张伟", "id": "01900000-0000-7000-8000-000000000001"}, ("id",
        "unknown_field")), ({"external_id": "1", "name": "张伟", "bank_account": "6222"}, ("bank_account",
        "unknown_field")),
    ],
)  # fmt: skip
async def test_a_wrong_row_is_refused_with_its_field_and_a_reason(
    push: Push, row: dict[str, Any], wrong: tuple[str, str]
) -> None:
    batch = await push("customers", row, ZHANG)
    assert (codes(batch), results(batch)[1]) == ([wrong], "created")


async def test_lists_switches_and_numbers_come_as_json_has_them(push: Push, read: Any) -> None:
    row = {
        "external_id": 77,
        "name": "张伟",
        "phones": [{"number": "13800008000", "kind": "mobile"}, {"number": "021-51021808", "kind": "office"}],
        "do_not_contact": True,
    }
    batch = await push("customers", row)
    record = await read("customer", batch.outcomes[0].record_id)
    assert record.mobile == "+8613800008000"
    assert [one["kind"] for one in record.phones] == ["mobile", "office"]
    assert record.do_not_contact is True
    await push("customers", {"external_id": "77", "phones": ["13900009000"]})
    record = await read("customer", batch.outcomes[0].record_id)
    assert [one["number"] for one in record.phones] == ["+8613800008000", "+8613900009000"]


async def test_foreign_money_is_refused(push: Push) -> None:
    await push("vehicles", {"external_id": "V", "vin": "LGXCE4CB9P0123456"})
    money = {"amount": "10", "currency": "USD"}
    batch = await push("repair_orders", {"external_id": "R", "vehicle_id": "V", "amount": money})
    assert codes(batch) == [("amount", "currency")]


async def test_the_dealerships_own_fields_can_be_pushed(
    kernel: Kernel, admin: Actor, push: Push, read: Any
) -> None:
    await kernel.service("custom_fields").define(admin, "customer", "车友会", "text", key="club")
    batch = await push("customers", {**ZHANG, "custom": {"club": "老友"}})
    assert (await read("customer", batch.outcomes[0].record_id)).custom == {"club": "老友"}


async def test_what_is_no_delivery_is_refused_as_a_whole(push: Push) -> None:
    with pytest.raises(TooLarge):
        await push("customers", *({"external_id": str(n), "name": "x"} for n in range(1001)))
    with pytest.raises(NotFound):
        await push("unicorns", ZHANG)
    with pytest.raises(Malformed):
        await push("customers", "张伟")  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        await push("customers", ZHANG, source="not a name!")


async def test_pushing_needs_its_own_right(kernel: Kernel, make_actor: Any) -> None:
    somebody = await make_actor({"customer.import": Scope.DEALERSHIP, "customer.create": Scope.DEALERSHIP})
    with pytest.raises(Forbidden):
        kernel.service("sync").push(somebody, "customers", [ZHANG], source="erp")


async def test_each_dealership_has_a_map_of_its_own(
    kernel: Kernel, push: Push, make_actor: Any, make_dealership: Any
) -> None:
    here = await push("customers", ZHANG)
    east = await make_dealership("east")
    theirs = await make_actor({PUSH: Scope.DEALERSHIP}, at=east.id)
    there = await kernel.service("sync").push(theirs, "customers", [ZHANG], source="erp")
    assert results(there) == ["created"]
    assert there.outcomes[0].record_id != here.outcomes[0].record_id


async def test_a_record_is_found_by_either_name(kernel: Kernel, erp: Actor, push: Push) -> None:
    record_id = (await push("customers", ZHANG)).outcomes[0].record_id
    sync = kernel.service("sync")
    assert await sync.record_of(erp, "customers", "erp", "C-1") == record_id
    assert await sync.names_of(erp, "customers", record_id) == [("erp", "C-1")]
    with pytest.raises(NotFound):
        await sync.record_of(erp, "customers", "erp", "C-2")


async def test_the_change_log_says_where_a_record_came_from(kernel: Kernel, push: Push) -> None:
    from sqlalchemy import select

    from crm_kernel.dal.scoped import trusted

    batch = await push("customers", ZHANG)
    reasons = await kernel.db.rows(trusted(select(AuditChange.reason)))
    assert f"erp {batch.id}" in reasons


async def test_a_delivery_is_told_as_one_event(kernel: Kernel, push: Push) -> None:
    batch = await push("customers", ZHANG, {"external_id": "C-2", "name": "李娜"})
    told = [event for event in await kernel.events.read() if event.name == "customer.imported"]
    assert [event.payload["created"] for event in told] == [[str(o.record_id) for o in batch.outcomes]]
    assert told[0].payload["origin"] == "erp"


async def test_after_a_merge_both_names_mean_the_record_that_stays(
    kernel: Kernel, admin: Actor, push: Push
) -> None:
    batch = await push("customers", ZHANG, {"external_id": "C-2", "name": "张伟"})
    stays, goes = (one.record_id for one in batch.outcomes)
    async with kernel.db.work(admin) as work:
        await kernel.service("sync").merged(work, "customer", goes, stays)
    later = await push("customers", {"external_id": "C-2", "remark": "两次登记"})
    assert [one.record_id for one in later.outcomes] == [stays]


async def test_deliveries_however_small_tell_the_planner_that_a_table_has_grown(
    kernel: Kernel, push: Push, database: Any
) -> None:
    if database.backend != "sqlite":
        pytest.skip("the servers keep their statistics elsewhere")
    for batch in range(2):
        rows = [{"external_id": f"C-{batch}-{n}", "name": f"客户{batch}{n}"} for n in range(1000)]
        await push("customers", *rows)
    known = "SELECT stat FROM sqlite_stat1 WHERE tbl = 'crm_customer_customer'"
    async with kernel.db.engine.connect() as connection:
        told = (await connection.exec_driver_sql(known)).scalars().first()
    assert told is not None
    assert told.startswith("2000 ")


async def test_where_the_planner_cannot_be_told_what_was_delivered_stands_all_the_same(
    kernel: Kernel, caplog: pytest.LogCaptureFixture
) -> None:
    growth = Growth(SimpleNamespace())  # type: ignore[arg-type] - a kernel whose database does not answer
    async with kernel.db.work(None) as work:
        growth.added(work, "crm_customer_customer", FIRST)
    assert "statistics not refreshed" in caplog.text
