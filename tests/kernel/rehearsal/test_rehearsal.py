"""An upgrade is tried on a copy, and the original stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import inspect

from crm_kernel import Kernel
from crm_kernel.actor import Actor
from crm_kernel.assembly import assemble
from crm_kernel.dal.query import Query
from crm_kernel.rehearsal.copies import copied, row_counts
from crm_kernel.rehearsal.rehearsal import rehearse
from crm_kernel.removal import leaving
from tests.toy_plugin import plugin as toy


def booted(settings: Any, overrides: Any) -> Kernel:
    return assemble(settings, overrides=overrides)


@pytest.fixture
async def furnished(kernel: Kernel, admin: Actor) -> Kernel:
    values = {"name": "张伟", "kind": "person", "mobile": "13800008000"}
    await kernel.service("records").create(admin, "customer", values)
    return kernel


async def shape(kernel: Kernel) -> Any:
    """Tables with their columns and indexes by name."""

    def look(connection: Any) -> Any:
        seen = inspect(connection)
        return {
            name: (
                sorted(column["name"] for column in seen.get_columns(name)),
                sorted(index["name"] or "" for index in seen.get_indexes(name)),
            )
            for name in seen.get_table_names()
            if name.startswith("crm_")
        }

    async with kernel.db.engine.connect() as connection:
        return await connection.run_sync(look)


async def test_the_copy_is_the_same_house_with_doors_of_its_own(furnished, tmp_path, admin) -> None:
    before, counts = await shape(furnished), await row_counts(furnished.db.engine)
    async with copied(furnished.settings, tmp_path / "scratch") as copy:
        twin = booted(copy.settings, copy.overrides)
        assert await shape(twin) == before
        assert await row_counts(twin.db.engine) == counts
        async with twin.running():
            records = twin.service("records")
            made = await records.create(admin, "customer", {"name": "李娜", "kind": "person"})
            found = await records.list(admin, "customers", QUERY, typed=True)
            assert {one.name for one in found.items} == {"张伟", "李娜"}
            assert [hit.id for hit in await twin.service("search").search(admin, "李娜")] == [made.id]
        await leaving.drop(twin, "customer")
        await twin.db.close()
    assert await shape(furnished) == before
    assert await row_counts(furnished.db.engine) == counts


QUERY = Query()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestReport:
    async def test_every_step_holds_for_what_is_installed(self, furnished, tmp_path) -> None:
        steps = await rehearse(furnished.settings, booted, tmp_path / "scratch")
        assert {step.name: step.faults for step in steps if not step.done} == {}
        named = [step.name for step in steps]
        assert named[:5] == ["set", "copy", "upgrade", "tables", "start"]
        assert "contract:customer" in named
        assert named[-1] == "original"

    async def test_a_module_that_does_not_fit_ends_it_with_the_reason(self, furnished, tmp_path) -> None:
        def misfit(settings: Any, overrides: Any) -> Kernel:
            return assemble(settings, overrides=overrides, modules=[Future()])

        steps = await rehearse(furnished.settings, misfit, tmp_path / "scratch")
        assert [step.name for step in steps] == ["set"]
        assert "made for a kernel >=99" in steps[0].faults[0]

    async def test_an_upgrade_that_fails_on_the_copy_never_touches_the_original(
        self, furnished, tmp_path
    ) -> None:
        before = await shape(furnished)

        def with_toy(settings: Any, overrides: Any) -> Kernel:
            return assemble(settings, overrides=overrides, modules=[toy, Clumsy()])

        steps = await rehearse(furnished.settings, with_toy, tmp_path / "scratch")
        assert steps[-1].name == "upgrade"
        assert "clumsy" in steps[-1].faults[0]
        assert await shape(furnished) == before


class Future:
    """A module of a time to come."""

    __name__ = "future"

    @toy.hookimpl
    def manifest(self) -> Any:
        return toy.c.Manifest("future", toy._("Future"), "1.0", kernel=">=99")


class Clumsy:
    """A module whose migrations lead nowhere."""

    __name__ = "clumsy"

    @toy.hookimpl
    def manifest(self) -> Any:
        return toy.c.Manifest("clumsy", toy._("Clumsy"), "1.0")

    @toy.hookimpl
    def register_migrations(self) -> Any:
        return toy.c.Migrations("tests.plugin_kit")
