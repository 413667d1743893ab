"""What must be heard, and what a figure counts, is found by an index, however many cases there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from crm_complaint.figures import REPORTS
from crm_kernel.actor import Scope
from crm_kernel.flow import store
from crm_kernel.kernel import Kernel
from crm_kernel.testing.plugin import MakeActor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NOBODY = UUID(int=7)
FIGURES = [report.name for report in REPORTS if not report.between]


class Plans:
    """The steps SQLite takes for what it is asked meanwhile, statement by statement."""

    def __init__(self, kernel: Kernel) -> None:
        self._engine = kernel.db.engine
        self._asked: list[tuple[str, Any]] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        def note(_c: Any, _cursor: Any, sql: str, given: Any, _context: Any, _many: bool) -> None:
            self._asked.append((sql, given))

        event.listen(self._engine.sync_engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(self._engine.sync_engine, "before_cursor_execute", note)

    async def steps(self, *tables: str) -> list[str]:
        """Those that touch one of the tables."""
        found: list[str] = []
        async with self._engine.connect() as connection:
            for sql, given in self._asked:
                if sql.startswith(("SELECT", "WITH")):
                    plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)
                    found += [row[3] for row in plan]
        return [step for step in found if any(table in step for table in (*tables, "B-TREE"))]


@pytest.fixture
def plans(kernel: Kernel) -> Plans:
    return Plans(kernel)


async def test_clocks_that_must_be_heard_are_found_in_their_order_without_a_scan(
    kernel: Kernel, plans: Plans
) -> None:
    with plans.watching():
        await store.ringing(kernel.db, kernel.clock.now(), 200)
    (step,) = await plans.steps("crm_flow_clock")
    assert step.startswith("SEARCH crm_flow_clock USING INDEX ix_crm_flow_clock_next_at")


async def test_the_clocks_of_a_record_and_the_records_of_a_version_are_found_without_a_scan(
    kernel: Kernel, plans: Plans
) -> None:
    with plans.watching():
        await store.clocks(kernel.db, [NOBODY])
        await store.running(kernel.db, NOBODY, "complaint")
    steps = await plans.steps("crm_flow_clock", "crm_flow_run")
    assert any("ix_crm_flow_clock_record_id_kind" in step for step in steps)
    assert any("ix_crm_flow_run_dealership_id_flow_version_state" in step for step in steps)
    assert not any(step.startswith("SCAN") for step in steps)


@pytest.mark.parametrize("name", FIGURES)
async def test_a_figure_counts_the_cases_of_a_dealership_in_a_period_by_an_index(
    kernel: Kernel, plans: Plans, make_actor: MakeActor, name: str
) -> None:
    rights = ("complaint.view", "complaint.figures")
    chief = await make_actor(dict.fromkeys(rights, Scope.DEALERSHIP))
    reports = kernel.service("reports")
    await reports.run(chief, name, {})
    with plans.watching():
        await reports.run(chief, name, {})
    steps = [step for step in await plans.steps("crm_complaint_complaint") if "B-TREE" not in step]
    assert steps, "the figure asks for cases"
    for step in steps:
        assert step.startswith("SEARCH crm_complaint_complaint"), step
        assert "(dealership_id=?" in step or "(id=?" in step, step


async def test_how_deadlines_ended_is_read_from_the_index_alone(
    kernel: Kernel, plans: Plans, make_actor: MakeActor
) -> None:
    rights = ("complaint.view", "complaint.figures")
    chief = await make_actor(dict.fromkeys(rights, Scope.DEALERSHIP))
    with plans.watching():
        await kernel.service("reports").run(chief, "complaint.clocks", {})
    steps = [step for step in await plans.steps("crm_flow_clock") if "crm_flow_clock" in step]
    assert steps, "the figure asks for deadlines"
    assert all("USING COVERING INDEX ix_crm_flow_clock_record_id_kind" in step for step in steps)
