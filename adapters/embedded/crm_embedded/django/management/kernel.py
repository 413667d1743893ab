"""The kernel for a management command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from crm_embedded.boot import boot
from crm_embedded.django.options import forecourt_words
from crm_embedded.words import host_and_settings
from crm_kernel.kernel import Kernel

R = TypeVar("R")


def with_kernel(work: Callable[[Kernel], Awaitable[R]]) -> R:
    """Boot as the site does, do the work, give the database back."""

    async def run() -> R:
        host, settings = host_and_settings(None, forecourt_words())
        kernel = boot(settings, host)
        try:
            return await work(kernel)
        finally:
            await kernel.db.close()

    return asyncio.run(run())
