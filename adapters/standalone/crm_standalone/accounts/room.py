"""What the parts of the accounts service have in common."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from crm_kernel.access.store import IDENTITY
from crm_kernel.actor import Actor
from crm_kernel.contributions import Setting
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import ConfigurationError, NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_standalone.accounts.events import CHANGED, AccountEvent
from crm_standalone.accounts.models import Account
from crm_standalone.accounts.passwords import Passwords
from crm_standalone.accounts.store import AccountStore
from crm_standalone.accounts.throttle import Throttle

_ = messages("account")

IDLE_MINUTES = Setting("CRM_SESSION_IDLE_MINUTES", _("Minutes until an unused session ends"), 120)
SESSION_HOURS = Setting("CRM_SESSION_HOURS", _("Hours until every session ends"), 12)
SETTINGS = (IDLE_MINUTES, SESSION_HOURS)


class AccountRoom:
    """The store, the passwords, the throttle, and how a change of an account is told."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._store = AccountStore(kernel.db)
        self._throttle = Throttle(kernel, self._store)
        self._idle = timedelta(minutes=number(kernel, IDLE_MINUTES))
        self._lifetime = timedelta(hours=number(kernel, SESSION_HOURS))

    @property
    def _passwords(self) -> Passwords:
        found: Passwords = self._kernel.service("passwords")
        return found

    async def _own(self, actor: Actor) -> Account:
        """The actor's account. Raises NotFound for people a host knows, who have none."""
        account = await self._store.by_staff(actor.id)
        if account is None:
            raise NotFound(_("You have no account here."))
        return account

    @asynccontextmanager
    async def _changing(
        self, by: Actor | None, what: str, account: Account, *, ends: bool = False, **detail: object
    ) -> AsyncIterator[UnitOfWork]:
        """A unit of work that changes an account; `ends` says that known identities must be asked again."""
        async with self._kernel.db.work(by, now=self._kernel.clock.now()) as work:
            if ends:
                await self._kernel.access.count(work, IDENTITY)
            yield work
            words = {key: str(value) for key, value in detail.items()}
            self._kernel.events.emit(
                work,
                CHANGED,
                AccountEvent(what, account.id, detail=words),
                entity="account",
                record_id=account.id,
            )


def spelling(login: str) -> str:
    """The one spelling under which a login is kept and looked for."""
    return unicodedata.normalize("NFKC", login).strip().casefold()[:120]


def number(kernel: Kernel, setting: Setting) -> float:
    """A setting's value. Raises ConfigurationError unless it is a positive number."""
    raw = kernel.settings.extra.get(setting.name, setting.default)
    try:
        value = float(raw)
    except ValueError:
        value = 0
    if value <= 0:
        raise ConfigurationError(_("{name} must be a number above zero.")(name=setting.name))
    return value
