"""What somebody may not see or set does not exist for him, and a refusal leaves no trace."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import func, select

from crm_kernel.actor import Scope
from crm_kernel.dal.query import Condition, Query
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import CrmError, Forbidden, Invalid, NotFound
from crm_kernel.events.models import Event
from crm_kernel.records.query_params import parse_query
from tests.kernel.records import garage
from tests.kernel.records.garage import Guest

VERBS = ("view", "create", "change", "delete", "restore", "reveal", "history")
EVERYTHING = {f"guest.{verb}": Scope.DEALERSHIP for verb in VERBS}


@pytest.fixture
def kernel_modules():
    return [garage]


@pytest.fixture
def records(kernel):
    return kernel.service("records")


async def dump(kernel):
    """All guests and all events, as they lie in the database."""
    async with kernel.db.work(None) as work:
        guests = (await work.execute(select(*Guest.__table__.c).order_by(Guest.id))).all()
        events = (await work.execute(select(func.count()).select_from(Event))).scalar_one()
    return guests, events


@pytest.fixture
async def guest(records, admin):
    return await records.create(
        admin, "guest", {"name": "王小明", "mobile": "13812345678", "plate": "沪A12345", "secret": "机密"}
    )


async def answer(call):
    """What a call gives: its result as JSON, or the code and fields of its refusal."""
    try:
        return msgspec.json.encode(await call)
    except Invalid as fault:
        return [(e.code, str(e.message)) for e in fault.errors]
    except CrmError as fault:
        return fault.code


@pytest.mark.parametrize("how", ["role", "permission"])
async def test_a_hidden_field_behaves_everywhere_as_one_that_does_not_exist(
    kernel, records, guest, make_actor, how
):
    field = "plate" if how == "role" else "secret"
    hidden = frozenset({"guest.plate"}) if how == "role" else frozenset()
    clerk = await make_actor(EVERYTHING, hidden=hidden)
    entity = records.entity("guest")

    async def asked(**params):
        return await records.list(clerk, entity, await parse_query(records, clerk, entity, params))

    assert field not in {spec.name for spec in await records.fields(clerk, entity)}
    assert field.encode() not in await answer(records.get(clerk, entity, guest.id))
    value = "沪A12345" if field == "plate" else "机密"
    assert not (await asked(q=value)).items
    assert not await kernel.service("search").search(clerk, value)
    for name in (field, "nonsense"):
        seen = [
            await answer(asked(**{name: value})),
            await answer(asked(**{f"{name}[empty]": "true"})),
            await answer(asked(sort=name)),
            await answer(asked(fields=name)),
            await answer(records.list(clerk, entity, Query(conditions=(Condition(name, "eq", value),)))),
            await answer(records.list(clerk, entity, Query(sort=(name,)))),
            await answer(records.count(clerk, entity, Query(conditions=(Condition(name, "eq", value),)))),
            await answer(records.create(clerk, entity, {"name": "x", name: value})),
            await answer(records.change(clerk, entity, guest.id, {name: value})),
            await answer(records.reveal(clerk, entity, guest.id, name)),
        ]
        assert all(isinstance(one, list) for one in seen), seen
        if name == field:
            first = seen
    assert first == seen


async def test_no_column_can_be_set_that_is_not_offered(kernel, records, guest, make_actor):
    clerk = await make_actor(EVERYTHING, read_only=frozenset({"guest.level"}))
    before = await dump(kernel)
    open_ = {"code", "name", "mobile", "email", "plate", "sex", "birthday", "debt", "mileage_km", "member"}
    for column in Guest.__table__.columns.keys():  # noqa: SIM118
        if column in open_ | {"remark", "tags"}:
            continue
        values = (str(uuid7()), {"x": 1}, *([None] if column != "custom" else []))
        for value in values:
            with pytest.raises(Invalid):
                await records.change(clerk, "guest", guest.id, {column: value})
            with pytest.raises(Invalid):
                await records.create(clerk, "guest", {"name": "x", column: value if value is not None else 1})
    assert await dump(kernel) == before


async def test_a_refusal_leaves_database_and_events_as_they_were(
    kernel, records, admin, guest, make_actor, make_dealership
):
    east = await make_dealership("east")
    nobody = await make_actor({})
    viewer = await make_actor({"guest.view": Scope.DEALERSHIP})
    foreigner = await make_actor(EVERYTHING, at=east.id)
    own = await make_actor(dict.fromkeys(EVERYTHING, Scope.OWN))
    gone = await records.create(admin, "guest", {"name": "误录"})
    await records.delete(admin, "guest", gone.id, "误录")
    before = await dump(kernel)

    def calls(actor, id, gone_id):
        return [
            ("get", lambda: records.get(actor, "guest", id)),
            ("change", lambda: records.change(actor, "guest", id, {"name": "x"})),
            ("delete", lambda: records.delete(actor, "guest", id, "x")),
            ("restore", lambda: records.restore(actor, "guest", gone_id)),
            ("reveal", lambda: records.reveal(actor, "guest", id, "mobile")),
            ("history", lambda: records.history(actor, "guest", id)),
        ]

    for actor, allowed in ((nobody, ()), (viewer, ("get",))):
        for name, call in calls(actor, guest.id, gone.id):
            if name not in allowed:
                with pytest.raises(Forbidden):
                    await call()
    with pytest.raises(Forbidden):
        await records.create(viewer, "guest", {"name": "x"})
    for actor in (foreigner, own):
        for _name, call in calls(actor, guest.id, gone.id):
            with pytest.raises(NotFound) as foreign:
                await call()
        for _name, call in calls(actor, uuid7(), uuid7()):
            with pytest.raises(NotFound) as absent:
                await call()
        assert str(foreign.value) == str(absent.value)
        assert not (await records.list(actor, "guest", Query(count=True))).items
        assert await records.count(actor, "guest", Query()) == 0
    assert await dump(kernel) == before


async def test_an_owner_is_given_only_by_those_who_may_move(records, guest, make_actor):
    clerk = await make_actor(EVERYTHING)
    other = await make_actor(EVERYTHING, name="李")
    with pytest.raises(Invalid):
        await records.change(clerk, "guest", guest.id, {"owner_id": clerk.id})
    with pytest.raises(Invalid):
        await records.create(clerk, "guest", {"name": "x", "owner_id": other.id})
    made = await records.create(clerk, "guest", {"name": "x", "owner_id": clerk.id})
    mover = await make_actor({**EVERYTHING, "guest.move": Scope.DEALERSHIP})
    moved = await records.change(mover, "guest", made.id, {"owner_id": str(other.id)})
    assert moved.owner_id == other.id
    with pytest.raises(Invalid):
        await records.change(mover, "guest", made.id, {"owner_id": str(uuid7())})


async def test_somebody_with_his_own_records_only_sees_no_others(records, guest, make_actor):
    own = await make_actor(dict.fromkeys(EVERYTHING, Scope.OWN))
    mine = await records.create(own, "guest", {"name": "王小红"})
    page = await records.list(own, "guest", Query())
    assert [item.name for item in page.items] == ["王小红"]
    found = await records.list(own, "guest", Query(q="王小"))
    assert [str(item.id) for item in found.items] == [str(mine.id)]


async def test_revealing_and_opening_are_logged(kernel, records, guest, admin):
    await records.get(admin, "guest", guest.id)
    await records.reveal(admin, "guest", guest.id, "mobile")
    await kernel.service("audit").flush()
    page = await kernel.service("audit").accesses(admin)
    assert {"opened", "revealed"} <= {entry.verb for entry in page.items}


async def test_every_change_is_told_and_kept_in_the_history(kernel, records, guest, admin):
    await records.change(admin, "guest", guest.id, {"name": "王大明"})
    await records.delete(admin, "guest", guest.id, "误录")
    await records.restore(admin, "guest", guest.id)
    async with kernel.db.work(None) as work:
        told = (await work.execute(select(Event.name, Event.payload).order_by(Event.seq))).all()
    assert [name for name, _ in told] == ["guest.created", "guest.changed", "guest.deleted", "guest.restored"]
    assert told[1][1]["fields"] == ["name"]
    assert "王大明" not in str([payload for _, payload in told])
    page = await records.history(admin, "guest", guest.id)
    assert [entry.verb for entry in page.items] == ["restore", "delete", "change", "create"]
