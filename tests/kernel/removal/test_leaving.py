"""A module leaves: its data kept, exported or dropped; its rights and subscriptions go with it."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, inspect, select

from crm_kernel import Kernel
from crm_kernel.access.models import AccessRule, SeededGrant
from crm_kernel.access.organisation import ModuleSwitch
from crm_kernel.actor import Actor
from crm_kernel.administration.presets import seed_presets
from crm_kernel.dal.migrate import status_all
from crm_kernel.dal.query import Condition, Query
from crm_kernel.dal.scoped import trusted
from crm_kernel.errors import Conflict, NotFound
from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.events.models import Cursor
from crm_kernel.records.notes.view import NoteDraft
from crm_kernel.removal import leaving
from crm_kernel.removal.belongings import belongings
from crm_kernel.removal.store import DATA, WORKINGS
from tests.toy_plugin import plugin as toy


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [toy]


@pytest.fixture
async def kernel(kernel: Kernel) -> AsyncIterator[Kernel]:
    """With loan cars; whatever a test takes away comes back for the next."""
    yield kernel
    await kernel.upgrade()


@pytest.fixture
async def car(kernel: Kernel, admin: Actor, dealership: Any) -> Any:
    """A loan car as it looks after a while of work: granted, subscribed, with a field of the dealer's own."""
    await seed_presets(kernel)
    await Dispatcher(kernel).prepare()
    await kernel.service("custom_fields").define(admin, "loan_car", "停放位", "text", key="garage")
    made = await kernel.service("records").create(
        admin, "loan_car", {"code": "L1", "name": "高尔夫", "custom": {"garage": "B2"}}
    )
    await kernel.service("notes").add(admin, "loan_car", made.id, NoteDraft(body="左前门有划痕"))
    await kernel.service("attachments").upload(admin, "loan_car", made.id, "行驶证.txt", BytesIO(b"scan"))
    async with kernel.db.work(None) as work:
        work.session.add(ModuleSwitch(dealership_id=dealership.id, plugin="toy"))
    return made


async def speaking_of(kernel: Kernel, traces: Any) -> dict[str, int]:
    """How many rows of the kernel's tables name the module or its records."""
    own = belongings(kernel, "toy")
    counts = {}
    for trace in traces:
        rows = select(func.count()).select_from(trace.table).where(trace.names(own))
        counts[f"{trace.table.name}.{trace.kind}"] = await kernel.db.first(trusted(rows))
    return {name: count for name, count in counts.items() if count}


async def tables(kernel: Kernel) -> set[str]:
    async with kernel.db.engine.connect() as connection:
        return set(await connection.run_sync(lambda c: inspect(c).get_table_names()))


async def test_dropped_nothing_speaks_of_it_and_it_comes_back_empty(kernel, admin, car) -> None:
    before = await speaking_of(kernel, (*WORKINGS, *DATA))
    for told in ("access_rule.permission", "event_cursor.subscription", "module_switch.plugin"):
        assert before[f"crm_{told}"]
    for told in ("custom_field", "note", "attachment", "search"):
        assert before[f"crm_{told}.entity"]
    left = await leaving.drop(kernel, "toy")
    assert left.rows == {"crm_toy_loan_car": 1}
    assert sum(left.forgotten.values()) == sum(before.values())
    assert await speaking_of(kernel, (*WORKINGS, *DATA)) == {}
    assert {"crm_toy_loan_car", "crm_alembic_toy"} & await tables(kernel) == set()
    assert await kernel.service("file_store").keys(0) == []
    assert (await leaving.drop(kernel, "toy")).rows == {}
    await kernel.upgrade()
    assert (await kernel.service("records").list(admin, "loan-cars", Query())).items == []


