"""Calls into foreign code that must come back in time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any


class DeadlinePassed(Exception):
    """The call did not come back in time; it was left behind."""


class EndRefused(Exception):
    """The call wanted to end the process (`sys.exit`), which is not its to end."""


def call_with_deadline(function: Callable[..., Any], seconds: float, *args: Any, name: str = "") -> Any:
    """Run `function` in a daemon thread and give it `seconds`; raise what it raises.

    Raises DeadlinePassed when it does not return: the thread is abandoned, not stopped, so a loop that
    never releases the interpreter lock is out of reach. Raises EndRefused for what is no Exception.
    """
    name = name or getattr(function, "__qualname__", str(function))
    outcome: list[Any] = []
    fault: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(function(*args))
        except BaseException as error:  # handed to the caller's thread
            fault.append(error)

    thread = threading.Thread(target=run, name=f"deadline:{name}", daemon=True)
    thread.start()
    thread.join(seconds)
    if fault:
        raise _bearable(name, fault[0])
    if not outcome:
        raise _passed(name, seconds)
    return outcome[0]


async def await_with_deadline(answer: Awaitable[Any], seconds: float, name: str) -> Any:
    """The same for what is awaited on this loop: cancelled at the deadline, and abandoned if it goes on.

    A function that blocks the loop without awaiting is out of reach.
    """

    async def wait() -> Any:
        try:
            return await answer
        except (SystemExit, KeyboardInterrupt) as fault:  # either would end the loop
            raise _bearable(name, fault) from None

    task = asyncio.ensure_future(wait())
    try:
        done, _left = await asyncio.wait({task}, timeout=seconds)
    finally:
        task.cancel()
    if not done:
        raise _passed(name, seconds)
    return task.result()


def _passed(name: str, seconds: float) -> DeadlinePassed:
    return DeadlinePassed(f"{name} took longer than {seconds:g} s")


def _bearable(name: str, fault: BaseException) -> Exception:
    if isinstance(fault, Exception):
        return fault
    return EndRefused(f"{name} raised {type(fault).__name__}: {fault}")


def asked_to_stop() -> bool:
    """Whether the running task was cancelled, even if a library has swallowed that.

    `asyncio.wait_for` before Python 3.12, and so database drivers, lose a cancellation that comes together
    with the answer. Loops that run until cancelled ask here, or they would never end.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
