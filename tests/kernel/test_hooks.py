"""Every hook at work: the toy plugin of loan cars uses them all, beside the customer module."""

from __future__ import annotations

import inspect
import json
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pypdf import PdfReader

from crm_kernel import Kernel, hookspecs
from crm_kernel import contributions as c
from crm_kernel.actor import Actor
from crm_kernel.administration.presets import seed_presets
from crm_kernel.dal.scoped import scoped
from crm_kernel.errors import Conflict
from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.i18n import translate
from crm_kernel.mail.message import read_message
from crm_kernel.testing.databases import TestDatabase
from crm_kernel.ui.menu import fill_badges, menu_groups
from crm_kernel.web.app import create_app
from tests.toy_plugin import plugin as toy
from tests.toy_plugin.models import LoanCar


@pytest.fixture
def database(tmp_path) -> TestDatabase:
    return TestDatabase("sqlite", f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")


@pytest.fixture
def kernel_modules() -> list[Any]:
    toy.running.clear()
    return [toy]


@pytest.fixture
async def car(kernel: Kernel, admin: Actor) -> Any:
    return await kernel.service("records").create(admin, "loan_car", {"code": "L1", "name": "高尔夫"})


@pytest.fixture
async def customer(kernel: Kernel, admin: Actor) -> Any:
    values = {"name": "张伟", "kind": "person", "mobile": "13800008000"}
    return await kernel.service("records").create(admin, "customer", values)


def client(kernel: Kernel, **headers: str) -> httpx.AsyncClient:
    app = create_app(kernel, run_kernel=False)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://crm.test", headers=headers)


def test_every_hook_has_a_test_here() -> None:
    hooks = {name for name, member in inspect.getmembers(hookspecs) if hasattr(member, "crm_kernel_spec")}
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert hooks - tested == set()


def test_manifest(kernel: Kernel) -> None:
    assert kernel.plugins["toy"].state == "on", kernel.plugins["toy"].reason
    assert kernel.plugins["toy"].requires == ("customer",)


def test_register_settings(kernel: Kernel) -> None:
    assert "CRM_TOY_DAYS" in {setting.name for setting in kernel.registry.of(c.Setting)}


async def test_register_models(kernel: Kernel, admin: Actor, car: Any) -> None:
    found = await kernel.db.rows(scoped(admin.access("loan_car.view"), LoanCar))
    assert [row.name for row in found] == ["高尔夫"]


async def test_register_migrations(kernel: Kernel) -> None:
    reports = {report.plugin: report for report in await kernel.upgrade()}
    assert (reports["toy"].revision, reports["toy"].state) == ("toy_0001", "current")


async def test_register_permissions(kernel: Kernel, make_actor, car: Any) -> None:
    from crm_kernel.errors import Forbidden

    with pytest.raises(Forbidden):
        kernel.service("toy.desk").lend(await make_actor({}), car.id)


async def test_register_roles(kernel: Kernel) -> None:
    await seed_presets(kernel)
    rules = await kernel.access.store.rules()
    assert ("r:service_advisor", "toy.lend") in {(rule.v0, rule.v1) for rule in rules}


async def test_register_services(kernel: Kernel, admin: Actor, car: Any) -> None:
    await kernel.service("toy.desk").lend(admin, car.id)
    assert await kernel.service("toy.desk").out(admin) == 1


async def test_register_entities(kernel: Kernel, admin: Actor, car: Any) -> None:
    seen = await kernel.service("records").get(admin, "loan-cars", car.id)
    assert (seen.code, seen.state) == ("L1", "free")


async def test_register_routes(kernel: Kernel) -> None:
    async with client(kernel) as anybody:
        assert (await anybody.get("/api/v1/loan-cars/out")).status_code == 401


async def test_register_pages(kernel: Kernel) -> None:
    async with client(kernel) as anybody:
        assert (await anybody.get("/loan-desk")).status_code == 401


async def test_register_menu(kernel: Kernel, admin: Actor, car: Any) -> None:
    await kernel.service("toy.desk").lend(admin, car.id)
    groups = menu_groups(kernel, admin, "/loan-cars")
    await fill_badges(kernel, admin, groups)
    entry = next(item for group in groups for item in group.items if item.url == "/loan-cars")
    assert (entry.active, entry.badge) == (True, 1)


def test_register_slots(kernel: Kernel) -> None:
    assert "loan_car.record" in {slot.name for slot in kernel.registry.of(c.Slot)}


async def test_register_panels(kernel: Kernel, admin: Actor, customer: Any) -> None:
    panel = next(panel for panel in kernel.registry.of(c.Panel) if panel.name == "toy.loans")
    assert (await panel.render(kernel, admin, customer)).values == {"out": 0}


def test_register_events(kernel: Kernel) -> None:
    declared = next(event for event in kernel.registry.of(c.EventType) if event.name == "toy.lent")
    assert isinstance(declared.example(), declared.struct)


async def test_register_subscriptions(kernel: Kernel, admin: Actor, car: Any) -> None:
    dispatcher = Dispatcher(kernel)
    await dispatcher.prepare()
    await kernel.service("toy.desk").lend(admin, car.id)
    await dispatcher.drain()
    assert kernel.service("toy.desk").heard == [car.id]


async def test_register_jobs(kernel: Kernel) -> None:
    job = next(job for job in kernel.registry.of(c.Job) if job.name == "toy.count")
    await job.function(kernel)
    assert toy.running[-1] == "job"


async def test_register_dictionaries(kernel: Kernel, admin: Actor) -> None:
    entries = await kernel.service("dictionaries").entries(admin, "loan_state")
    assert [entry.code for entry in entries] == ["free", "out"]


async def test_register_flows(kernel: Kernel, admin: Actor, car: Any) -> None:
    lent = await kernel.service("flows").step(admin, "loan_car", car.id, "lend", {})
    assert [step.key for step in lent.steps] == ["return"]
    assert "loan_deposit" in {kind.name for kind in kernel.registry.of(c.ApprovalKind)}


async def test_register_blockers(kernel: Kernel, admin: Actor, car: Any, customer: Any) -> None:
    await kernel.service("toy.desk").lend(admin, car.id, customer.id)
    with pytest.raises(Conflict) as refusal:
        await kernel.service("records").delete(admin, "customer", customer.id, "重复录入")
    assert refusal.value.open[0]["count"] == 1


def test_register_links(kernel: Kernel) -> None:
    assert LoanCar in {link.model for link in kernel.registry.of(c.Link)}


def test_register_notifications(kernel: Kernel) -> None:
    assert "toy.overdue" in {kind.name for kind in kernel.registry.of(c.NotificationType)}


def test_register_search(kernel: Kernel) -> None:
    action = next(a for a in kernel.registry.of(c.SearchAction) if a.path == "/loan-desk")
    assert translate(action.label, "en") == "Lend a car"


async def test_register_reports(kernel: Kernel, admin: Actor, car: Any) -> None:
    await kernel.service("toy.desk").lend(admin, car.id)
    for name in ("toy.by_state", "toy.out"):
        view = await kernel.service("reports").run(admin, name, {})
        (line,) = view.rows
        assert (line.label, line.cells[0].value, line.cells[0].path) == ("已借出", 1, "/loan-cars?state=out")


async def test_register_dossiers(kernel: Kernel, admin: Actor, car: Any) -> None:
    made = await kernel.service("dossiers").issue(admin, "loan_car", car.id)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(made.content)).pages)
    assert "贷出" not in text
    assert "高尔夫" in text


