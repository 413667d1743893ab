"""CSV and XLSX in pieces, with memory that does not grow with the rows."""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from crm_kernel.errors import ConfigurationError
from crm_kernel.records.cells import guard
from crm_kernel.records.wording import Cell
from crm_kernel.text import messages

_ = messages("kernel")

PIECE = 256 * 1024
LONGEST_CELL = 32_767
MOST_SHEET_ROWS = 1_048_575


class Lines(Protocol):
    """What is written: a head, and pages of lines below it."""

    async def heads(self) -> list[str]: ...

    def pages(self) -> AsyncIterator[list[list[Cell]]]: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a file: its ending, its media type, and how its bytes are made."""

    name: str
    media_type: str
    write: Callable[[Lines, Path], AsyncIterator[bytes]]


async def write_csv(rows: Lines, _folder: Path) -> AsyncIterator[bytes]:
    """UTF-8 with a byte order mark, which spreadsheets need to see that it is UTF-8."""
    yield b"\xef\xbb\xbf" + _lines([await rows.heads()])
    async for page in rows.pages():
        if page:
            yield _lines(page)


def _lines(rows: Sequence[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(
        [
            guard(cell) if isinstance(cell, str) else format(cell, "f" if isinstance(cell, Decimal) else "d")
            for cell in row
        ]
        for row in rows
    )
    return out.getvalue().encode()


async def write_xlsx(rows: Lines, folder: Path) -> AsyncIterator[bytes]:
    """A workbook of one sheet, written to a file of our own first: the format needs its end for its start."""
    with tempfile.TemporaryDirectory(dir=own_folder(folder)) as inside:
        path = Path(inside) / "export.xlsx"
        sheet = await asyncio.to_thread(_Sheet, path, await rows.heads())
        async for page in rows.pages():
            await asyncio.to_thread(sheet.add, page)
        await asyncio.to_thread(sheet.close)
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece


def own_folder(folder: Path) -> Path:
    """A folder for files under way, which nobody but our user enters."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


class _Sheet:
    def __init__(self, path: Path, heads: Sequence[str]) -> None:
        try:
            from xlsxwriter import Workbook
        except ImportError as fault:
            raise ConfigurationError(_("Writing XLSX needs the extra crm-kernel[excel].")) from fault
        self._book: Any = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        self._sheet: Any = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        bold = self._book.add_format({"bold": True})
        for column, head in enumerate(heads):
            self._sheet.write_string(0, column, guard(head), bold)
            self._sheet.set_column(column, column, 16)
        self._row = 0

    def add(self, page: Sequence[Sequence[Cell]]) -> None:
        for cells in page:
            self._row += 1
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    if cell:
                        self._sheet.write_string(self._row, column, guard(cell)[:LONGEST_CELL])
                else:
                    self._sheet.write_number(self._row, column, float(cell))

    def close(self) -> None:
        self._book.close()


FORMATS: Mapping[str, Format] = {
    "csv": Format("csv", "text/csv; charset=utf-8", write_csv),
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
}
