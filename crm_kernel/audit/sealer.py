"""The sealer: numbers committed entries and chains their hashes, after the transactions that wrote them."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from crm_kernel.audit.chain import ACCESSES, LOGS, START, Log, link, signature
from crm_kernel.audit.chain_store import ChainStore
from crm_kernel.audit.models import AuditHead
from crm_kernel.errors import Conflict
from crm_kernel.text import messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_kernel.dal.unit_of_work import UnitOfWork
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
log = logging.getLogger("crm.audit")

TOGETHER = 1000
CLEARED_TOGETHER = 5000
GRACE = timedelta(hours=1)
"""How much older than the sealing before it an entry may be: longer than any transaction takes."""

THING, CLEARED, LATE = "audit", "clear", "late"
"""What the change log calls the audit itself, the clearing of old accesses, and an entry that came late."""


class Sealer:
    """Exactly one is at work on a log at a time: whoever holds the lock on its head; others wait.

    An entry is found by having no number, not by its place: one that was committed late gets a later number
    and is never skipped.
    """

    def __init__(self, kernel: Kernel, noted: Callable[..., None]) -> None:
        self._kernel = kernel
        self._noted = noted
        self._store = ChainStore(kernel.db)

    async def seal(self, most: int | None = None) -> int:
        """Seal what has been committed, at most `most` entries of each log; returns how many.

        Raises Conflict when a head is not the one this installation wrote: a chain must not be continued
        from somebody else's end.
        """
        sealed = 0
        for one in LOGS:
            here = 0
            await self._begin(one)
            while await self._store.any_unsealed(one):
                done = await self._seal_some(one)
                here += done
                if done < TOGETHER or (most is not None and here >= most):
                    break
            sealed += here
        return sealed

    async def _seal_some(self, one: Log) -> int:
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            head = await self._head(work, one)
            rows = await self._store.unsealed(work, one, TOGETHER)
            number, previous = head.number, head.hash
            links: list[dict[str, Any]] = []
            late = []
            for seq, at, *values in rows:
                number += 1
                if at < head.sealed_at - GRACE:
                    late.append((number, at))
                made = link(one, number, previous, values)
                links.append({"of": seq, "number": number, "previous_hash": previous, "hash": made})
                previous = made
            if links:
                await self._store.seal(work, one, links)
                head.number, head.hash, head.sealed_at = number, previous, work.now
                head.signature = signature(self._kernel.db.keys, head)
            if late:
                self._note_late(work, one, late)
        return len(rows)

    async def _head(self, work: UnitOfWork, one: Log) -> AuditHead:
        head = await self._store.lock_head(work, one)
        if head is None or head.signature != signature(self._kernel.db.keys, head):
            raise Conflict(
                _("The head of the audit's chain was not written by this installation."), code="audit_head"
            )
        return head

    async def _begin(self, one: Log) -> None:
        """Make the head of a log that has none; another process may do so at the same moment."""
        if await self._store.has_head(one):
            return
        if await self._store.any_sealed(one):
            raise Conflict(_("The head of the audit's chain is missing."), code="audit_head")
        beginning = datetime(1970, 1, 1, tzinfo=UTC)
        head = AuditHead(
            log=one.name, number=0, hash=START, sealed_at=beginning, cut_number=0, cut_hash=START
        )
        head.signature = signature(self._kernel.db.keys, head)
        try:
            async with self._kernel.db.work(None) as work:
                work.session.add(head)
        except IntegrityError:
            log.info("another sealer was first")

    def _note_late(self, work: UnitOfWork, one: Log, late: list[tuple[int, datetime]]) -> None:
        """An entry dated long before it came in: a clock set back, or somebody's insertion."""
        first, at = late[0]
        told = {"log": one.name, "first": first, "entries": len(late), "dated": at}
        self._noted(work, LATE, THING, None, {}, told)
        log.warning("late audit entries", extra={"log": one.name, "number": first, "entries": len(late)})

    async def clear(self, before: datetime) -> int:
        """Remove sealed accesses older than `before`, leaving word of the cut in the change log.

        The chain then begins behind the cut: its number and hash stay in the head and in the change log.
        """
        cleared = 0
        await self._begin(ACCESSES)
        while done := await self._clear_some(before):
            cleared += done
            if done < CLEARED_TOGETHER:
                break
        return cleared

    async def _clear_some(self, before: datetime) -> int:
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            head = await self._head(work, ACCESSES)
            kept, until, at_cut = head.cut_number, head.cut_number, head.cut_hash
            for number, hashed, at in await self._store.oldest(work, ACCESSES, kept, CLEARED_TOGETHER):
                if at >= before:
                    break
                until, at_cut = number, hashed
            if until > kept:
                await self._store.clear(work, ACCESSES, until)
                head.cut_number, head.cut_hash = until, at_cut
                head.signature = signature(self._kernel.db.keys, head)
                told = {"log": ACCESSES.name, "until": until, "entries": until - kept, "hash": at_cut}
                self._noted(work, CLEARED, THING, None, {}, told | {"older_than": before})
        return until - kept
