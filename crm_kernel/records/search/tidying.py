"""Keeping the search index quick on SQLite, where every commit leaves a small piece of it behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_kernel.records.search import store

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

PAGES = 500
"""Pages merged in one transaction, so that other writers wait a moment only."""
MOST_STEPS = 2000


async def tidy(kernel: Kernel) -> None:
    """Join the pieces of the full-text index. PostgreSQL and MariaDB do so themselves."""
    if kernel.db.dialect != "sqlite":
        return
    pages = -PAGES
    for _step in range(MOST_STEPS):
        async with kernel.db.work(None) as work:
            if not await store.merge(work, pages):
                return
        pages = PAGES
