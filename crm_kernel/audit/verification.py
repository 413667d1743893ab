"""Verifies both chains: recomputes every hash, and names the first entry that does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from crm_kernel.audit.chain import ACCESSES, CHANGES, LOGS, START, Log, link, rows_digest, signature
from crm_kernel.audit.chain_store import ChainStore, Link
from crm_kernel.audit.findings import Finding, KeptHead, Verdict
from crm_kernel.audit.models import AuditHead
from crm_kernel.audit.sealer import CLEARED, GRACE, THING
from crm_kernel.errors import CrmError

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

PAGE = 2000


class _Found(Exception):
    """Carries the first finding up."""

    def __init__(self, log: Log, code: str, number: int | None = None, seq: Any = None) -> None:
        given = seq if isinstance(seq, int) else None
        self.finding = Finding(log=log.name, code=code, number=number, seq=given)


class Verifier:
    """Reads both logs in pages, beside a running sealer and a running clearing."""

    def __init__(self, kernel: Kernel) -> None:
        self._keys = kernel.db.keys
        self._store = ChainStore(kernel.db)

    async def verify(self, kept: KeptHead | None = None) -> Verdict:
        """Both chains, against their heads and a head that was kept outside."""
        entries = unsealed = 0
        finding = None
        for log in LOGS:
            unsealed += (await self._store.tail(log)).count
        try:
            for log in LOGS:
                entries += await self._verify_log(log, kept)
        except _Found as found:
            finding = found.finding
        return Verdict(entries=entries, unsealed=unsealed, finding=finding)

    async def _verify_log(self, log: Log, kept: KeptHead | None) -> int:
        head = await self._sound_head(log)
        if head is None:
            if kept is not None and kept.end(log.name).number:
                raise _Found(log, "kept_short", kept.end(log.name).number)
            return 0
        wanted = kept.end(log.name) if kept else None
        seen = None
        previous, at = head.cut_hash, head.cut_number
        while at < head.number:
            page = await self._page(log, at, head.number)
            if not page:
                return await self._gap(log, head, at + 1, "cut_tail", kept)
            for one in page:
                if one.number != at + 1:
                    return await self._gap(log, head, at + 1, "missing", kept)
                previous, at = self._follow(log, one, previous), at + 1
                if wanted is not None and wanted.number == at:
                    seen = previous
            if log is CHANGES:
                await self._verify_rows(page)
        if previous != head.hash:
            raise _Found(log, "changed", at)
        if wanted is not None and wanted.number > head.number:
            raise _Found(log, "kept_short", wanted.number)
        if wanted is not None and seen is not None and seen != wanted.hash:
            raise _Found(log, "kept_other", wanted.number)
        await self._verify_edges(log, head)
        return head.number - head.cut_number

    async def _gap(self, log: Log, head: AuditHead, number: int, code: str, kept: KeptHead | None) -> int:
        """An entry is not there: unless old ones were cleared meanwhile, that is a finding."""
        now = (await self._store.heads()).get(log.name)
        if now is not None and now.cut_number > head.cut_number and now.cut_number >= number:
            return await self._verify_log(log, kept)
        raise _Found(log, code, number)

    async def _sound_head(self, log: Log) -> AuditHead | None:
        head = (await self._store.heads()).get(log.name)
        if head is None:
            last = await self._store.last_number(log)
            if last:
                raise _Found(log, "headless", last)
            return None
        if head.signature != signature(self._keys, head):
            raise _Found(log, "head", head.number)
        return head

    async def _page(self, log: Log, after: int, until: int) -> list[Link]:
        """Some entries; when one of them cannot even be read, it is found by reading them singly."""
        try:
            return await self._store.links(log, after, until, PAGE)
        except (SQLAlchemyError, CrmError, ValueError):
            for number in range(after + 1, min(after + PAGE, until) + 1):
                try:
                    await self._store.links(log, number - 1, number, 1)
                except (SQLAlchemyError, CrmError, ValueError):
                    raise _Found(log, "unreadable", number) from None
            raise

    @staticmethod
    def _follow(log: Log, one: Link, previous: str) -> str:
        seq = one.values[0]
        if one.previous_hash != previous:
            raise _Found(log, "unlinked", one.number, seq)
        if one.hash != link(log, one.number, previous, one.values):
            raise _Found(log, "changed", one.number, seq)
        return one.hash

    async def _verify_rows(self, page: Sequence[Link]) -> None:
        """The records of bulk changes lie in a table of their own, under a digest in their entry."""
        single: dict[int, int] = {}
        for one in page:
            seq, digest = one.values[0], _digest(one)
            if digest is None:
                single[seq] = one.number
            elif rows_digest(await self._store.bulk_rows(seq)) != digest:
                raise _Found(CHANGES, "rows", one.number, seq)
        intruder = await self._store.with_rows(list(single)) if single else None
        if intruder is not None:
            raise _Found(CHANGES, "rows", single[intruder], intruder)

    async def _verify_edges(self, log: Log, head: AuditHead) -> None:
        """Nothing before the cut, nothing behind the head but what is waiting for the sealer."""
        first = await self._store.first_number(log)
        last = await self._store.last_number(log)
        now = (await self._store.heads()).get(log.name)
        if now is None or last > now.number:
            raise _Found(log, "beyond", last)
        if first is not None and first <= head.cut_number:
            raise _Found(log, "before_cut", first)
        tail = await self._store.tail(log)
        if tail.since is not None and tail.since < head.sealed_at - GRACE:
            raise _Found(log, "backdated")
        if log is CHANGES and await self._store.stray_row() is not None:
            raise _Found(log, "stray_rows")
        if log is ACCESSES and head.cut_hash != START:
            said = await self._store.recorded_cut(THING, CLEARED)
            now_cut = now.cut_hash
            if not said or msgspec.json.decode(said).get("hash") not in (head.cut_hash, now_cut):
                raise _Found(log, "cut", head.cut_number)


def _digest(one: Link) -> str | None:
    """The digest of a bulk entry (it names no record); None for any other."""
    by_name = dict(zip(CHANGES.columns, one.values, strict=True))
    if by_name["record_id"] is not None or '"digest"' not in by_name["after"]:
        return None
    found = msgspec.json.decode(by_name["after"]).get("digest")
    return found if isinstance(found, str) else None
