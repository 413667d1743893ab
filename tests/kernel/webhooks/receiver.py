"""A system that is told of events: keeps what it gets, answers as it is told, goes away and comes back."""

from __future__ import annotations

import asyncio
import json
from typing import Any


class Receiver:
    """An HTTP server on the loopback interface."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.refuse: set[str] = set()
        self.headers = ""
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/hook"

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What was taken, in the order in which it came."""
        return [json.loads(body) for _headers, body in self.got]

    def of(self, record_id: Any) -> list[str]:
        """What was told of one record, in the order in which it was taken."""
        return [one["type"] for one in self.messages if one["data"].get("id") == str(record_id)]

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = [line.split(": ", 1) for line in head.split("\r\n")[1:] if line]
        headers = {name.lower(): value for name, value in lines}
        body = await reader.readexactly(int(headers["content-length"]))
        status = 500 if json.loads(body)["data"].get("id") in self.refuse else self.status
        if 200 <= status < 300:
            self.got.append((headers, body))
        writer.write(f"HTTP/1.1 {status} X\r\n{self.headers}Content-Length: 0\r\n\r\n".encode())
        writer.close()
