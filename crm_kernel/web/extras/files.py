"""Files on their way out: offered for download, never shown in place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from crm_kernel.records.attachments.names import disposition


class FileAnswer:
    """Streams a file. Make it with `of`, so that a file that is gone is refused before anything is sent."""

    def __init__(self, headers: list[tuple[bytes, bytes]], first: bytes, rest: AsyncIterator[bytes]) -> None:
        self._headers = headers
        self._first = first
        self._rest = rest

    @classmethod
    async def of(
        cls, name: str, media_type: str, chunks: AsyncIterator[bytes], size: int | None = None
    ) -> FileAnswer:
        """The answer that offers `chunks` under a name. Raises what reading the first of them raises."""
        first = await anext(chunks, b"")
        headers = [
            (b"content-type", media_type.encode()),
            (b"content-disposition", disposition(name).encode()),
            (b"content-security-policy", b"default-src 'none'; sandbox"),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"private, no-store"),
        ]
        if size is not None:
            headers.append((b"content-length", str(size).encode()))
        return cls(headers, first, chunks)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._first, "more_body": True})
        async for chunk in self._rest:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
