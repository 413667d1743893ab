"""Files, views and interfaces of other systems are read on a schedule, from where the last reading ended."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from crm_customer.models import Customer
from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Actor, Scope
from crm_kernel.administration.role_store import rule
from crm_kernel.dal.scoped import scoped, trusted
from crm_kernel.errors import ConfigurationError, Conflict, Forbidden, Invalid
from crm_kernel.jobs.models import QueuedJob
from crm_kernel.kernel import Kernel
from crm_kernel.outbound.addresses import Allowed
from crm_kernel.outbound.client import Outbound
from crm_kernel.sync import source_file, store
from crm_kernel.sync.models import SyncSource
from crm_kernel.sync.reading import begin_due, read_place
from crm_kernel.sync.sources import SourceDraft
from crm_kernel.testing.clock import FixedClock
from crm_kernel.testing.databases import TestDatabase


@pytest.fixture
def database(tmp_path: Path) -> TestDatabase:
    return TestDatabase("sqlite", f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")


@pytest.fixture
async def admin(kernel: Kernel, make_actor: Any) -> Actor:
    """The super administrator, whose rights stand in the rules too: places are read in his name later."""
    found: Actor = await make_actor(super_=True, name="管理员")
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.add(rule("g", f"u:{found.id}", f"r:{SUPER}", "*"))
    return found


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def kernel_overrides() -> dict[str, Any]:
    return {"outbound": Outbound(Allowed.parse("127.0.0.1"))}


@pytest.fixture
def open_folder(kernel: Kernel, inbox: Path) -> Path:
    """The operator lets this folder be read."""
    kernel.settings.extra["CRM_SYNC_FOLDERS"] = str(inbox)  # type: ignore[index]
    return inbox


@pytest.fixture
def sources(kernel: Kernel) -> Any:
    return kernel.service("sync_sources")


def folder(path: Path, **more: Any) -> SourceDraft:
    options = {"path": str(path), "id": "客户编号"}
    return replace(SourceDraft("每日导出", "dms", "customers", "folder", 60, options), **more)


async def customers(kernel: Kernel, admin: Actor) -> list[str]:
    rows = await kernel.db.rows(scoped(admin.access("customer.view"), Customer).order_by(Customer.name))
    return [row.name for row in rows]


async def held(kernel: Kernel, id: Any) -> SyncSource:
    found = await store.source(kernel.db, id)
    assert found is not None
    return found


async def test_a_file_is_read_once_and_again_when_it_changes(
    kernel: Kernel, admin: Actor, sources: Any, open_folder: Path
) -> None:
    (open_folder / "a.csv").write_text("客户编号,客户名称,手机,备用列\nK1,张伟,13800008000,x\n", "gb18030")
    (open_folder / ".b.csv").write_text("客户编号,客户名称\nK9,半截\n", "utf-8")
    view = await sources.add(admin, folder(open_folder))
    assert await read_place(kernel, view.id) == 1
    assert await read_place(kernel, view.id) == 0
    (open_folder / ".b.csv").rename(open_folder / "0-late.csv")
    (open_folder / "a.csv").write_text("客户编号,客户名称,手机\nK1,张大伟,\nK2,李娜,\n", "utf-8")
    assert await read_place(kernel, view.id) == 3
    assert await customers(kernel, admin) == ["半截", "张大伟", "李娜"]
    row = await kernel.db.first(
        scoped(admin.access("customer.view"), Customer).where(Customer.name == "张大伟")
    )
    assert row.mobile == "+8613800008000", "a blank cell of a file says nothing"


async def test_a_large_file_goes_on_where_it_was_cut_off(
    kernel: Kernel, admin: Actor, sources: Any, open_folder: Path
) -> None:
    lines = ["客户编号,客户名称", *(f"K{n},客户{n}" for n in range(2500))]
    (open_folder / "all.csv").write_text("\n".join(lines), "utf-8")
    view = await sources.add(admin, folder(open_folder))
    assert await read_place(kernel, view.id) == 2500
    page = await kernel.service("sync_ledger").list(admin)
    assert [one.rows for one in page.items] == [500, 1000, 1000]


async def test_json_and_xml_files_are_deliveries_too(
    kernel: Kernel, admin: Actor, sources: Any, open_folder: Path
) -> None:
    rows = {"rows": [{"external_id": "1", "name": "张伟", "phones": ["13800008000"]}]}
    (open_folder / "a.json").write_text(json.dumps(rows), "utf-8")
    (open_folder / "b.xml").write_text(
        "<sync source='x'><row external_id='2'><name>李娜</name></row></sync>", "utf-8"
    )
    view = await sources.add(admin, folder(open_folder, options={"path": str(open_folder)}))
    assert await read_place(kernel, view.id) == 2
    assert await customers(kernel, admin) == ["张伟", "李娜"]


async def test_only_folders_the_operator_named_are_read(
    kernel: Kernel, admin: Actor, sources: Any, open_folder: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "x.csv").write_text("客户编号,客户名称\nK1,泄露\n", "utf-8")
    for path in (str(secret), f"{open_folder}/../secret", "/etc"):
        with pytest.raises(Invalid):
            await sources.add(admin, folder(open_folder, options={"path": path}))
    (open_folder / "link.csv").symlink_to(secret / "x.csv")
    view = await sources.add(admin, folder(open_folder))
    await read_place(kernel, view.id)
    assert await customers(kernel, admin) == []
    assert (await held(kernel, view.id)).state == "failed"


async def test_a_broken_file_is_told_in_the_ledger_and_does_not_stop_for_ever(
    kernel: Kernel, admin: Actor, sources: Any, open_folder: Path
) -> None:
    (open_folder / "a.json").write_text("{", "utf-8")
    view = await sources.add(admin, folder(open_folder))
    for _time in range(3):
        assert await read_place(kernel, view.id) == 0
    state = await held(kernel, view.id)
    assert (state.state, state.failures, "a.json" in state.fault) == ("failed", 3, True)
    (entry,) = (await kernel.service("sync_ledger").list(admin, state="failed")).items
    assert "a.json" in entry.fault
    (open_folder / "a.json").write_text("[]", "utf-8")
    await read_place(kernel, view.id)
    assert (await held(kernel, view.id)).state == "idle"


@pytest.fixture
def erp(open_folder: Path) -> Path:
    """The ERP's own database, with a view of its customers."""
    file = open_folder / "erp.db"
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE cust (no TEXT, cname TEXT, tel TEXT, born DATE, updated TEXT)")
        db.execute("CREATE VIEW crm_customers AS SELECT * FROM cust")
        db.executemany(
            "INSERT INTO cust VALUES (?, ?, NULL, '1990-05-01', ?)",
            [(f"E{n:04}", f"客户{n}", f"2026-11-{1 + n // 500:02}T08:00:00") for n in range(1500)],
        )
    return file


