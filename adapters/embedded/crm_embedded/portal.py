"""One event loop per process for hosts that have none: everything of ours runs on it."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

R = TypeVar("R")

_lock = threading.Lock()
_portals: dict[int, BlockingPortal] = {}
_stack = ExitStack()


def portal() -> BlockingPortal:
    """The portal of this process, opened at the first call: threads do not survive a fork."""
    with _lock:
        found = _portals.get(os.getpid())
        if found is None:
            found = _portals[os.getpid()] = _stack.enter_context(start_blocking_portal())
        return found


def run(function: Callable[..., Coroutine[Any, Any, R]], *args: Any) -> R:
    """Call an async function on the loop and wait for what it returns or raises."""
    answer: R = portal().call(function, *args)
    return answer


def at_exit(function: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Await something on the loop before the process ends."""
    owner = os.getpid()

    def leave() -> None:
        if os.getpid() == owner:
            run(function)

    atexit.register(leave)


@atexit.register
def _close() -> None:
    if os.getpid() in _portals:
        _stack.close()
