"""The demo dealership is filled once and whole, however often and however roughly it was started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crm_kernel.administration.presets import seed_presets
from crm_kernel.contributions import DemoData, Manifest
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages
from crm_standalone import plugin
from crm_standalone.demo import fill

_ = messages("standalone")


class PowerCut(Exception):
    """Somebody pulled the plug."""


class Showroom:
    """A module whose demo data is two tags; the plug may be pulled between them."""

    __name__ = "showroom"

    def __init__(self) -> None:
        self.cut = False

    @hookimpl
    def manifest(self) -> Manifest:
        return Manifest("showroom", _("Showroom"), "1")

    @hookimpl
    def register_demo_data(self) -> list[DemoData]:
        return [DemoData("showroom", self.fill)]

    async def fill(self, kernel: Any, actor: Any) -> None:
        await kernel.service("tags").save(actor, "试驾车")
        if self.cut:
            raise PowerCut
        await kernel.service("tags").save(actor, "展车")


async def tags_of(kernel: Any, shop: Any) -> list[str]:
    by = await kernel.access.operator(shop.id)
    return sorted(tag.name for tag in await kernel.service("tags").list(by))


@pytest.fixture
def showroom() -> Showroom:
    return Showroom()


@pytest.fixture
def kernel_modules(showroom: Showroom) -> list[Any]:
    return [plugin, showroom]


@pytest.fixture
def kernel_settings() -> dict[str, Any]:
    return {"plugins": ("account", "showroom")}


async def test_a_filling_that_was_cut_off_is_completed_by_the_next_start(
    kernel, dealership, showroom
) -> None:
    told: list[str] = []
    await seed_presets(kernel)
    shop = next(one for one in await kernel.access.store.shops() if one.id == dealership.id)
    showroom.cut = True
    with pytest.raises(PowerCut):
        await fill(kernel, shop, told.append)
    assert await tags_of(kernel, shop) == [], "half of it stands"

    showroom.cut = False
    await fill(kernel, shop, told.append)
    assert await tags_of(kernel, shop) == ["展车", "试驾车"]
    assert told == ["showroom", "showroom"]
    await fill(kernel, shop, told.append)
    assert told == ["showroom", "showroom"], "what is filled is left alone"


def test_two_starts_at_once_both_come_up_and_fill_once(tmp_path: Path) -> None:
    crm = Path(sys.executable).with_name("crm")
    surroundings = os.environ | {"CRM_HOME": str(tmp_path), "CRM_PLUGINS": "", "CRM_DEMO_PASSWORD": "demo"}
    starts = [
        subprocess.Popen(
            [crm, "--json", "demo", "--no-serve"],
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _one in range(2)
    ]
    for start in starts:
        told, faults = start.communicate(timeout=120)
        assert start.returncode == 0, faults
        assert '"user":"demo"' in told
