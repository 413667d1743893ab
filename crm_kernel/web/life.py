"""The life of a served kernel: boot, tables, application, background work; and back, in one task."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.server")


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """What is loaded meanwhile stays: walking it over and over would cost a third of the start."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class Life:
    """Begins and ends a kernel with its web application.

    `boot` makes the kernel and `product` its application, both in a thread; `prepare` brings the tables up
    to date. `kernel` and `app` are there once `begun` is set, unless `fault` says why not.
    """

    def __init__(
        self,
        boot: Callable[[], Kernel],
        prepare: Callable[[Kernel], Awaitable[Any]],
        product: Callable[[Kernel], Any],
        *,
        background: bool = True,
    ) -> None:
        self._boot = boot
        self._prepare = prepare
        self._product = product
        self._background = background
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.begun = asyncio.Event()
        self.kernel: Kernel | None = None
        self.app: Any = None
        self.fault: Exception | None = None

    def begin(self) -> None:
        """Start in the background; wait for `begun` to know the outcome."""
        self._task = asyncio.create_task(self._live())

    async def end(self) -> None:
        """Stop everything in reverse order, or give up a start that is under way."""
        self._stopping.set()
        if self._task is not None:
            if not self.begun.is_set():
                self._task.cancel()
            await asyncio.wait([self._task])

    async def _live(self) -> None:
        # One task from beginning to end: what is entered here must be left here.
        try:
            async with AsyncExitStack() as stack:
                with _collector_at_rest():
                    kernel = await asyncio.to_thread(self._boot)
                    stack.push_async_callback(kernel.db.close)
                    await self._prepare(kernel)
                    app = await asyncio.to_thread(self._product, kernel)
                    await stack.enter_async_context(app.lifespan())
                    if self._background:
                        from crm_kernel.jobs.background import background

                        await stack.enter_async_context(background(kernel))
                    gc.freeze()
                self.kernel, self.app = kernel, app
                log.info("serving")
                self.begun.set()
                await self._stopping.wait()
        except Exception as fault:
            self.fault = fault
            log.exception("the system could not be started")
        finally:
            self.begun.set()
