"""A process of its own for each life of the product, without paying for its imports each time."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Coroutine
from typing import Any


def lived(life: Callable[[], Coroutine[Any, Any, None]]) -> tuple[int, str]:
    """Run a coroutine in a forked process until it ends or dies: exit code (-9 for a kill) and what it said.

    Nothing is shared but what was imported: the child opens its own loop, files and connections, and leaves
    without the parent's clean-up.
    """
    sys.stdout.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _live(life, reading, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as output:
        said = output.read()
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), said


def _live(life: Callable[[], Coroutine[Any, Any, None]], reading: int, writing: int) -> None:
    import asyncio

    code = 1
    try:
        os.close(reading)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - lives as long as we do
        sys.stderr = sys.stdout
        asyncio.run(life())
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)
