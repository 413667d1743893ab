"""A module's data in one file: a ZIP of JSON lines that any program can read without Forecourt."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from crm_kernel.errors import Conflict, NotFound
from crm_kernel.removal import store
from crm_kernel.removal.belongings import Belongings
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
FORMAT = 1


async def write(kernel: Kernel, belongings: Belongings, target: Path) -> Mapping[str, int]:
    """Write everything the module's records are made of; the rows of each table.

    `tables/<table>.jsonl` holds the module's own, `kernel/<table>.jsonl` what hangs on its records (custom
    fields, notes, tasks, attachments, ...), `files/<key>` the attached files, `manifest.json` counts and
    digests. Encrypted columns are in clear, so the file is readable by its owner only. It appears whole or
    not at all. Raises Conflict when it exists already.
    """
    unfinished = target.with_name(target.name + ".part")
    try:
        with _private(target, unfinished) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                counts = await _fill(kernel, belongings, archive)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return counts


def _private(target: Path, unfinished: Path) -> BinaryIO:
    """A new file that only its owner can read."""
    if target.exists():
        raise Conflict(_("{file} exists already. Choose another name.")(file=target.name), code="exists")
    return os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


async def _fill(kernel: Kernel, belongings: Belongings, archive: zipfile.ZipFile) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    parts: list[dict[str, Any]] = []
    async with _snapshot(kernel) as connection:
        for name, table, condition in _tables(belongings):
            rows = store.rows(connection, table, condition)
            parts.append(await _lines(archive, name, rows))
            counts[table.name] = parts[-1]["rows"]
        keys = await store.file_keys(connection, belongings)
    parts += [part for key in keys if (part := await _file(kernel, archive, key)) is not None]
    head = {
        "format": FORMAT,
        "plugin": belongings.plugin,
        "version": belongings.version,
        "exported_at": kernel.clock.now(),
        "parts": parts,
    }
    archive.writestr("manifest.json", msgspec.json.format(msgspec.json.encode(head), indent=1))
    return counts


def _snapshot(kernel: Kernel) -> Any:
    """One state of all tables, although others go on writing."""
    engine = kernel.db.engine
    return (
        engine
        if kernel.db.dialect == "sqlite"
        else engine.execution_options(isolation_level="REPEATABLE READ")
    ).connect()


def _tables(belongings: Belongings) -> list[tuple[str, Any, Any]]:
    own = [(f"tables/{table.name}.jsonl", table, None) for table in belongings.tables]
    hanging = [
        (f"kernel/{trace.table.name}.jsonl", trace.table, trace.names(belongings)) for trace in store.DATA
    ]
    return own + hanging


async def _lines(
    archive: zipfile.ZipFile, name: str, rows: AsyncIterator[Mapping[str, Any]]
) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as part:
        async for row in rows:
            line = msgspec.json.encode(row, enc_hook=str) + b"\n"
            part.write(line)
            digest.update(line)
            count += 1
    return {"name": name, "rows": count, "sha256": digest.hexdigest()}


async def _file(kernel: Kernel, archive: zipfile.ZipFile, key: str) -> dict[str, Any] | None:
    """An attached file; one that is gone already is left out."""
    digest = hashlib.sha256()
    name = f"files/{key}"
    try:
        pieces = [piece async for piece in kernel.service("file_store").read(key)]
    except NotFound:
        return None
    with archive.open(name, "w", force_zip64=True) as part:
        for piece in pieces:
            part.write(piece)
            digest.update(piece)
    return {"name": name, "sha256": digest.hexdigest()}
