"""Names of files as people gave them: kept to be shown, never used as paths."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
LONGEST = 200


def tidy(name: str) -> str:
    """The last part of a path, without signs that mislead a person or a file system; never empty."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = _FORBIDDEN.sub("", last).strip(" .")
    if len(clean) > LONGEST:
        stem, dot, ending = clean.rpartition(".")
        clean = (
            f"{stem[: LONGEST - len(ending) - 1]}.{ending}" if dot and len(ending) <= 10 else clean[:LONGEST]
        )
    return clean or "file"


def disposition(name: str) -> str:
    """The value of Content-Disposition that offers a download (RFC 6266), for any script."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace('"', "") or "file"
    plain = plain.replace("\\", "").replace(";", "")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
