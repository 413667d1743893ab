"""Files of the front-end build over HTTP: compressed as the build left them, cached for a year."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litestar import Request, Response, route
from litestar.enums import HttpMethod

from crm_kernel.errors import NotFound

AnyRequest = Request[Any, Any, Any]
YEAR = 365 * 24 * 3600
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""What the build compresses with, best first: the word of the header, the ending of the file."""
NOT_SERVED = frozenset({"icons.json", "manifest.json"})
"""Read by the server alone."""


def static_route(dist: Path, modules: Mapping[str, Path]) -> Any:
    """Serves the files of the build, and of modules' own folders below their names; nothing beside them."""

    @route(
        "/static/{file_path:path}",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        include_in_schema=False,
        opt={"public": "scripts and styles"},
    )
    async def static(request: AnyRequest, file_path: str) -> Response[bytes]:
        first, _slash, rest = file_path.lstrip("/").partition("/")
        file = _found(modules[first], rest) if first in modules else _found(dist, file_path)
        accepted = request.headers.get("accept-encoding", "")
        encoding, packed = next(
            ((word, packed) for word, packed in _packed(file) if word in _words(accepted)), ("", file)
        )
        headers = {"cache-control": f"max-age={YEAR}, public, immutable", "vary": "accept-encoding"}
        if encoding:
            headers["content-encoding"] = encoding
        content = await asyncio.to_thread(packed.read_bytes)
        return Response(content, media_type=_kind(file.name), headers=headers)

    return static


def _found(dist: Path, name: str) -> Path:
    root = dist.resolve()
    file = (root / name.lstrip("/")).resolve()
    known = file.is_relative_to(root) and file.is_file() and not file.name.startswith(".")
    if not known or file.name in NOT_SERVED:
        raise NotFound()
    return file


def _packed(file: Path) -> list[tuple[str, Path]]:
    found = [(word, file.with_name(file.name + ending)) for word, ending in ENCODINGS]
    return [(word, packed) for word, packed in found if packed.is_file()]


def _words(header: str) -> set[str]:
    """The encodings a browser takes; one with the weight 0 it does not."""
    parts = [part.replace(" ", "").lower().partition(";") for part in header.split(",")]
    return {word for word, _semicolon, weight in parts if weight not in ("q=0", "q=0.0", "q=0.00")}


def _kind(name: str) -> str:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
