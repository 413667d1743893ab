"""The service `audit_chain`: the logs' ends, how much is sealed, and whether all is as it was written."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access
from crm_kernel.audit.chain import LOGS, START
from crm_kernel.audit.chain_store import ChainStore
from crm_kernel.audit.findings import (
    Finding,
    KeptEnd,
    KeptHead,
    Verdict,
    loaded_finding,
    stored_finding,
)
from crm_kernel.audit.models import AuditCheck
from crm_kernel.audit.sealer import Sealer
from crm_kernel.audit.verification import Verifier
from crm_kernel.contributions import NotificationType
from crm_kernel.errors import Malformed
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.dal.unit_of_work import UnitOfWork
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
log = logging.getLogger("crm.audit")

AT_STOPPING = 5000
VERIFY = "audit.verify"
BROKEN = NotificationType("audit.broken", _("The audit is not as it was written"))
PAGE = "/admin/audit/chain"


@dataclass(frozen=True, slots=True)
class ChainState:
    """How one log stands. `cleared` is the number of its last entry that was lawfully removed."""

    log: str
    number: int
    hash: str
    sealed_at: datetime | None
    cleared: int
    unsealed: int
    unsealed_since: datetime | None


@dataclass(frozen=True, slots=True)
class PastCheck:
    """A verification that was run."""

    at: datetime
    entries: int
    unsealed: int
    finding: Finding | None


class ChainService:
    """Seals, shows and verifies. The chains span all dealerships; what is shown names no record."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = ChainStore(kernel.db)
        self._sealer = Sealer(kernel, kernel.service("audit").noted)

    # Doing: for jobs and the trusted shell

    @public
    async def seal(self) -> int:
        """Number and chain what has been committed. For the sealer's job: shows nobody anything."""
        return await self._sealer.seal()

    @public
    async def seal_before_stopping(self) -> None:
        """Leave no more unsealed than must be when a process ends; the next sealer takes the rest."""
        try:
            await self._sealer.seal(AT_STOPPING)
        except Exception as fault:
            log.warning("audit not sealed at the end", extra={"fault": type(fault).__name__})

    @public
    async def clear_accesses(self, before: datetime) -> int:
        """Remove accesses older than `before`; the cut is recorded. For the nightly job."""
        await self._sealer.seal()
        return await self._sealer.clear(before)

    @public
    async def verify(self, kept: KeptHead | None = None) -> Verdict:
        """Verify both chains, note the outcome, and tell the auditors what was found.

        For the nightly job and the trusted shell.
        """
        verdict = await Verifier(self._kernel).verify(kept)
        if not verdict.ok:
            log.error("audit verification failed", extra={"finding": stored_finding(verdict.finding)})
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            check = AuditCheck(
                at=work.now,
                ok=verdict.ok,
                entries=verdict.entries,
                unsealed=verdict.unsealed,
                finding=stored_finding(verdict.finding),
            )
            await self._store.note(work, check)
            if verdict.finding is not None and self._kernel.offers("notifications"):
                await self._tell(work, verdict.finding)
        return verdict

    async def _tell(self, work: UnitOfWork, finding: Finding) -> None:
        auditors = (await self._kernel.access.policy()).holding("audit.view")
        words = _("The audit is not as it was written. {finding}")(finding=finding.words)
        await self._kernel.service("notifications").notify(work, auditors, BROKEN.name, words, PAGE)

    @public
    async def head(self) -> KeptHead:
        """Seal what waits, and give both ends, to be kept outside. For the trusted shell."""
        await self._sealer.seal()
        return await self._ends()

    # Showing

    @permitted("audit.view")
    async def state(self, _access: Access) -> Sequence[ChainState]:
        """Both logs: their ends, and what is not sealed yet."""
        heads = await self._store.heads()
        states = []
        for one in LOGS:
            head, tail = heads.get(one.name), await self._store.tail(one)
            states.append(
                ChainState(
                    log=one.name,
                    number=head.number if head else 0,
                    hash=head.hash if head else START,
                    sealed_at=head.sealed_at if head else None,
                    cleared=head.cut_number if head else 0,
                    unsealed=tail.count,
                    unsealed_since=tail.since,
                )
            )
        return states

    @permitted("audit.view")
    async def checks(self, _access: Access, limit: int = 10) -> Sequence[PastCheck]:
        """The latest verifications, newest first."""
        return [
            PastCheck(one.at, one.entries, one.unsealed, loaded_finding(one.finding))
            for one in await self._store.checks(limit)
        ]

    @permitted("audit.view")
    async def ends(self, _access: Access) -> KeptHead:
        """Both ends as they are, to be kept outside."""
        return await self._ends()

    @permitted("audit.view")
    async def verify_soon(self, access: Access) -> None:
        """Let a worker verify now."""
        async with self._kernel.db.work(access) as work:
            self._kernel.service("jobs").enqueue(work, VERIFY)

    async def _ends(self) -> KeptHead:
        heads = await self._store.heads()
        ends = [
            KeptEnd(h.number, h.hash) if (h := heads.get(one.name)) else KeptEnd(0, START) for one in LOGS
        ]
        return KeptHead(f"{self._kernel.clock.now():%Y-%m-%dT%H:%M:%SZ}", *ends)


def read_kept_head(text: str | bytes) -> KeptHead:
    """A kept head as `crm audit head` printed it. Raises Malformed."""
    try:
        return msgspec.json.decode(text, type=KeptHead)
    except (msgspec.ValidationError, msgspec.DecodeError) as fault:
        raise Malformed(_("This is no head of the audit. Keep what `crm audit head` prints.")) from fault