def view_of(erp: Path, driver: str, **options: str) -> SourceDraft:
    mapping = {"cname": "name", "tel": "mobile", "born": "birthday"}
    chosen = {"table": "crm_customers", "id": "no", "changed": "updated", **options}
    return SourceDraft("客户视图", "erp", "customers", "sql", 15, chosen, f"{driver}:///{erp}", mapping)


@pytest.mark.parametrize("driver", ["sqlite", "sqlite+aiosqlite"])
async def test_a_view_is_read_in_the_order_of_its_changes(
    kernel: Kernel, admin: Actor, sources: Any, erp: Path, driver: str
) -> None:
    view = await sources.add(admin, view_of(erp, driver))
    assert await read_place(kernel, view.id) == 1500
    with sqlite3.connect(erp) as db:
        db.execute("UPDATE cust SET tel = '13800008000', updated = '2026-11-20T08:00:00' WHERE no = 'E0007'")
    await read_place(kernel, view.id)
    latest = (await kernel.service("sync_ledger").list(admin)).items[0]
    assert (latest.changed, latest.rejected) == (1, 0)
    assert latest.rows < 1500, "what did not change since is not read again"
    row = await kernel.db.first(
        scoped(admin.access("customer.view"), Customer).where(Customer.name == "客户7")
    )
    assert (row.mobile, str(row.birthday)) == ("+8613800008000", "1990-05-01")


async def test_without_a_time_of_change_every_round_reads_all(
    kernel: Kernel, admin: Actor, sources: Any, erp: Path
) -> None:
    view = await sources.add(admin, view_of(erp, "sqlite", changed=""))
    assert await read_place(kernel, view.id) == 1500
    assert await read_place(kernel, view.id) == 1500
    assert len(await customers(kernel, admin)) == 1500


async def test_a_strange_table_name_is_a_name_and_nothing_else(
    kernel: Kernel, admin: Actor, sources: Any, erp: Path
) -> None:
    view = await sources.add(admin, view_of(erp, "sqlite", table='cust"; DROP TABLE cust; --'))
    assert await read_place(kernel, view.id) == 0
    assert (await held(kernel, view.id)).state == "failed"
    with sqlite3.connect(erp) as db:
        assert db.execute("SELECT count(*) FROM cust").fetchone() == (1500,)


async def test_a_database_file_outside_the_allowed_folders_is_refused(
    admin: Actor, sources: Any, erp: Path, tmp_path: Path
) -> None:
    for secret in (f"sqlite:///{tmp_path / 'test.db'}", "sqlite://", "nonsense", "oracle+nothing://x"):
        with pytest.raises(Invalid):
            await sources.add(admin, replace(view_of(erp, "sqlite"), secret=secret))


