"""Making all search documents anew: after a change of searchable fields, of keys, or of a bulk load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_kernel.contributions import Entity
from crm_kernel.records.search import store
from crm_kernel.records.search.documents import Documents, searchable
from crm_kernel.records.search.observer import columns_of
from crm_kernel.records.search.tidying import tidy

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

BATCH = 1000


async def reindex(kernel: Kernel, documents: Documents, entity: Entity) -> int:
    """Index every record of an entity anew, deleted ones included; returns how many.

    Works in batches of their own transactions, so that others can go on writing. Until it ends, records
    not yet reached are not found.
    """
    async with kernel.db.work(None) as work:
        await store.remove_all(work, entity.name)
    if not searchable(entity):
        return 0
    done, last = 0, None
    while True:
        async with kernel.db.work(None) as work:
            records = await work.rows(store.all_after(entity.model, last, BATCH))
            if not records:
                break
            await documents.put(work, entity, [columns_of(record) for record in records])
            last = records[-1].id
            done += len(records)
    await tidy(kernel)
    return done
