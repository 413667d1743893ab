"""A foreign file goes in: however it was saved, every refused row is explained, kept, and can be mended."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crm_kernel.actor import Actor
from crm_kernel.errors import Conflict, Forbidden, Invalid, Malformed, NotFound, TooLarge
from crm_kernel.kernel import Kernel
from crm_kernel.records.imports.files import ImportFiles
from crm_kernel.records.imports.mapping import HeadIndex, checked, signature
from crm_kernel.records.imports.reading import open_source
from tests.kernel.records import garage

HEADS = ["Code", "Name", "Mobile", "Birthday", "Remark"]
ROWS = [
    ["G1", "王伟", "138 0000 8000", "1990/1/2", "=1+1"],
    ["G2", "", "13800008001", "1990-01-02", ""],
    ["G3", "李娜", "1380000", "昨天", ""],
    ["G1", "王伟", "+86 13800008000", "1990.01.02", "老客户"],
    ["G4", "张敏", "", "", "两行\n备注"],
]


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [garage]


def csv_file(path: Path, rows: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    import csv

    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def known(heads: Any) -> int:
    return sum(head in HEADS for head in heads)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encoding_and_separator_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    source = open_source(csv_file(tmp_path / "f", [HEADS, *ROWS], encoding, delimiter), known)
    assert (source.heads, source.delimiter) == (tuple(HEADS), delimiter)
    assert [row.cells[1] for row in source.rows()] == ["王伟", "", "李娜", "王伟", "张敏"]


def test_a_line_is_where_the_record_begins_in_the_file(tmp_path: Path) -> None:
    rows = [["G1", "两\n行", "", "", ""], ["", "", "", "", ""], ["G2", "下一行", "", "", ""]]
    source = open_source(csv_file(tmp_path / "f", [HEADS, *rows]), known)
    assert [(row.line, row.cells[0]) for row in source.rows()] == [(2, "G1"), (5, "G2")]


def test_a_workbook_is_read_like_a_table(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in [HEADS, *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "f.xlsx")
    source = open_source(tmp_path / "f.xlsx", known)
    assert (source.format, source.heads) == ("xlsx", tuple(HEADS))
    assert [row.cells[0] for row in source.rows()] == ["G1", "G2", "G3", "G1", "G4"]


@pytest.mark.parametrize("content", [b"", b"   \n", b"\x00\x01\x02" * 50, b"PK\x03\x04 no zip"])
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(Malformed):
        open_source(tmp_path / "f", known)


def test_a_workbook_that_unpacks_to_a_mountain_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "f", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"part{number}", io.BytesIO(bytes(90 * 1024 * 1024)).getvalue())
    with pytest.raises(TooLarge):
        open_source(tmp_path / "f", known)


def test_columns_are_recognised_by_name_label_or_alias() -> None:
    index = HeadIndex(garage.GUEST.fields)
    assert index.guess(["CODE", "Name", "mobile ", "Somebody"]) == {
        "CODE": "code",
        "Name": "name",
        "mobile ": "mobile",
    }
    assert signature(["Code", "Name"]) == signature(["code", " NAME "])


def test_a_mapping_names_what_is_wrong_with_it() -> None:
    with pytest.raises(Invalid) as refusal:
        checked({"A": "nothing", "B": "code", "C": "code"}, ["A", "B", "C"], garage.GUEST.fields)
    assert {error.code for error in refusal.value.errors} == {"unknown_field", "twice", "missing"}


def test_the_name_of_an_upload_never_becomes_a_path(tmp_path: Path) -> None:
    path = ImportFiles(tmp_path).keep(UUID(int=1), b"x")
    assert path == tmp_path / "imports" / f"{UUID(int=1)}.upload"
    assert path.stat().st_mode & 0o777 == 0o600


async def test_good_rows_go_in_and_refused_ones_are_counted_by_their_first_wrong_column(
    kernel: Kernel, admin: Actor, tmp_path: Path
) -> None:
    file = csv_file(tmp_path / "g.csv", [HEADS, *ROWS], "gb18030")
    counts = await kernel.service("imports").import_file(admin, "guests", file)
    assert counts == {
        "kind": "guests",
        "rows": 5,
        "created": 2,
        "repeated": 1,
        "changed": 1,
        "rejected": {"name": 1, "mobile": 1},
        "warned": {},
        "duplicates": {},
    }
    again = await kernel.service("imports").import_file(admin, "guests", file)
    assert (again["created"], again["repeated"], again["rejected"]) == (0, 3, counts["rejected"])


async def test_a_trial_counts_the_same_and_writes_nothing(
    kernel: Kernel, admin: Actor, tmp_path: Path
) -> None:
    file = csv_file(tmp_path / "g.csv", [HEADS, *ROWS])
    tried = await kernel.service("imports").import_file(admin, "guests", file, dry_run=True)
    done = await kernel.service("imports").import_file(admin, "guests", file)
    assert tried == done
    assert done["created"] == 2


async def test_the_refused_rows_come_back_as_a_file_of_the_same_form(
    kernel: Kernel, admin: Actor, tmp_path: Path
) -> None:
    file, refused = csv_file(tmp_path / "g.csv", [HEADS, *ROWS]), tmp_path / "refused.csv"
    await kernel.service("imports").import_file(admin, "guests", file, errors=refused)
    lines = refused.read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Code,Name,Mobile,Birthday,Remark,")
    assert lines[2].startswith("G3,李娜,1380000,昨天,,4,")
    mended = (
        refused.read_text("utf-8-sig").replace("G2,,", "G2,赵强,").replace("1380000,昨天", "13800008002,")
    )
    refused.write_text(mended, "utf-8")
    counts = await kernel.service("imports").import_file(admin, "guests", refused)
    assert (counts["created"], counts["rejected"]) == (2, {})


async def test_rows_are_mended_on_the_page_and_leave_the_list(
    kernel: Kernel, admin: Actor, tmp_path: Path
) -> None:
    imports = kernel.service("imports")
    content = csv_file(tmp_path / "g.csv", [HEADS, *ROWS]).read_bytes()
    preview = await imports.upload(admin, "guests", content, "../../etc/客户.csv")
    assert (preview.total, preview.filename, preview.mapping["Mobile"]) == (5, "客户.csv", "mobile")
    await imports.start(admin, preview.run_id)
    await imports.carry_out(admin, preview.run_id)
    assert [row.line for row in await imports.rejected(admin, preview.run_id)] == [3, 4]
    mended = {3: ["G2", "赵强", "13800008001", "", ""], 4: ["G3", "李娜", "1380000", "", ""]}
    result = await imports.correct(admin, preview.run_id, mended)
    assert (result["created"], list(result["errors"])) == (1, [4])
    assert [row.line for row in await imports.rejected(admin, preview.run_id)] == [4]
    with pytest.raises(Invalid):
        await imports.correct(admin, preview.run_id, {3: mended[3]})


async def test_a_run_can_be_stopped_and_not_started_twice(
    kernel: Kernel, admin: Actor, tmp_path: Path
) -> None:
    imports = kernel.service("imports")
    content = csv_file(tmp_path / "g.csv", [HEADS, *ROWS]).read_bytes()
    preview = await imports.upload(admin, "guests", content, "g.csv")
    await imports.start(admin, preview.run_id)
    with pytest.raises(Conflict):
        await imports.start(admin, preview.run_id)
    await imports.cancel(admin, preview.run_id)
    await imports.carry_out(admin, preview.run_id)
    assert (await imports.status(admin, preview.run_id)).state == "cancelled"


async def test_a_chosen_mapping_is_proposed_for_the_next_file_of_that_form(
    kernel: Kernel, admin: Actor, tmp_path: Path
) -> None:
    imports = kernel.service("imports")
    content = csv_file(tmp_path / "g.csv", [["A", "B"], ["G1", "王伟"]]).read_bytes()
    first = await imports.upload(admin, "guests", content, "g.csv")
    assert first.mapping == {}
    await imports.start(admin, first.run_id, {"A": "code", "B": "name"})
    second = await imports.upload(admin, "guests", content, "g.csv")
    assert second.mapping == {"A": "code", "B": "name"}


async def test_nobody_imports_without_the_right_or_sees_another_dealerships_run(
    kernel: Kernel, admin: Actor, make_actor, make_dealership, tmp_path: Path
) -> None:
    imports = kernel.service("imports")
    content = csv_file(tmp_path / "g.csv", [HEADS, *ROWS]).read_bytes()
    with pytest.raises(Forbidden):
        await imports.upload(await make_actor({}), "guests", content, "g.csv")
    preview = await imports.upload(admin, "guests", content, "g.csv")
    elsewhere = await make_actor(super_=True, at=(await make_dealership("east")).id)
    with pytest.raises(NotFound):
        await imports.status(elsewhere, preview.run_id)
    with pytest.raises(NotFound):
        await imports.upload(admin, "ghosts", content, "g.csv")
