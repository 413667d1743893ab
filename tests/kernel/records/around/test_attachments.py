"""Files kept with a client."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import os
import stat
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import Forbidden, Invalid, NotFound, TooLarge, Unavailable
from crm_kernel.kernel import Kernel
from crm_kernel.records.attachments import sweeping
from crm_kernel.records.attachments.files import FolderStore
from crm_kernel.records.attachments.media import media_type
from crm_kernel.records.attachments.names import disposition, tidy

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def office(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
    return out.getvalue()


def on_disk(kernel: Kernel) -> list[Path]:
    return [path for path in (kernel.settings.home / "files").rglob("*") if path.is_file()]


async def keep(kernel: Kernel, actor: Actor, client, content: bytes = PDF, name: str = "保单.pdf"):
    return await kernel.service("attachments").upload(actor, "client", client, name, io.BytesIO(content))


async def content(download) -> bytes:
    return b"".join([piece async for piece in download.chunks])


async def test_a_file_comes_back_byte_for_byte(kernel: Kernel, agent: Actor, new_client) -> None:
    client = await new_client()
    made = await keep(kernel, agent, client)
    assert (made.name, made.media_type, made.size) == ("保单.pdf", "application/pdf", len(PDF))
    assert made.sha256 == hashlib.sha256(PDF).hexdigest()

    service = kernel.service("attachments")
    assert [one.id for one in await service.list(agent, "clients", client)] == [made.id]
    assert await content(await service.download(agent, "client", client, made.id)) == PDF
    [path] = on_disk(kernel)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "保单" not in str(path)
    told = await kernel.service("timeline").read(agent, "client", client, kinds=["attachment"])
    assert "保单.pdf" in told.items[0].text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"ID3\x04" + b"\0" * 20, "audio/mpeg"),
        ("客户,手机\n张伟,138".encode("gb18030"), "text/plain"),
        ("客户,手机\n张伟,138".encode(), "text/plain"),
        (office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (
            office("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 20, "application/octet-stream"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", None),
        (b"  \n<!DOCTYPE html><script>alert(1)</script>", None),
        (b"\xef\xbb\xbf<?xml version='1.0'?><x/>", None),
        (office("word/document.xml", "word/vbaProject.bin"), None),
        (office("evil.exe"), None),
        (b"MZ\x90\0\x03\0\0\0", None),
        (b"\x7fELF\x02\x01\x01", None),
        (b"", None),
    ],
)
def test_what_a_file_is_its_content_says(data: bytes, expected: str | None) -> None:
    assert media_type(io.BytesIO(data)) == expected


async def test_pages_and_programs_are_refused_whatever_they_are_called(
    kernel: Kernel, agent: Actor, new_client
) -> None:
    client = await new_client()
    for data in (b"<html><script>alert(1)</script>", b"<svg onload=alert(1)>", b"MZ\x90\0"):
        with pytest.raises(Invalid):
            await keep(kernel, agent, client, data, "照片.png")
    assert on_disk(kernel) == []


NAMES = [
    "../../etc/passwd",
    "..\\..\\windows\\system32\\cmd.exe",
    "/etc/shadow",
    "C:\\boot.ini",
    "a\0b.pdf",
    "....//....//x.pdf",
    "%2e%2e%2fx.pdf",
    "files-evil/../x",
    "con\u202efdp.exe",
    "\r\nSet-Cookie: a=b.pdf",
    ".htaccess",
    "..",
    "",
    "x" * 500 + ".pdf",
    'a";filename="b.html',
]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_shown_and_never_lead_anywhere(name: str) -> None:
    found = tidy(name)
    assert found
    assert len(found) <= 200
    assert not any(sign in found for sign in '/\\\0\r\n"\u202e')
    assert found not in (".", "..")
    header = disposition(found)
    assert header.startswith("attachment;")
    assert "\r" not in header
    assert "\n" not in header
    assert header.isascii()


async def test_hostile_names_stay_inside_the_store(
    kernel: Kernel, agent: Actor, new_client, tmp_path
) -> None:
    client = await new_client()
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    for name in NAMES:
        await keep(kernel, agent, client, name=name)
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    root = kernel.settings.home / "files"
    assert all(root in path.parents or path.name.startswith("test.db") for path in new)


async def test_keys_of_the_store_are_its_own(tmp_path) -> None:
    (tmp_path / "secret").write_text("x")
    store = FolderStore(tmp_path / "home")
    for key in ("../secret", "../../secret", str(tmp_path / "secret"), "aa/bb/../../../secret", ""):
        with pytest.raises(NotFound):
            _first = [piece async for piece in store.read(key)]
        with pytest.raises(NotFound):
            await store.remove(key)


async def test_too_large_a_file_leaves_nothing(kernel: Kernel, agent: Actor, new_client) -> None:
    client = await new_client()
    limit = kernel.service("attachments").limit
    with pytest.raises(TooLarge):
        await keep(kernel, agent, client, PDF + b"\0" * limit)
    assert on_disk(kernel) == []
    assert await kernel.service("attachments").list(agent, "client", client) == []


class FullDisk(io.BytesIO):
    """A source during whose copying the disk fills up."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 200_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().read(size)


