"""The fonts of a file: of the installed Noto Sans CJK just the characters that are written.

A font with every Chinese character, rare ones of names included, takes thirty megabytes; a file needs some
hundred of them. Each is drawn once per process at the wanted weight, and a small TrueType font is made.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from crm_kernel.errors import ConfigurationError
from crm_kernel.text import messages

_ = messages("kernel")

PACKAGE = "manimgx_fonts_cjk"
FILE = "NotoSansCJK-VF.otf.ttc"
SIMPLIFIED = 2
"""The place of the Simplified Chinese shapes in the collection."""
WEIGHTS = {"": 400, "B": 700}
MISSING = ".notdef"
MOST_KEPT = 20_000
_drawn: dict[tuple[str, str], tuple[Any, int]] = {}
_lock = Lock()


def font(style: str, text: Iterable[str], path: str = "") -> bytes:
    """A TrueType font with the characters of a text; `style` is empty or `B`, `path` another font file.

    Takes a second for a first file, some hundredths for those after it: not on the event loop. Raises
    ConfigurationError where no font is installed.
    """
    source = _source(path)
    known = source.getBestCmap()
    names = {ord(one): known[ord(one)] for one in sorted({*text, " "}) if ord(one) in known}
    order = [MISSING, *sorted(set(names.values()) - {MISSING})]
    with _lock:
        glyphs = {name: _glyph(source, style, name, path) for name in order}
    return _built(source, style, names, {name: glyphs[name] for name in order})


@cache
def _source(path: str) -> Any:
    try:
        from fontTools.ttLib import TTFont
    except ImportError as fault:
        raise ConfigurationError(_("Writing PDF needs the extra crm-kernel[pdf].")) from fault
    spec = find_spec(PACKAGE)
    if not path and (spec is None or spec.origin is None):
        raise ConfigurationError(_("Writing PDF needs the extra crm-kernel[pdf]."))
    own = Path(spec.origin).parent / FILE if spec and spec.origin else Path()
    found = TTFont(path or own, lazy=True, fontNumber=0 if path else SIMPLIFIED)
    atexit.register(found.close)
    return found


def _glyph(source: Any, style: str, name: str, path: str) -> tuple[Any, int]:
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    key = (f"{path}:{style}", name)
    if key not in _drawn:
        if len(_drawn) >= MOST_KEPT:
            _drawn.clear()
        outlines = source.getGlyphSet(location={"wght": WEIGHTS[style]} if "fvar" in source else None)
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
        _drawn[key] = pen.glyph(), round(outlines[name].width)
    return _drawn[key]


def _built(source: Any, style: str, names: dict[int, str], glyphs: dict[str, tuple[Any, int]]) -> bytes:
    from fontTools.fontBuilder import FontBuilder

    line = source["hhea"]
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(names)
    builder.setupGlyf({name: glyph for name, (glyph, _width) in glyphs.items()})
    builder.setupHorizontalMetrics(
        {name: (width, getattr(glyph, "xMin", 0) or 0) for name, (glyph, width) in glyphs.items()}
    )
    builder.setupHorizontalHeader(ascent=line.ascent, descent=line.descent)
    builder.setupNameTable({"familyName": "Noto Sans CJK SC", "styleName": "Bold" if style else "Regular"})
    builder.setupOS2(usWinAscent=line.ascent, usWinDescent=-line.descent)
    builder.setupPost()
    out = BytesIO()
    builder.save(out)
    return out.getvalue()