async def test_register_importers(kernel: Kernel, admin: Actor, tmp_path) -> None:
    file = tmp_path / "cars.csv"
    file.write_text("编号,车型\nL7,朗逸\n,无编号\nL7,朗逸 2\n", encoding="utf-8")
    result = await kernel.service("imports").import_file(admin, "loan_cars", file)
    assert (result["created"], result["repeated"], result["changed"]) == (1, 1, 1)
    assert result["rejected"] == {"code": 1}


async def test_register_sync_kinds(kernel: Kernel, admin: Actor) -> None:
    cars = [{"external_id": "L-1", "code": "L1", "name": "高尔夫"}, {"external_id": "L-2", "code": "L2"}]
    batch = await kernel.service("sync").push(admin, "loan-cars", cars, source="rental")
    assert [one.result for one in batch.outcomes] == ["created", "rejected"]
    seen = await kernel.service("records").get(admin, "loan-cars", batch.outcomes[0].record_id)
    assert (seen.code, seen.state) == ("L1", "free")


async def test_register_mail_takers(kernel: Kernel, admin: Actor) -> None:
    taker = next(one for one in kernel.service("mailboxes").takers(admin) if one.name == "toy.loans")
    mail = read_message(b"From: Li <li@x.test>\r\nSubject: L9\r\n\r\nback on Monday")
    car = await taker.begin(kernel, admin, mail)
    await taker.join(kernel, admin, car, mail)
    seen = await kernel.service("records").get(admin, "loan-cars", car)
    assert (seen.code, seen.name) == ("L9", "back on Monday")


async def test_register_personal_data(kernel: Kernel, admin: Actor, customer: Any) -> None:
    data = next(one for one in kernel.registry.of(c.PersonalData) if one.name == "toy.loans")
    access = admin.access("loan_car.view")
    assert await data.export(kernel, access, customer.id) == {"loans": 0}
    assert await data.erase(kernel, access, customer.id) == 0


async def test_register_commands(kernel: Kernel, admin: Actor, capsys) -> None:
    command = next(one for one in kernel.registry.of(c.Command) if one.name == "loans")
    assert await command.run(kernel, admin, None) == 0
    assert capsys.readouterr().out == "0\n"


async def test_register_demo_data(kernel: Kernel, admin: Actor) -> None:
    demo = next(one for one in kernel.registry.of(c.DemoData) if one.name == "toy")
    await demo.fill(kernel, admin)
    assert await kernel.service("toy.desk").out(admin) == 0


class TestHost:
    """A host that knows its own people."""

    @pytest.fixture
    def kernel_overrides(self) -> dict[str, Any]:
        self.guests: dict[str, Actor] = {}
        return {"toy.guests": self.guests}

    async def test_actor_from_connection(self, kernel: Kernel, admin: Actor) -> None:
        self.guests["chef"] = admin
        async with client(kernel, **{"x-toy-user": "chef"}) as known:
            answer = await known.get("/api/v1/loan-cars/out")
        assert json.loads(answer.text) == {"out": 0}
        async with client(kernel, **{"x-toy-user": "stranger"}) as unknown:
            assert (await unknown.get(f"/api/v1/loan-cars/{uuid4()}")).status_code == 401


test_actor_from_connection = TestHost.test_actor_from_connection
"""Known to the check above under its hook's name."""
test_actor_from_connection.__test__ = False  # type: ignore[attr-defined]


def test_startup(kernel: Kernel) -> None:
    assert toy.running == ["startup"]


async def test_shutdown(kernel: Kernel) -> None:
    await kernel._call_async(kernel.plugins["toy"], "shutdown")
    assert toy.running == ["startup", "shutdown"]
