"""The second factor of one's own account: enrol, confirm, recover, remove."""

from __future__ import annotations

from dataclasses import dataclass

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, Invalid, Unauthenticated
from crm_kernel.text import messages
from crm_kernel.web.secrets import fingerprint
from crm_standalone.accounts.models import Account, RecoveryCode
from crm_standalone.accounts.one_time_codes import code_step, enrolment_uri, new_code_secret, qr_svg
from crm_standalone.accounts.room import AccountRoom
from crm_standalone.accounts.secrets import recovery_code
from crm_standalone.accounts.throttle import LOGIN

_ = messages("account")

CODES = 10


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What to show once so that an authenticator can begin: the secret, its address, a QR code (SVG)."""

    secret: str
    uri: str
    svg: str


class SecondFactor(AccountRoom):
    """Each manages his own; an administrator can only take it away from people who lost theirs."""

    @public
    async def begin_second_factor(self, actor: Actor, password: str) -> Enrolment:
        """A secret for an authenticator; it counts once a code was confirmed. Open to each for himself."""
        account = await self._proved(actor, password)
        if account.second_factor:
            raise Conflict(_("The second factor is on already. Remove it first."), code="second_factor_on")
        secret = new_code_secret()
        async with self._changing(actor, "second_factor.begun", account):
            (await self._store.get(account.id)).code_secret = secret
        uri = enrolment_uri(secret, account.login)
        return Enrolment(secret, uri, qr_svg(uri))

    @public
    async def confirm_second_factor(self, actor: Actor, code: str) -> list[str]:
        """Switch it on with a first code; gives recovery codes, shown this once. Open to each for himself."""
        account = await self._own(actor)
        await self._throttle.take(("login", account.login, LOGIN))
        if account.second_factor or not account.code_secret:
            raise Conflict(_("Begin with the QR code."), code="second_factor_not_begun")
        async with self._changing(actor, "second_factor.on", account) as work:
            step = code_step(account.code_secret, code.replace(" ", ""), work.now)
            if step is None or not await self._store.spend_step(work, account.id, step):
                raise Invalid.one("code", "wrong", _("This code does not fit. Is the device's clock right?"))
            (await self._store.get(account.id)).second_factor = True
            await self._throttle.forgive(work, "login", account.login)
            return await self._new_codes(work, account)

    @public
    async def renew_recovery_codes(self, actor: Actor, password: str) -> list[str]:
        """Fresh recovery codes; the old ones end. Open to each for himself."""
        account = await self._proved(actor, password)
        if not account.second_factor:
            raise Conflict(_("The second factor is off."), code="second_factor_off")
        async with self._changing(actor, "second_factor.codes", account) as work:
            return await self._new_codes(work, account)

    @public
    async def remove_second_factor(self, actor: Actor, password: str) -> None:
        """Do without it again. Open to each for himself."""
        account = await self._proved(actor, password)
        async with self._changing(actor, "second_factor.off", account) as work:
            await self._without(work, account)

    async def _proved(self, actor: Actor, password: str) -> Account:
        account = await self._own(actor)
        await self._throttle.take(("login", account.login, LOGIN))
        right, _renewed = await self._passwords.verify(password, account.password_hash)
        if not right:
            raise Unauthenticated(_("The password is wrong."), code="wrong")
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            await self._throttle.forgive(work, "login", account.login)
        return account

    async def _new_codes(self, work: UnitOfWork, account: Account) -> list[str]:
        await self._store.clear_recovery(work, account.id)
        codes = [recovery_code() for _i in range(CODES)]
        for code in codes:
            work.add(RecoveryCode(id=uuid7(), account_id=account.id, code_hash=fingerprint(code)))
        return codes

    async def _without(self, work: UnitOfWork, account: Account) -> None:
        current = await self._store.get(account.id)
        current.second_factor, current.code_secret = False, None
        await self._store.clear_recovery(work, account.id)
