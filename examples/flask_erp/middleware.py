"""What such an ERP has around it: compressed answers, and leave for a partner's pages."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
LEAST = 500


class Gzip:
    """Compresses text for browsers that take it."""

    def __init__(self, app: Wsgi) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return self._app(environ, start_response)
        begun: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], fault: Any = None) -> None:
            begun[:] = [status, headers, fault]

        answer = self._app(environ, start)
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        status, headers, fault = begun
        names = {name.lower(): value for name, value in headers}
        plain = names.get("content-type", "").startswith(("text/", "application/json", "application/problem"))
        if plain and len(body) >= LEAST and "content-encoding" not in names:
            body = gzip.compress(body)
            headers = [(n, v) for n, v in headers if n.lower() != "content-length"]
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
            headers.append(("Content-Length", str(len(body))))
        start_response(status, headers, fault)
        return [body]


class Cors:
    """Lets one other site read answers."""

    def __init__(self, app: Wsgi, origin: str) -> None:
        self._app = app
        self._origin = origin

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], fault: Any = None) -> Any:
            if environ.get("HTTP_ORIGIN") == self._origin:
                headers = [*headers, ("Access-Control-Allow-Origin", self._origin)]
            return start_response(status, headers, fault)

        return self._app(environ, start)
