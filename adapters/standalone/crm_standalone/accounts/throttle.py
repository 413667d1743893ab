"""Lock-out that doubles: attempts are counted before they are made, so that parallel ones count too."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy.exc import IntegrityError

from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import TooMany
from crm_kernel.kernel import Kernel
from crm_standalone.accounts.models import Attempt
from crm_standalone.accounts.store import AccountStore

FORGET = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` attempts, then a pause of `base` that doubles with every further one, up to `longest`."""

    free: int
    base: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)

    def pause(self, failures: int) -> timedelta | None:
        """How long to wait after so many failures."""
        beyond = failures - self.free
        if beyond < 0:
            return None
        return min(self.base * (1 << min(beyond, 20)), self.longest)


LOGIN = Limit(5)
ADDRESS = Limit(30)
APPLY = Limit(5, base=timedelta(minutes=10), longest=timedelta(hours=12))
RESET = Limit(5, base=timedelta(minutes=5), longest=timedelta(hours=12))


class Throttle:
    """Counts attempts in the database, so that all processes count together. Keys lie there hashed."""

    def __init__(self, kernel: Kernel, store: AccountStore) -> None:
        self._kernel = kernel
        self._store = store

    async def take(self, *attempts: tuple[str, str, Limit]) -> None:
        """Count an attempt under each (kind, value, limit). Raises TooMany while one of them is locked.

        Stands by itself: whatever happens afterwards, the attempt was counted.
        """
        try:
            await self._take(attempts)
        except IntegrityError:  # somebody else made the first attempt under this key just now
            await self._take(attempts)

    async def _take(self, attempts: tuple[tuple[str, str, Limit], ...]) -> None:
        now = self._kernel.clock.now()
        async with self._kernel.db.work(None, now=now) as work:
            # In one order, so that two sign-ins never wait for each other.
            ordered = sorted(attempts, key=lambda attempt: attempt[:2])
            rows = [(await self._row(work, kind, value), limit) for kind, value, limit in ordered]
            waits = [row.locked_until - now for row, _limit in rows if row.locked_until]
            longest = max(waits, default=timedelta())
            if longest > timedelta():
                raise TooMany(math.ceil(longest.total_seconds()))
            for row, limit in rows:
                row.failures += 1
                row.updated_at = now
                pause = limit.pause(row.failures)
                row.locked_until = now + pause if pause else None

    async def _row(self, work: UnitOfWork, kind: str, value: str) -> Attempt:
        key = self._key(kind, value)
        row = await self._store.attempt(work, key)
        if row is None:
            row = Attempt(key=key, failures=0, locked_until=None, updated_at=work.now)
            work.session.add(row)
        elif row.updated_at < work.now - FORGET:
            row.failures, row.locked_until = 0, None
        return row

    async def forgive(self, work: UnitOfWork, kind: str, value: str) -> None:
        """The attempt was right: earlier ones under this key no longer count."""
        await self._store.forget_attempts(work, self._key(kind, value))

    async def give_back(self, work: UnitOfWork, kind: str, value: str) -> None:
        """The attempt was right: it alone no longer counts, earlier wrong ones still do."""
        row = await self._store.attempt(work, self._key(kind, value))
        if row is not None:
            row.failures, row.locked_until = max(row.failures - 1, 0), None

    def _key(self, kind: str, value: str) -> str:
        return self._kernel.keys.sign("throttle", f"{kind}\0{network(value)}".encode())


def network(value: str) -> str:
    """An IPv6 address stands for its /64, which one household holds; anything else for itself."""
    try:
        address = ip_address(value)
    except ValueError:
        return value
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else value
