"""The port `file_store`: where attachments and prepared exports lie. The default: a folder."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from crm_kernel.access.permitted import public
from crm_kernel.errors import NotFound, TooLarge, Unavailable
from crm_kernel.text import messages

_ = messages("kernel")

PIECE = 256 * 1024
KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store: its key, its bytes, the SHA-256 of its content in hex."""

    key: str
    size: int
    sha256: str


class FileStore(Protocol):
    """What a host may replace: an object store, a share. Keys are the store's own, names of people never."""

    async def save(self, content: BinaryIO, limit: int) -> StoredFile:
        """Keep a file whole or not at all. Raises TooLarge over `limit` bytes, Unavailable when full."""

    def read(self, key: str) -> AsyncIterator[bytes]:
        """The content in pieces. Raises NotFound when it is gone."""

    async def remove(self, key: str) -> None:
        """Forget a file; one that is gone already is no fault."""

    async def keys(self, older_than: float) -> list[str]:
        """Keys of files that have lain for so many seconds."""


class FolderStore:
    """Files under `<home>/files`, readable by our user alone, at paths made of random digits."""

    def __init__(self, home: Path) -> None:
        self._root = home / "files"

    @public
    async def save(self, content: BinaryIO, limit: int) -> StoredFile:
        """Keep a file whole or not at all; part of services that check rights themselves."""
        return await asyncio.to_thread(self._save, content, limit)

    def _save(self, content: BinaryIO, limit: int) -> StoredFile:
        name = secrets.token_hex(16)
        key = f"{name[:2]}/{name[2:4]}/{name}"
        path = self._root / key
        draft = path.with_suffix(".part")
        digest, size = hashlib.sha256(), 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                while piece := content.read(PIECE):
                    size += len(piece)
                    if size > limit:
                        raise TooLarge(_("The file is larger than {size} MB.")(size=limit >> 20))
                    digest.update(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            draft.rename(path)
        except BaseException as fault:
            draft.unlink(missing_ok=True)
            if isinstance(fault, OSError) and fault.errno in FULL:
                raise Unavailable(
                    _("There is no room left for files. Tell your administrator."), retry_after=60
                ) from fault
            raise
        return StoredFile(key, size, digest.hexdigest())

    @public
    async def read(self, key: str) -> AsyncIterator[bytes]:
        """The content in pieces; part of services that check rights themselves."""
        path = self._path(key)
        try:
            file = await asyncio.to_thread(path.open, "rb")
        except FileNotFoundError as fault:
            raise NotFound(_("This file is gone.")) from fault
        with file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece

    @public
    async def remove(self, key: str) -> None:
        """Forget a file; part of services that check rights themselves."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    @public
    async def keys(self, older_than: float) -> list[str]:
        """Keys of files that have lain for so many seconds; for the sweep, that shows nobody anything."""
        return await asyncio.to_thread(lambda: list(self._old(older_than)))

    def _old(self, seconds: float) -> Iterator[str]:
        latest = time.time() - seconds
        for path in self._root.glob("??/??/*"):
            if path.stat().st_mtime <= latest:
                if path.suffix == ".part":
                    path.unlink(missing_ok=True)
                else:
                    yield path.relative_to(self._root).as_posix()

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise NotFound(_("This file is gone."))
        return self._root / key
