"""Reading a foreign table: CSV in whatever encoding and delimiter it comes, or XLSX."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from crm_kernel.errors import Malformed, TooLarge
from crm_kernel.text import messages

_ = messages("kernel")

DELIMITERS = (",", "\t", ";", "|")
ENCODINGS = ("utf-8-sig", "gb18030", "big5", "cp1252")
SAMPLE_BYTES = 64 * 1024
MAX_COLUMNS = 200
MAX_UNPACKED = 400 * 1024 * 1024
MAX_CELL = 100_000

Recognise = Callable[[Sequence[str]], int]
"""Counts how many heads of a row are known: the best reading of a file is the one whose heads make sense."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A record of the file: `line` is the physical line on which it begins, `cells` are as written."""

    line: int
    cells: tuple[str, ...]


class RowSource(Protocol):
    """Heads and the records below them, wherever they come from."""

    @property
    def heads(self) -> tuple[str, ...]: ...

    def rows(self) -> Iterator[SourceRow]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A readable file: its heads, and how they were read."""

    path: Path
    format: str
    encoding: str
    delimiter: str
    heads: tuple[str, ...]

    def rows(self) -> Iterator[SourceRow]:
        """Every record below the heads; blank lines are not records."""
        return _xlsx_rows(self.path) if self.format == "xlsx" else _csv_rows(self)


def open_source(path: Path, recognise: Recognise) -> Source:
    """Find out how a file is to be read. Raises Malformed when it is no table, TooLarge for a bomb."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if not sample.strip():
        raise Malformed(_("The file is empty."))
    if sample.startswith(b"PK\x03\x04"):
        top = next((row.cells for row in _xlsx_rows(path, heads=True)), ())
        return Source(path, "xlsx", "", "", _checked(top))
    best: tuple[int, int, str, str, tuple[str, ...]] | None = None
    empty: list[str] = []
    for rank, encoding in enumerate(_candidates(sample)):
        text = _decode(sample, encoding)
        if text is None:
            continue
        for delimiter in DELIMITERS:
            first = next(iter(csv.reader(io.StringIO(text), delimiter=delimiter)), empty)
            heads = tuple(first)
            score = (recognise(heads) * 1000 + min(len(heads), 100), -rank, encoding, delimiter, heads)
            if best is None or score[:2] > best[:2]:
                best = score
    if best is None:
        raise Malformed(_("The file is no table: save it as CSV or XLSX."))
    return Source(path, "csv", best[2], best[3], _checked(best[4]))


def _candidates(sample: bytes) -> Sequence[str]:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ENCODINGS


def _decode(sample: bytes, encoding: str) -> str | None:
    """The sample as text; a character cut at its end does not count against the encoding."""
    for cut in range(4):
        try:
            text = sample[: len(sample) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _checked(heads: Sequence[str]) -> tuple[str, ...]:
    names = tuple(head.strip().strip("\ufeff") for head in heads)
    if not any(names):
        raise Malformed(_("The first line must hold the column heads."))
    if len(names) > MAX_COLUMNS:
        raise TooLarge(_("The file has more than {count} columns.")(count=MAX_COLUMNS))
    return names


def _csv_rows(source: Source) -> Iterator[SourceRow]:
    with source.path.open(encoding=source.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=source.delimiter)
        begun = 0
        try:
            for cells in reader:
                line, begun = begun + 1, reader.line_num
                if line > 1 and any(cell.strip() for cell in cells):
                    yield SourceRow(line, tuple(cells))
        except (csv.Error, UnicodeDecodeError) as fault:
            raise Malformed(_("The file cannot be read beyond line {line}.")(line=begun + 1)) from fault


def _xlsx_rows(path: Path, *, heads: bool = False) -> Iterator[SourceRow]:
    _refuse_bombs(path)
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as fault:
        raise Malformed(_("The workbook cannot be opened.")) from fault
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1):
            cells = _trimmed([_text(value) for value in values])
            if (number > 1 or heads) and any(cells):
                yield SourceRow(number, cells)
    finally:
        book.close()


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    """Without the empty cells a workbook has to the right of its table."""
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as fault:
        raise Malformed(_("The workbook cannot be opened.")) from fault
    if len(entries) > 2000 or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise TooLarge(_("The workbook unpacks to more than {size} MB.")(size=MAX_UNPACKED >> 20))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "strftime"):
        return str(value)[:19]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:MAX_CELL]
