"""Destroying files: of attachments deleted a month ago, and those no row knows after a crash."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crm_kernel.records.attachments import store
from crm_kernel.records.exports import store as exports_store

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel
    from crm_kernel.records.attachments.files import FileStore

KEPT = timedelta(days=30)
ORPHAN_SECONDS = 24 * 3600.0
BATCH = 500


async def sweep(kernel: Kernel) -> None:
    """Called every night."""
    files: FileStore = kernel.service("file_store")
    oldest = kernel.clock.now() - KEPT
    while True:
        async with kernel.db.work(None) as work:
            gone = await store.deleted_before(work, oldest, BATCH)
            for attachment in gone:
                await work.remove(attachment)
        for attachment in gone:
            await files.remove(attachment.key)
        if len(gone) < BATCH:
            break
    lying = await files.keys(ORPHAN_SECONDS)
    for begin in range(0, len(lying), BATCH):
        some = lying[begin : begin + BATCH]
        known = await store.known_keys(kernel.db, some) | await exports_store.known_keys(kernel.db, some)
        for key in some:
            if key not in known:
                await files.remove(key)