async def test_a_full_disk_is_said_clearly_and_leaves_no_half_file(
    kernel: Kernel, agent: Actor, new_client
) -> None:
    client = await new_client()
    source = FullDisk(PDF + b"\0" * 1_000_000)
    with pytest.raises(Unavailable) as refused:
        await kernel.service("attachments").upload(agent, "client", client, "大.pdf", source)
    assert "room" in str(refused.value)
    assert on_disk(kernel) == []
    made = await keep(kernel, agent, client)
    assert made.size == len(PDF)


async def test_what_is_rolled_back_leaves_no_file(kernel: Kernel, agent: Actor, new_client) -> None:
    client = await new_client()

    class Faulty:
        def flushing(self, work, session) -> None:
            if any(type(row).__name__ == "Attachment" for row in session.new):
                raise RuntimeError("no")

        async def committing(self, work) -> None: ...

    kernel.db.observe(Faulty())
    with pytest.raises(RuntimeError):
        await keep(kernel, agent, client)
    assert on_disk(kernel) == []


async def test_who_may_only_look_may_not_add_or_delete(
    kernel: Kernel, agent: Actor, new_client, make_actor
) -> None:
    client = await new_client()
    made = await keep(kernel, agent, client)
    looker = await make_actor({"client.view": Scope.DEALERSHIP})
    service = kernel.service("attachments")
    assert len(await service.list(looker, "client", client)) == 1
    with pytest.raises(Forbidden):
        await keep(kernel, looker, client)
    with pytest.raises(Forbidden):
        await service.delete(looker, "client", client, made.id)
    assert len(on_disk(kernel)) == 1


async def test_another_dealership_reaches_no_file(
    kernel: Kernel, agent: Actor, stranger: Actor, new_client
) -> None:
    client, theirs = await new_client(), await new_client("外店客户", by=stranger)
    made = await keep(kernel, agent, client)
    service = kernel.service("attachments")
    for attempt in (
        service.list(stranger, "client", client),
        service.download(stranger, "client", client, made.id),
        service.download(stranger, "client", theirs, made.id),
        service.delete(stranger, "client", theirs, made.id),
        keep(kernel, stranger, client),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert len(on_disk(kernel)) == 1


async def test_a_deleted_file_is_destroyed_after_a_month(
    kernel: Kernel, agent: Actor, new_client, clock
) -> None:
    client = await new_client()
    gone, kept = await keep(kernel, agent, client), await keep(kernel, agent, client, PNG, "车.png")
    await kernel.service("attachments").delete(agent, "client", client, gone.id)
    assert [one.id for one in await kernel.service("attachments").list(agent, "client", client)] == [kept.id]
    with pytest.raises(NotFound):
        await kernel.service("attachments").download(agent, "client", client, gone.id)
    await sweeping.sweep(kernel)
    assert len(on_disk(kernel)) == 2
    clock.advance(timedelta(days=31))
    await sweeping.sweep(kernel)
    assert len(on_disk(kernel)) == 1


async def test_files_nobody_knows_are_swept(kernel: Kernel, agent: Actor, new_client) -> None:
    client = await new_client()
    await keep(kernel, agent, client)
    lost = await kernel.service("file_store").save(io.BytesIO(PNG), 1000)
    path = kernel.settings.home / "files" / lost.key
    half = path.with_suffix(".part")
    half.write_bytes(b"x")
    for file in on_disk(kernel):
        os.utime(file, (0, 0))
    await sweeping.sweep(kernel)
    assert not path.exists()
    assert not half.exists()
    assert len(on_disk(kernel)) == 1


async def test_purging_a_client_takes_everything_along(
    kernel: Kernel, agent: Actor, admin: Actor, new_client
) -> None:
    from crm_kernel.records.notes.view import NoteDraft
    from crm_kernel.records.tasks.view import TaskDraft

    client = await new_client()
    await keep(kernel, agent, client)
    await kernel.service("notes").add(agent, "client", client, NoteDraft(body="x"))
    await kernel.service("tasks").add(agent, TaskDraft(title="x", entity="client", record_id=client))
    records = kernel.service("records")
    await records.delete(agent, "client", client, "撤回同意")
    await records.purge(admin, "client", client, "撤回同意")
    await asyncio.sleep(0)
    assert on_disk(kernel) == []
    async with kernel.db.engine.connect() as connection:
        for table in ("crm_note", "crm_task", "crm_attachment", "crm_timeline"):
            count = (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one()
            assert (table, count) == (table, 0)
