"""Sets a file on A4 as PDF: headings, pairs, tables, pictures, page numbers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from crm_kernel.dossier.fonts import font
from crm_kernel.dossier.lines import broken
from crm_kernel.errors import ConfigurationError
from crm_kernel.text import messages

_ = messages("kernel")

MARGIN, BOTTOM = 18.0, 20.0
BODY, SMALL, HEADING, TITLE = 9.5, 8.0, 12.0, 17.0
LINE, LABEL = 5.2, 38.0
PICTURE = 70.0
INK, QUIET, RULE = (20, 24, 30), (95, 103, 115), (205, 210, 217)
FAMILY = "file"
TOTAL = "{nb}"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is shown, and what stands below it."""

    data: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with what stands below it."""

    title: str
    level: int = 1
    pairs: Sequence[tuple[str, str]] = ()
    heads: Sequence[str] = ()
    widths: Sequence[float] = ()
    rows: Sequence[Sequence[str]] = ()
    pictures: Sequence[Picture] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file in words. `foot` stands on every page beside its number, `page` says how that is written."""

    title: str
    subtitle: Sequence[str]
    foot: str
    page: str
    locale: str
    author: str
    at: datetime
    blocks: Sequence[Block] = field(default_factory=tuple)

    def text(self) -> set[str]:
        """Every character in it."""
        found = {*self.title, *self.foot, *self.page, *"0123456789{}nb"}
        for line in self.subtitle:
            found |= {*line}
        for block in self.blocks:
            found |= {*block.title, *block.empty}
            for pair in block.pairs:
                found |= {*pair[0], *pair[1]}
            for row in (block.heads, *block.rows):
                found |= {character for cell in row for character in cell}
            for picture in block.pictures:
                found |= {*picture.caption}
        return found


def pdf(sheet: Sheet, font_path: str = "") -> bytes:
    """The file. Takes a second or two: not on the event loop. Raises ConfigurationError without fpdf2."""
    try:
        from fpdf import FPDF
    except ImportError as fault:
        raise ConfigurationError(_("Writing PDF needs the extra crm-kernel[pdf].")) from fault

    class Paper(FPDF):  # type: ignore[misc, unused-ignore]
        def footer(self) -> None:
            self.set_y(-BOTTOM + 6)
            self.set_font(FAMILY, "", SMALL)
            self.set_text_color(*QUIET)
            self.cell(0, 4, sheet.foot)
            self.set_x(MARGIN)
            words = sheet.page.format(page=self.page_no(), pages=TOTAL)
            self.cell(0, 4, words, align="R")

    paper = Paper(format="A4")
    paper.set_margins(MARGIN, MARGIN)
    paper.set_auto_page_break(True, BOTTOM)
    paper.set_title(sheet.title)
    paper.set_author(sheet.author)
    paper.set_lang(sheet.locale)
    paper.set_creation_date(sheet.at)
    with tempfile.TemporaryDirectory() as folder:
        for style in ("", "B"):
            file = Path(folder) / f"file{style}.ttf"
            file.write_bytes(font(style, sheet.text(), font_path))
            paper.add_font(FAMILY, style, file)
    paper.add_page()
    _Setter(paper).set(sheet)
    return bytes(paper.output())


class _Setter:
    def __init__(self, paper: Any) -> None:
        self._paper = paper
        self._width = paper.epw

    def set(self, sheet: Sheet) -> None:
        self._write(sheet.title, TITLE, "B", height=9)
        for line in sheet.subtitle:
            self._write(line, BODY, colour=QUIET)
        self._paper.ln(2)
        for block in sheet.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        self._room(24)
        self._paper.ln(3 if block.level == 1 else 1)
        if block.title:
            self._write(block.title, HEADING if block.level == 1 else BODY, "B", height=7)
        if block.level == 1:
            self._rule()
        for label, value in block.pairs:
            self._row([label, value], [LABEL, self._width - LABEL], colours=(QUIET, INK))
        if block.rows:
            widths = [self._width * share for share in block.widths]
            self._row(block.heads, widths, "B", SMALL)
            self._rule()
            for row in block.rows:
                self._row(row, widths)
        for picture in block.pictures:
            self._picture(picture)
        if not (block.pairs or block.rows or block.pictures) and block.empty:
            self._write(block.empty, BODY, colour=QUIET)

    def _write(
        self,
        text: str,
        size: float,
        style: str = "",
        *,
        height: float = LINE,
        colour: tuple[int, int, int] = INK,
    ) -> None:
        self._font(style, size, colour)
        for line in broken(text, self._width, self._paper.get_string_width):
            self._paper.cell(self._width, height, line, new_x="LMARGIN", new_y="NEXT")

    def _row(
        self,
        cells: Sequence[str],
        widths: Sequence[float],
        style: str = "",
        size: float = BODY,
        colours: Sequence[tuple[int, int, int]] = (),
    ) -> None:
        """Cells beside each other; a row that is longer than the page goes on on the next."""
        self._font(style, size, INK)
        measure = self._paper.get_string_width
        held = [broken(cell, width - 2, measure) for cell, width in zip(cells, widths, strict=True)]
        for place in range(max((len(lines) for lines in held), default=0)):
            self._room(LINE)
            top, left = self._paper.get_y(), MARGIN
            for column, (lines, width) in enumerate(zip(held, widths, strict=True)):
                self._font(style, size, colours[column] if colours else INK)
                self._paper.set_xy(left, top)
                self._paper.cell(width, LINE, lines[place] if place < len(lines) else "")
                left += width
            self._paper.set_xy(MARGIN, top + LINE)
        self._paper.ln(0.6)

    def _picture(self, picture: Picture) -> None:
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(BytesIO(picture.data)) as image:
                ratio = image.height / image.width
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            return
        height = min(PICTURE * ratio, 110.0)
        self._room(height + LINE + 4)
        top = self._paper.get_y() + 2
        self._paper.image(BytesIO(picture.data), x=MARGIN, y=top, w=height / ratio, h=height)
        self._paper.set_xy(MARGIN, top + height + 1)
        self._write(picture.caption, SMALL, colour=QUIET)

    def _rule(self) -> None:
        top = self._paper.get_y()
        self._paper.set_draw_color(*RULE)
        self._paper.line(MARGIN, top, MARGIN + self._width, top)
        self._paper.set_y(top + 1.2)

    def _room(self, height: float) -> None:
        if self._paper.get_y() + height > self._paper.h - BOTTOM:
            self._paper.add_page()

    def _font(self, style: str, size: float, colour: tuple[int, int, int]) -> None:
        self._paper.set_font(FAMILY, style, size)
        self._paper.set_text_color(*colour)