async def test_kept_its_data_stays_and_its_rights_do_not(kernel, admin, car) -> None:
    data = await speaking_of(kernel, DATA)
    left = await leaving.keep(kernel, "toy")
    assert left.rows == {"crm_toy_loan_car": 1}
    assert await speaking_of(kernel, WORKINGS) == {}
    assert await speaking_of(kernel, DATA) == data
    query = Query((Condition("custom.garage", "eq", "B2"),))
    found = await kernel.service("records").list(admin, "loan_car", query, typed=True)
    assert [one.name for one in found.items] == ["高尔夫"]
    await seed_presets(kernel)
    assert "crm_access_rule.permission" in await speaking_of(kernel, WORKINGS)


async def test_rights_of_others_and_of_the_kernel_stay(kernel, admin, car) -> None:
    async def counts() -> tuple[int, int]:
        foreign = ~AccessRule.v1.startswith("toy.") & ~AccessRule.v1.startswith("loan_car.")
        rules = select(func.count()).select_from(AccessRule).where(foreign)
        seeds = select(func.count()).select_from(SeededGrant).where(SeededGrant.permission == "customer.view")
        return await kernel.db.first(trusted(rules)), await kernel.db.first(trusted(seeds))

    before = await counts()
    await leaving.drop(kernel, "toy")
    assert await counts() == before
    assert all(before)
    cursors = await kernel.db.rows(trusted(select(Cursor.subscriber)))
    assert "toy.hears_itself" not in cursors


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestOneDatabase:
    async def test_an_export_can_be_read_without_forecourt(self, kernel, car, tmp_path) -> None:
        left = await leaving.export(kernel, "toy", tmp_path / "loan.zip")
        assert stat.S_IMODE(left.file.stat().st_mode) == 0o600
        with zipfile.ZipFile(left.file) as archive:
            head = json.loads(archive.read("manifest.json"))
            rows = [json.loads(line) for line in archive.read("tables/crm_toy_loan_car.jsonl").splitlines()]
            notes = [json.loads(line) for line in archive.read("kernel/crm_note.jsonl").splitlines()]
            files = [archive.read(name) for name in archive.namelist() if name.startswith("files/")]
        assert (head["plugin"], head["version"]) == ("toy", "1.0")
        assert [(row["id"], row["name"], row["custom"]) for row in rows] == [
            (str(car.id), "高尔夫", {"garage": "B2"})
        ]
        assert [note["body"] for note in notes] == ["左前门有划痕"]
        assert files == [b"scan"]
        assert "crm_toy_loan_car" in await tables(kernel)

    async def test_an_export_never_overwrites_and_never_lies_there_in_part(
        self, kernel, car, tmp_path
    ) -> None:
        target = tmp_path / "loan.zip"
        target.write_bytes(b"somebody's own")
        with pytest.raises(Conflict):
            await leaving.export(kernel, "toy", target)
        assert target.read_bytes() == b"somebody's own"
        with pytest.raises(FileNotFoundError):
            await leaving.export(kernel, "toy", tmp_path / "nowhere" / "loan.zip")
        assert [path.name for path in tmp_path.glob("loan*")] == ["loan.zip"]

    async def test_a_module_others_need_stays_with_all_its_rights(self, kernel, car) -> None:
        await seed_presets(kernel)
        before = await speaking_of(kernel, WORKINGS)
        for leave in (leaving.keep, leaving.drop):
            with pytest.raises(Conflict, match="toy"):
                await leave(kernel, "customer")
        assert await speaking_of(kernel, WORKINGS) == before

    async def test_the_kernel_and_strangers_cannot_be_removed(self, kernel) -> None:
        for name in ("records", "kernel", "nobody"):
            with pytest.raises(NotFound):
                await leaving.drop(kernel, name)

    async def test_a_module_in_quarantine_can_be_removed(self, kernel, car) -> None:
        kernel.quarantine("toy", "on fire")
        await leaving.drop(kernel, "toy")
        assert "crm_toy_loan_car" not in await tables(kernel)
        assert "toy" not in {report.plugin for report in await status_all(kernel)}

    async def test_people_lose_the_rights_at_once(self, kernel, car) -> None:
        before = (await kernel.access.store.revisions())[1]
        await leaving.keep(kernel, "toy")
        assert (await kernel.access.store.revisions())[1] == before + 1
