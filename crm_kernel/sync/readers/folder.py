"""A folder of files: CSV and XLSX tables, JSON and XML deliveries, each read once and again when it
changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from crm_kernel.errors import CrmError
from crm_kernel.records.imports.reading import open_source
from crm_kernel.sync import xml
from crm_kernel.sync.readers.port import Option, Place, Portion, Reader, ReaderFault, Watermark
from crm_kernel.sync.rows import EXTERNAL_ID, MOST_ROWS
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

SETTING = "CRM_SYNC_FOLDERS"
UNFINISHED = (".tmp", ".part", ".crdownload")
MOST_JSON = 64 << 20


class FolderReader(Reader):
    """Files are taken by name. One that is still being written carries a dot in front, or ends with `.tmp` or
    `.part`. The watermark holds what was read of each file, so a file that arrives late is read all the
    same."""

    label: ClassVar[Text] = _("Folder of files")
    options: ClassVar[tuple[Option, ...]] = (
        Option("path", _("Folder"), required=True, hint=_("Below a folder that CRM_SYNC_FOLDERS names.")),
        Option("pattern", _("Files"), hint=_("For instance customers-*.csv; empty: all.")),
    )
    secret: ClassVar[Text | None] = None

    def __init__(self, kernel: Kernel) -> None:
        self._roots = allowed_folders(kernel.settings.extra.get(SETTING, ""))

    def check(self, place: Place) -> None:
        """The folder lies below an allowed one and is there."""
        if not self._folder(place).is_dir():
            raise ReaderFault(_("There is no folder {path}.")(path=place.get("path")))

    def _folder(self, place: Place) -> Path:
        return inside(place.get("path"), self._roots)

    async def read(self, place: Place, watermark: Watermark) -> Portion:
        """A portion of the first file that is not read to its end."""
        self.check(place)
        return await asyncio.to_thread(self._read, place, watermark)

    def _read(self, place: Place, watermark: Watermark) -> Portion:
        seen: dict[str, Any] = dict(watermark.get("files", {}))
        files = self._files(place)
        seen = {name: known for name, known in seen.items() if name in files}
        for name, path in files.items():
            stat = path.stat()
            sign = f"{stat.st_mtime_ns}-{stat.st_size}"
            known, rows = seen.get(name, ("", 0))
            if known == sign and rows is None:
                continue
            begin = rows if known == sign else 0
            try:
                found = list(islice(_rows(path), begin, begin + MOST_ROWS))
            except CrmError as fault:
                raise ReaderFault(_("{file}: {fault}")(file=name, fault=fault.message)) from fault
            full = len(found) == MOST_ROWS
            seen[name] = (sign, begin + len(found) if full else None)
            return Portion(found, {"files": seen}, more=True)
        return Portion((), {"files": seen})

    def _files(self, place: Place) -> dict[str, Path]:
        folder = self._folder(place)
        found = {}
        for path in sorted(folder.glob(place.get("pattern", "*").replace("/", ""))):
            name = path.name
            if name.startswith(".") or name.endswith(UNFINISHED) or not path.is_file():
                continue
            inside(str(path), self._roots)
            found[name] = path
        return found


def allowed_folders(setting: str) -> list[Path]:
    """The folders that may be read, separated by `:` or `,`."""
    return [Path(word).resolve() for word in setting.replace(",", ":").split(":") if word.strip()]


def inside(path: str, roots: list[Path]) -> Path:
    """A path below an allowed folder, links followed. Raises ReaderFault."""
    found = Path(path).resolve()
    if not any(found == root or root in found.parents for root in roots):
        raise ReaderFault(
            _("{path} may not be read: the setting CRM_SYNC_FOLDERS does not name it.")(path=path)
        )
    return found


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    kind = path.suffix.lower()
    if kind == ".json":
        yield from _json(path)
    elif kind == ".xml":
        yield from xml.read(path.read_bytes())[1]
    else:
        source = open_source(path, lambda heads: sum(1 for head in heads if head))
        for row in source.rows():
            cells = {head: cell for head, cell in zip(source.heads, row.cells, strict=False) if cell.strip()}
            yield cells


def _json(path: Path) -> list[Mapping[str, Any]]:
    if path.stat().st_size > MOST_JSON:
        raise ReaderFault(_("The file is larger than {size} MB.")(size=MOST_JSON >> 20))
    try:
        found = msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError as fault:
        raise ReaderFault(_("The file is not valid JSON.")) from fault
    rows = found.get("rows") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ReaderFault(_("The file must hold a list of objects."))
    return [row if EXTERNAL_ID in row else dict(row) for row in rows]
