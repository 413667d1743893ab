"""The fixtures other tests stand on."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.contracts import CustomerCard
from crm_kernel.kernel import Kernel
from crm_kernel.notifications.ports import Sms
from crm_kernel.testing.databases import TestDatabase
from crm_kernel.testing.fakes import Fakes


async def test_the_kernel_runs_on_each_database(kernel: Kernel, admin: Actor) -> None:
    assert kernel.db.dialect in {"sqlite", "postgresql", "mariadb", "mysql"}
    assert admin.grants.super


def test_beside_other_projects_the_fixtures_cost_nothing_until_they_are_asked_for() -> None:
    program = (
        "import sys, crm_kernel.testing.plugin\n"
        "heavy = {'sqlalchemy', 'litestar', 'jinja2', 'msgspec', 'playwright'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


class TestFakes:
    @pytest.fixture
    def kernel_overrides(self, fakes: Fakes) -> dict[str, Any]:
        return fakes.overrides()

    @pytest.fixture
    def database(self, tmp_path: Path) -> TestDatabase:
        return TestDatabase("sqlite", f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")

    async def test_every_port_is_stood_in_for(self, kernel: Kernel, fakes: Fakes) -> None:
        assert kernel.service("mailer") is fakes.mailer
        saved = await kernel.service("file_store").save(BytesIO(b"scan"), 10)
        assert [piece async for piece in fakes.files.read(saved.key)] == [b"scan"]
        await kernel.service("sms").send(Sms("1", "13800008000", "您的车已修好"))
        assert [sms.text for sms in fakes.sms.sent] == ["您的车已修好"]

    async def test_the_directories_are_the_hosts_own(
        self, kernel: Kernel, fakes: Fakes, admin: Actor
    ) -> None:
        card = CustomerCard(admin.id, "K1", "张伟", "person", "13800008000", "")
        fakes.customers.cards[card.id] = card
        found = await kernel.service("customer.directory").find(admin, mobile="13800008000")
        assert list(found) == [card]


async def test_somebody_has_just_the_rights_given(make_actor) -> None:
    actor = await make_actor({"x.view": Scope.TEAM})
    assert actor.access("x.view").scope == Scope.TEAM
    assert not actor.may("x.change")