class Interface:
    """The other system's HTTP interface: three pages, and only what changed where asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, list[str]], str]] = []
        self.status = 200
        self.url = ""
        self.next = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        query = parse_qs(urlsplit(head.split(" ")[1]).query)
        key = next(
            (line[15:] for line in head.split("\r\n") if line.lower().startswith("authorization:")), ""
        )
        self.asked.append((query, key))
        page = int(query.get("cursor", ["0"])[0])
        since = query.get("since", [""])[0]
        rows = [
            {"no": f"R{page}{n}", "name": f"客户{page}{n}", "changed": f"2026-11-0{page + 1}T00:00:00Z"}
            for n in range(2)
        ]
        rows = [row for row in rows if row["changed"] > since]
        document = {"items": rows, "next": self.next or (str(page + 1) if page < 2 else None)}
        body = json.dumps(document).encode()
        writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()


@pytest.fixture
async def interface() -> AsyncIterator[Interface]:
    made = Interface()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/customers"
    async with server:
        yield made


def rest(interface: Interface, **options: str) -> SourceDraft:
    chosen = {"url": interface.url, "id": "no", "since": "since", "changed": "changed", **options}
    return SourceDraft("接口", "web", "customers", "rest", 5, chosen, "Bearer geheim", {"name": "name"})


async def test_an_interface_is_read_page_by_page_and_then_only_what_changed(
    kernel: Kernel, admin: Actor, sources: Any, interface: Interface
) -> None:
    view = await sources.add(admin, rest(interface))
    assert await read_place(kernel, view.id) == 6
    assert await read_place(kernel, view.id) == 0
    assert [query.get("cursor", ["-"])[0] for query, _key in interface.asked[:3]] == ["-", "1", "2"]
    assert interface.asked[3][0]["since"] == ["2026-11-03T00:00:00Z"]
    assert {key.strip() for _query, key in interface.asked} == {"Bearer geheim"}


async def test_a_key_is_not_carried_to_another_machine(
    kernel: Kernel, admin: Actor, sources: Any, interface: Interface
) -> None:
    interface.next = "http://127.0.0.1:1/customers?page=2"
    view = await sources.add(admin, rest(interface))
    await read_place(kernel, view.id)
    assert (await held(kernel, view.id)).state == "failed"
    assert len(interface.asked) == 1, "the second page was never asked for"


async def test_an_interface_that_refuses_is_told(
    kernel: Kernel, admin: Actor, sources: Any, interface: Interface
) -> None:
    interface.status = 403
    view = await sources.add(admin, rest(interface))
    assert await read_place(kernel, view.id) == 0
    assert "403" in (await held(kernel, view.id)).fault


async def test_places_are_read_when_their_time_has_come(
    kernel: Kernel, admin: Actor, sources: Any, clock: FixedClock, open_folder: Path
) -> None:
    view = await sources.add(admin, folder(open_folder, minutes=30))
    assert [await begin_due(kernel), await begin_due(kernel)] == [1, 0]
    clock.advance(timedelta(minutes=31))
    assert await begin_due(kernel) == 1
    await sources.switch(admin, view.id, active=False)
    clock.advance(timedelta(minutes=31))
    assert await begin_due(kernel) == 0
    assert await kernel.db.first(trusted(select(func.count()).where(QueuedJob.name == "sync.read"))) == 2
    with pytest.raises(Conflict):
        await sources.read_now(admin, view.id)


async def test_secrets_lie_encrypted_and_are_never_shown(
    kernel: Kernel, admin: Actor, sources: Any, interface: Interface
) -> None:
    view = await sources.add(admin, rest(interface))
    assert (view.has_secret, "geheim" in repr(view)) == (True, False)
    async with kernel.db.engine.connect() as connection:
        stored = (await connection.exec_driver_sql("SELECT secret FROM crm_sync_source")).scalar_one()
    assert "geheim" not in stored
    await sources.change(admin, view.id, replace(rest(interface), secret="", name="改名"))
    assert (await held(kernel, view.id)).secret == "Bearer geheim"


async def test_setting_up_places_is_the_super_administrators_to_give(
    kernel: Kernel, sources: Any, make_actor: Any
) -> None:
    manager = await make_actor({"sync.manage": Scope.DEALERSHIP, "sync.push": Scope.DEALERSHIP})
    with pytest.raises(Forbidden):
        sources.list(manager)
    assert kernel.registry.permissions["sync.configure"].reserved


async def test_the_operator_may_describe_places_in_a_file(
    kernel: Kernel, admin: Actor, sources: Any, erp: Path, tmp_path: Path
) -> None:
    file = tmp_path / "sources.toml"
    kernel.settings.extra["CRM_SYNC_SOURCES"] = str(file)  # type: ignore[index]
    text = f"""
[[source]]
name = "每日导出"
source = "dms"
kind = "customers"
reader = "folder"
minutes = 60
options = {{ path = "{erp.parent}", pattern = "*.csv" }}
"""
    file.write_text(text, "utf-8")
    assert await source_file.load(kernel) == 1
    (view,) = await sources.list(admin)
    assert (view.managed, view.minutes) == (True, 60)
    with pytest.raises(Conflict):
        await sources.remove(admin, view.id)
    file.write_text(text.replace("60", "30"), "utf-8")
    await source_file.load(kernel)
    assert [one.minutes for one in await sources.list(admin)] == [30]
    file.write_text("", "utf-8")
    await source_file.load(kernel)
    assert await sources.list(admin) == []
    for wrong in ("source = 1", "[[source]]\nname = 1", text.replace("folder", "magic"), "x = ["):
        file.write_text(wrong, "utf-8")
        with pytest.raises(ConfigurationError):
            await source_file.load(kernel)
