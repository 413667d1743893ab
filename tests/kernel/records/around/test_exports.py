"""Copying clients out: the super administrator's, logged, and safe to open."""

from __future__ import annotations

import csv
import io
import stat
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.audit.service import AuditFilter
from crm_kernel.dal.query import Condition, Query
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.records.exports import running
from tests.kernel.records.around.conftest import RIGHTS


async def fetch(kernel: Kernel, actor: Actor, query: Query | None = None, **options) -> bytes:
    export = await kernel.service("exports").export(actor, "client", query or Query(), **options)
    return b"".join([piece async for piece in export.chunks])


async def lines(kernel: Kernel, actor: Actor, query: Query | None = None, **options) -> list[dict[str, str]]:
    data = await fetch(kernel, actor, query, **options)
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


async def logged(kernel: Kernel, admin: Actor) -> list[dict]:
    page = await kernel.service("audit").accesses(admin, AuditFilter(verb="exported"))
    return [entry.detail for entry in page.items]


async def test_only_who_may_export_exports(kernel: Kernel, agent: Actor, admin: Actor, new_client) -> None:
    await new_client()
    with pytest.raises(Forbidden):
        await fetch(kernel, agent)
    assert await logged(kernel, admin) == []
    assert len(await lines(kernel, admin)) == 1


async def test_each_use_is_logged_with_count_and_filter(kernel: Kernel, admin: Actor, new_client) -> None:
    await new_client("张伟", level="a")
    await new_client("李娜", level="b")
    await lines(kernel, admin, Query(conditions=(Condition("level", "eq", "a"),)))
    [detail] = await logged(kernel, admin)
    assert detail["count"] == 1
    assert detail["filter"] == [{"field": "level", "op": "eq", "value": "a"}]
    assert detail["format"] == "csv"


async def test_what_is_masked_on_the_screen_is_masked_in_the_file(
    kernel: Kernel, admin: Actor, make_actor, new_client
) -> None:
    await new_client("张伟", mobile="13800138000")
    [row] = await lines(kernel, admin)
    assert row["Mobile"] == "138****8000"
    [row] = await lines(kernel, admin, clear=True)
    assert row["Mobile"] == "13800138000"
    assert [d["clear"] for d in await logged(kernel, admin)] == [True, False]

    exporter = await make_actor(dict.fromkeys((*RIGHTS, "client.export"), Scope.DEALERSHIP))
    with pytest.raises(Forbidden):
        await lines(kernel, exporter, clear=True)


async def test_the_file_speaks_the_readers_language(kernel: Kernel, admin: Actor, new_client) -> None:
    friend = await new_client("王芳")
    await new_client("张伟", level="a", born_on="1990-03-07", budget="123456.70", friend_id=str(friend))
    data = await fetch(kernel, admin, Query(sort=("-code",)))
    assert data.startswith(b"\xef\xbb\xbf")
    row = (await lines(kernel, admin, Query(sort=("-code",))))[0]
    assert (row["Name"], row["Level"], row["Born"], row["Budget"]) == (
        "张伟",
        "Level A",
        "1990-03-07",
        "123456.70",
    )
    assert row["Friend"] == "C0001"


async def test_no_cell_is_a_formula_and_a_new_import_gives_the_same_text(
    kernel: Kernel, admin: Actor, agent: Actor, new_client, tmp_path
) -> None:
    hostile = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "'=x", "＝1", "正常"]
    for number, text in enumerate(hostile):
        await new_client(text, code=f"X{number}", remark=text)
    data = await fetch(kernel, admin)
    for cells in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
        assert not any(cell.lstrip()[:1] in tuple("=+-@＝") for cell in cells if cell)

    for kind in ("csv", "xlsx"):
        path = tmp_path / f"out.{kind}"
        await kernel.service("exports").to_file(admin, "client", path, format=kind)
        counts = await kernel.service("imports").import_file(agent, "clients", path)
        assert (counts["rows"], counts["repeated"], counts["changed"], counts["rejected"]) == (7, 7, 0, {})


async def test_a_workbook_holds_numbers_as_numbers_and_text_as_text(
    kernel: Kernel, admin: Actor, new_client
) -> None:
    await new_client("=1+1", budget="99.50")
    data = await fetch(kernel, admin, format="xlsx", columns=["name", "budget"])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == [("Name", "s"), ("Budget", "s")]
    assert rows[1] == [("'=1+1", "s"), (99.5, "n")]
    assert list((kernel.settings.home / "tmp").iterdir()) == []


async def test_columns_can_be_chosen_but_not_hidden_ones(
    kernel: Kernel, admin: Actor, make_actor, new_client
) -> None:
    await new_client()
    [row] = await lines(kernel, admin, columns=["name", "code"])
    assert list(row) == ["Name", "Code"]
    rights = dict.fromkeys((*RIGHTS, "client.export"), Scope.DEALERSHIP)
    limited = await make_actor(rights, hidden=frozenset({"client.mobile"}))
    [row] = await lines(kernel, limited)
    assert "Mobile" not in row
    for columns in (["mobile"], ["dealership_id; DROP TABLE x"], ["password"]):
        with pytest.raises(Invalid):
            await lines(kernel, limited, columns=columns)


