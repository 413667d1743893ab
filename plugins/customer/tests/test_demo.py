"""The demo dealership looks alive, and every panel of ours has something to say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_kernel.contributions import DemoData, Panel


@pytest.mark.slow
async def test_the_demo_dealership_is_full_of_life_and_its_panels_speak(
    kernel, records, admin, database
) -> None:
    if database.backend != "sqlite":
        pytest.skip("the story is the same everywhere")
    for one in kernel.registry.of(DemoData):
        if one.name == "customer":
            await one.fill(kernel, admin)
    from crm_kernel.dal.query import Condition, Query

    for plural, least in (("customers", 300), ("vehicles", 250), ("repair-orders", 600), ("policies", 150)):
        assert await records.count(admin, plural, Query()) >= least, plural
    assert await records.count(admin, "vehicles", Query((Condition("vin_check", "ne", "ok"),))) < 1
    assert await records.count(admin, "repair-orders", Query((Condition("settled_on", "empty", True),))) < 20
    firms = await records.list(
        admin, "customers", Query((Condition("kind", "eq", "company"),), limit=200), typed=True
    )
    cars = await records.list(admin, "vehicles", Query(limit=1), typed=True)
    ours = [one for one in kernel.registry.of(Panel) if one.name.startswith(("customer.", "vehicle."))]
    for panel in ours:
        if panel.slot == "customer.record":
            shown = [await panel.render(kernel, admin, one) for one in firms.items]
            assert any(content.count for content in shown), panel.name
        elif panel.slot == "vehicle.record":
            assert (await panel.render(kernel, admin, cars.items[0])).template, panel.name
    moved = await records.list(admin, "vehicles", Query(limit=200), typed=True)
    assert any(len(car.plates) > 1 for car in moved.items)
    assert any(one.tags for one in (await records.list(admin, "customers", Query(limit=200))).items)
    week = Condition("created_at", "gte", kernel.clock.now() - timedelta(days=7))
    assert await records.count(admin, "customers", Query((week,))) < 30, "they did not all come today"
