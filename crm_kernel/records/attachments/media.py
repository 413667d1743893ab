"""What a file is, by its content; its name and what a browser claims count for nothing."""

from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

OCTETS = "application/octet-stream"
HEAD = 8192

_SIGNATURES: tuple[tuple[bytes, int, str], ...] = (
    (b"%PDF-", 0, "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"WAVE", 8, "audio/wav"),
    (b"ID3", 0, "audio/mpeg"),
    (b"#!AMR", 0, "audio/amr"),
    (b"OggS", 0, "audio/ogg"),
    (b"ftypheic", 4, "image/heic"),
    (b"ftypM4A", 4, "audio/mp4"),
    (b"ftypisom", 4, "video/mp4"),
    (b"ftypmp42", 4, "video/mp4"),
    (b"ftypqt", 4, "video/quicktime"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, OCTETS),
)
"""Signature, where it stands, type. The last is that of office files of before 2007: kept, without a type."""

_OFFICE = {
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_MACROS = re.compile(r"vbaProject\.bin$", re.IGNORECASE)
_MARKUP = re.compile(r"^[\s\ufeff]*<\s*[!?a-zA-Z/]")
_MAX_ENTRIES = 5000


def media_type(content: BinaryIO) -> str | None:
    """The type of a seekable file; None for a kind of file that is not kept.

    Kept are PDF, pictures, recordings, office documents without macros, and plain text. Markup (HTML, SVG,
    XML), archives and programs are not. Leaves the file at its beginning.
    """
    content.seek(0)
    head = content.read(HEAD)
    try:
        return _by_head(head, content)
    finally:
        content.seek(0)


def _by_head(head: bytes, content: BinaryIO) -> str | None:
    for signature, place, found in _SIGNATURES:
        if head[place : place + len(signature)] == signature:
            return found
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    if head.startswith(b"PK\x03\x04"):
        return _office(content)
    return "text/plain" if _is_text(head) else None


def _office(content: BinaryIO) -> str | None:
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    if len(names) > _MAX_ENTRIES or "[Content_Types].xml" not in names:
        return None
    if any(_MACROS.search(name) for name in names):
        return None
    return next((found for name, found in _OFFICE.items() if name in names), None)


def _is_text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            printable = all(
                sign.isprintable() or sign in "\t\r\n\f\ufeff\u3000" or sign.isspace() for sign in text
            )
            return printable and not _MARKUP.match(text)
    return False
