"""Forecourt in a WSGI host: Flask, Django under WSGI, or any other."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

from a2wsgi import ASGIMiddleware

from crm_embedded import portal
from crm_embedded.host import HostUser
from crm_embedded.shim import Shim
from crm_embedded.words import host_and_settings
from crm_kernel.kernel import Kernel

__all__ = ["Forecourt", "HostUser"]

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
Identify = Callable[[dict[str, Any]], HostUser | None]

WAIT_SECONDS = 0.2
"""How long a worker waits for what an answer left to do; work itself goes through the queue."""


class Forecourt:
    """A WSGI application around the host's: what lies below the path of `public_url` is ours.

    `identify` gets the environ in a thread of its own and may block. The further words are those of
    crm_embedded.asgi.Forecourt. The kernel starts with the first request, in the process that answers it.
    """

    def __init__(self, app: Wsgi, identify: Identify | None = None, **words: Any) -> None:
        self._app = app
        self._options = {name: words.pop(name) for name in ("background", "upgrade") if name in words}
        asked = _in_a_thread(identify) if identify is not None else None
        self._host, self._settings = host_and_settings(asked, words)
        self._ours: dict[int, tuple[Shim, Wsgi]] = {}
        self._lock = threading.Lock()

    @property
    def kernel(self) -> Kernel:
        """The running kernel of this process, started if need be."""
        return self._process()[0].kernel

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer below our path, hand everything else to the host."""
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        prefix = self._settings.prefix
        if path != prefix and not path.startswith(prefix + "/"):
            return self._app(environ, start_response)
        return self._process()[1](environ, start_response)

    def _process(self) -> tuple[Shim, Wsgi]:
        with self._lock:
            found = self._ours.get(os.getpid())
            if found is None:
                shim = portal.run(self._started)
                portal.at_exit(shim.stop)
                loop = portal.run(_loop)
                ours: Any = ASGIMiddleware(shim, WAIT_SECONDS, loop)
                found = self._ours[os.getpid()] = (shim, ours)
        return found

    async def _started(self) -> Shim:
        # Made on the loop it will live on.
        return await Shim(self._host, self._settings, **self._options).start()


async def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def _in_a_thread(identify: Identify) -> Any:
    async def ask(scope: Any) -> HostUser | None:
        return await asyncio.to_thread(identify, scope["wsgi_environ"])

    return ask
