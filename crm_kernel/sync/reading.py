"""Reading a place: portion by portion, each taken together with the note of how far it was read."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.access.control import OPERATOR
from crm_kernel.actor import Actor
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import CrmError
from crm_kernel.i18n import translate
from crm_kernel.logs import outline
from crm_kernel.records.imports.mapping import HeadIndex
from crm_kernel.sync import ledger, store
from crm_kernel.sync.entities import EntityReceiver
from crm_kernel.sync.kinds import find_kind, receiver_of
from crm_kernel.sync.models import SyncBatch, SyncSource
from crm_kernel.sync.readers import Place, Portion, ReaderFault, reader_of
from crm_kernel.sync.rows import EXTERNAL_ID, SyncRow, read_rows
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
log = logging.getLogger("crm.sync")

LONGEST_FAULT = 500


async def begin_due(kernel: Kernel) -> int:
    """Have every place read whose time has come; returns how many."""
    begun = 0
    for source_id in await store.due(kernel.db, kernel.clock.now()):
        async with kernel.db.work(None, now=kernel.clock.now()) as work:
            held = await store.locked_source(work, source_id)
            if held is None or not held.active or held.due_at > work.now:
                continue
            held.due_at = work.now + timedelta(minutes=held.minutes)
            kernel.service("jobs").enqueue(work, "sync.read", source_id=str(source_id))
            begun += 1
    return begun


async def read_place(kernel: Kernel, source_id: UUID) -> int:
    """Read a place to its end; returns how many rows were taken up. What went wrong stands in the ledger.

    When it is cut off, the next reading goes on where the last portion was taken. Two readings at once do no
    harm: whoever finds the note moved by the other stops.
    """
    total = 0
    while True:
        source = await store.source(kernel.db, source_id)
        if source is None or not source.active:
            return total
        try:
            actor = await _actor(kernel, source)
            portion = await _portion(kernel, source)
            rows = await _rows(kernel, source, portion)
            taken = await _take(kernel, actor, source, portion, rows)
        except Exception as fault:
            await _failed(kernel, source, fault)
            if isinstance(fault, CrmError):
                return total
            raise
        if not taken:
            return total
        total += len(rows)
        if not portion.more:
            return total


async def _actor(kernel: Kernel, source: SyncSource) -> Actor:
    """Whoever set the place up, with the rights he has today."""
    if source.staff_id == OPERATOR:
        return await kernel.access.operator(source.dealership_id)
    return await kernel.access.actor(source.staff_id, source.dealership_id, via="job")


async def _portion(kernel: Kernel, source: SyncSource) -> Portion:
    options = {"id": EXTERNAL_ID, **{name: value for name, value in source.options.items() if value}}
    reader = reader_of(kernel, source.reader)
    if reader is None:
        raise ReaderFault(_("Nothing here reads places of the kind {reader}.")(reader=source.reader))
    return await reader.read(Place(options, source.secret), source.watermark)


async def _rows(kernel: Kernel, source: SyncSource, portion: Portion) -> list[SyncRow]:
    """The place's columns as our fields: as somebody said, else as their names say; others are left out."""
    key = source.options.get("id") or EXTERNAL_ID
    heads = list(dict.fromkeys(head for row in portion.rows for head in row))
    mapping = source.mapping or await _guessed(kernel, source, [head for head in heads if head != key])
    plain = [
        {EXTERNAL_ID: _name(row.get(key)), **{mapping[h]: v for h, v in row.items() if h in mapping}}
        for row in portion.rows
    ]
    return read_rows(plain)


async def _guessed(kernel: Kernel, source: SyncSource, heads: Sequence[str]) -> Mapping[str, str]:
    receiver = receiver_of(kernel, find_kind(kernel, source.kind))
    if isinstance(receiver, EntityReceiver):
        return HeadIndex(await receiver.declared(source.dealership_id)).guess(heads)
    return {head: head for head in heads}


def _name(value: Any) -> Any:
    return value if isinstance(value, str | int) else "" if value is None else str(value)


async def _take(
    kernel: Kernel, actor: Actor, source: SyncSource, portion: Portion, rows: list[SyncRow]
) -> bool:
    """Rows and note in one transaction; False when somebody else has read on meanwhile."""
    now = kernel.clock.now()
    async with kernel.db.work(actor, now=now) as work:
        held = await store.locked_source(work, source.id)
        if held is None or held.watermark != source.watermark:
            return False
        if rows:
            await kernel.service("sync").take(
                actor, source.kind, rows, source=source.source, via=source.reader
            )
        held.watermark = dict(portion.watermark)
        held.state, held.read_at = "running" if portion.more else "idle", now
        held.failures, held.fault = 0, ""
    return True


async def _failed(kernel: Kernel, source: SyncSource, fault: Exception) -> None:
    """Note what went wrong at the place and, once for each series of failures, in the ledger."""
    words = (
        translate(fault.message, kernel.settings.locale) if isinstance(fault, CrmError) else outline(fault)
    )
    now = kernel.clock.now()
    log.warning("source not read", extra={"source": str(source.id), "fault": outline(fault)})
    async with kernel.db.work(None, now=now) as work:
        held = await store.locked_source(work, source.id)
        if held is None:
            return
        held.state, held.fault, held.failures = "failed", words[:LONGEST_FAULT], held.failures + 1
        if held.failures > 1:
            return
        entry = SyncBatch(
            id=uuid7(),
            dealership_id=held.dealership_id,
            staff_id=held.staff_id,
            source=held.source,
            kind=held.kind,
            via=held.reader,
            started_at=now,
            finished_at=now,
        )
        await ledger.enter(work, entry, (), fault=words[:LONGEST_FAULT])