async def test_nobody_exports_beyond_his_scope(
    kernel: Kernel, admin: Actor, agent: Actor, stranger: Actor, make_actor, new_client
) -> None:
    await new_client("本店")
    await new_client("外店", by=stranger)
    assert [row["Name"] for row in await lines(kernel, stranger)] == ["外店"]
    rights = dict.fromkeys(RIGHTS, Scope.DEALERSHIP) | {"client.export": Scope.OWN}
    owner = await make_actor(rights, locale="en")
    await new_client("自己的", by=owner)
    assert [row["Name"] for row in await lines(kernel, owner)] == ["自己的"]


async def test_more_than_one_page_comes_out_whole(
    kernel: Kernel, admin: Actor, agent: Actor, tmp_path
) -> None:
    names = [f"客户{number}" for number in range(1100)]
    path = tmp_path / "in.csv"
    path.write_text("Code,Name\n" + "".join(f"{name[2:]},{name}\n" for name in names), "utf-8")
    await kernel.service("imports").import_file(agent, "clients", path)
    assert sorted(row["Name"] for row in await lines(kernel, admin)) == sorted(names)


async def test_the_command_lines_file_is_whole_and_private(
    kernel: Kernel, admin: Actor, new_client, tmp_path
) -> None:
    await new_client()
    path = tmp_path / "clients.csv"
    assert await kernel.service("exports").to_file(admin, "clients", path) == {"rows": 1}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(Invalid):
        await kernel.service("exports").to_file(admin, "clients", tmp_path / "x.doc", format="doc")
    assert [p.name for p in tmp_path.iterdir() if "clients" in p.name or "x.doc" in p.name] == ["clients.csv"]


async def test_a_large_export_is_made_in_the_background_and_fetched_within_a_day(
    kernel: Kernel, admin: Actor, make_actor, new_client, clock
) -> None:
    await new_client("张伟", level="a")
    await new_client("李娜", level="b")
    runs = kernel.service("export_runs")
    started = await runs.start(admin, "client", {"level": "a"}, format="csv")
    assert started.state == "waiting"
    with pytest.raises(Conflict):
        await runs.download(admin, started.id)

    done = await runs.carry_out(admin, started.id)
    assert (done.state, done.done, done.total) == ("done", 1, 1)
    assert await runs.carry_out(admin, started.id) == done
    found = await runs.download(admin, started.id)
    assert "张伟" in b"".join([piece async for piece in found.chunks]).decode()
    assert [run.id for run in await runs.recent(admin)] == [started.id]

    other = await make_actor(super_=True, name="另一位")
    for attempt in (runs.status(other, started.id), runs.download(other, started.id)):
        with pytest.raises(NotFound):
            await attempt

    clock.advance(timedelta(hours=25))
    with pytest.raises(NotFound):
        await runs.download(admin, started.id)
    await running.sweep(kernel)
    assert (await runs.status(admin, started.id)).state == "expired"
    assert not [path for path in (kernel.settings.home / "files").rglob("*") if path.is_file()]


async def test_a_failed_background_export_says_so(kernel: Kernel, admin: Actor, new_client) -> None:
    runs = kernel.service("export_runs")
    started = await runs.start(admin, "client", {})
    broken = await make_broken(kernel, started.id)
    with pytest.raises(Invalid):
        await runs.carry_out(admin, broken)
    assert (await runs.status(admin, broken)).state == "failed"


async def make_broken(kernel: Kernel, run_id):
    from crm_kernel.records.exports.models import ExportRun

    async with kernel.db.work(None) as work:
        run = await work.session.get(ExportRun, run_id)
        run.params = '{"gone_field": "1"}'
    return run_id


async def test_prints_show_what_the_screen_shows(
    kernel: Kernel, agent: Actor, admin: Actor, stranger: Actor, new_client, make_actor
) -> None:
    client = await new_client("张伟", mobile="13800138000", level="a", budget="5000")
    printing = kernel.service("printing")
    paper = await printing.record(agent, "client", client)
    pairs = dict(pair for _group, group in paper.groups for pair in group)
    assert paper.title == "张伟"
    assert pairs["Mobile"] == "138****8000"
    assert pairs["Level"] == "Level A"
    sheet = await printing.list(agent, "client", Query(), ["name", "mobile"])
    assert sheet.rows == [["张伟", "138****8000"]]

    page = await kernel.service("audit").accesses(admin, AuditFilter(verb="printed"))
    assert len(page.items) == 2
    looker = await make_actor({"client.view": Scope.DEALERSHIP})
    with pytest.raises(Forbidden):
        await printing.record(looker, "client", client)
    with pytest.raises(NotFound):
        await printing.record(stranger, "client", client)


def test_amounts_keep_their_cents() -> None:
    from crm_kernel.records.exports.formats import _lines

    assert _lines([[Decimal("1234567.10"), 5, "x"]]) == b"1234567.10,5,x\r\n"
