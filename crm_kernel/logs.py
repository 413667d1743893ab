"""Logs: one JSON object a line, at most 8 KiB, with the request's id and without personal values.

An exception is logged by its class and the places it passed; its message is left out, because drivers and
libraries put values into messages.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from crm_kernel.errors import CrmError

LINE_BYTES = 8192
TEXT_LENGTH = 2000
FRAMES = 25

request_id: ContextVar[str] = ContextVar("crm_request_id", default="")
"""The id of the request (or job) being served; it stands in every line."""


def current_request() -> str:
    """The id of the request (or job) being served, `-` outside any."""
    return request_id.get() or "-"


def configure(level: str = "INFO", format: str = "json") -> None:
    """Send everything the process logs to standard error, as JSON or (`console`) for people.

    `DEBUG` is for our own loggers: drivers tell at that level which values they send to the database.
    """
    import structlog

    shared: list[Any] = [
        _add_request_id,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _without_colours,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _describe_exception,
        _shorten,
    ]
    last = _render if format == "json" else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    wanted = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(max(wanted, logging.INFO))
    logging.getLogger("crm").setLevel(wanted)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("alembic", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def describe(fault: BaseException) -> dict[str, Any]:
    """An exception without its message: class, chain of causes, and the last places it passed."""
    chain = [_class_name(fault)]
    cause = fault.__cause__ or fault.__context__
    while cause is not None and len(chain) < 5:
        chain.append(_class_name(cause))
        cause = cause.__cause__ or cause.__context__
    return {"exception": " < ".join(chain), "frames": _frames(fault.__traceback__)}


def outline(fault: BaseException) -> str:
    """What may be kept of a fault in one line: its class and place, and its words only if they are ours."""
    told = describe(fault)
    words = f": {fault}" if isinstance(fault, CrmError) else ""
    frames = told["frames"]
    return f"{told['exception']}{words} ({frames[-1] if frames else '-'})"[:1000]


def _class_name(fault: BaseException) -> str:
    return f"{type(fault).__module__}.{type(fault).__qualname__}"


def _frames(trace: TracebackType | None) -> list[str]:
    places = traceback.extract_tb(trace)[-FRAMES:]
    return ["/".join(p.filename.split("/")[-3:]) + f":{p.lineno} {p.name}" for p in places]


def _add_request_id(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    known = request_id.get()
    if known:
        entry.setdefault("request_id", known)
    return entry


def _without_colours(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    entry.pop("color_message", None)  # uvicorn says everything twice
    return entry


def _describe_exception(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    info = entry.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    fault = info[1] if isinstance(info, tuple) else info
    if isinstance(fault, BaseException):
        entry.update(describe(fault))
    return entry


def _shorten(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    for key, value in entry.items():
        if isinstance(value, str) and len(value) > TEXT_LENGTH:
            entry[key] = value[:TEXT_LENGTH] + "…"
    return entry


def _render(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> str:
    import msgspec

    line = msgspec.json.encode(entry, enc_hook=str)
    if len(line) > LINE_BYTES:
        kept = {k: entry[k] for k in ("event", "level", "logger", "timestamp", "request_id") if k in entry}
        line = msgspec.json.encode(kept | {"event": str(kept.get("event"))[:500], "shortened": True})
    return line.decode()
