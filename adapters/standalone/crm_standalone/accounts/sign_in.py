"""Signing in and out, choosing a dealership, setting a forgotten password."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from crm_kernel.access.permitted import public
from crm_kernel.access.store import IDENTITY
from crm_kernel.actor import Actor
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, NotFound, Unauthenticated
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.notifications.ports import Mail
from crm_kernel.text import messages
from crm_kernel.web.secrets import fingerprint, new_secret
from crm_standalone.accounts.events import SIGN_IN_FAILED, SIGNED_IN, AccountEvent
from crm_standalone.accounts.models import Account, PasswordReset, Session
from crm_standalone.accounts.one_time_codes import code_step
from crm_standalone.accounts.room import AccountRoom, spelling
from crm_standalone.accounts.throttle import ADDRESS, LOGIN, RESET

_ = messages("account")
log = logging.getLogger("crm.account")

RESET_MINUTES = 30
WRONG = _("Login or password is wrong.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just opened. `token` goes into the cookie and is told nowhere else.

    With `must_change` the person may do nothing until he has set a password of his own.
    """

    token: str
    expires_at: datetime
    staff_id: UUID
    must_change: bool


class SignIn(AccountRoom):
    """Opens and ends sessions. Every door here counts attempts before it looks."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._sending: set[asyncio.Task[None]] = set()

    @public
    async def login(
        self,
        login: str,
        password: str,
        code: str = "",
        *,
        address: str = "",
        agent: str = "",
        previous: str = "",
    ) -> SignedIn:
        """Sign in; a session under `previous` (the cookie the browser had) ends, whoever's it was.

        Raises Unauthenticated with the code `wrong` for anything that does not fit, unknown logins
        included, and takes as long for each; `second_factor` when only the one-time code is missing;
        Conflict `application_waiting` or `application_refused` for applicants; TooMany while locked.
        Open to everybody: it is the door.
        """
        name = spelling(login)
        await self._throttle.take(("login", name, LOGIN), ("address", address, ADDRESS))
        account = await self._store.by_login(name)
        applications = await self._store.applications_for(name)
        applied = applications[0] if applications and account is None else None
        stored = account.password_hash if account else applied.password_hash if applied else None
        right, renewed = await self._passwords.verify(password, stored)
        if right and applied is not None:
            await self._right_so_far(name, address)
            raise _not_yet(applied.state, applied.reason)
        usable = right and account is not None and await self._usable(account)
        if account is None or not usable:
            await self._failed(account, address)
            raise Unauthenticated(WRONG, code="wrong")
        if account.second_factor and not code:
            await self._right_so_far(name, address)
            raise Unauthenticated(_("Enter the code from your authenticator."), code="second_factor")
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            fits = not account.second_factor or await self._spend_code(work, account, code)
            if fits:
                return await self._open(work, account, name, address, agent, previous, renewed)
        await self._failed(account, address)
        raise Unauthenticated(_("This code does not fit or was used already."), code="wrong")

    async def _right_so_far(self, name: str, address: str) -> None:
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            await self._throttle.give_back(work, "login", name)
            await self._throttle.give_back(work, "address", address)

    async def _usable(self, account: Account) -> bool:
        staff = await self._kernel.access.store.staff(account.staff_id)
        return account.state == "active" and staff is not None and staff.active

    async def _spend_code(self, work: UnitOfWork, account: Account, code: str) -> bool:
        given = code.replace(" ", "").lower()
        step = code_step(account.code_secret or "", given, work.now)
        if step is not None:
            return await self._store.spend_step(work, account.id, step)
        return await self._store.spend_recovery(work, account.id, fingerprint(given))

    async def _open(
        self,
        work: UnitOfWork,
        account: Account,
        name: str,
        address: str,
        agent: str,
        previous: str,
        renewed: str | None,
    ) -> SignedIn:
        await self._throttle.forgive(work, "login", name)
        await self._throttle.give_back(work, "address", address)
        await self._store.sweep(work)
        if previous:
            await self._end(work, previous)
        current = await self._store.get(account.id)
        current.signed_in_at = work.now
        if renewed:
            current.password_hash = renewed
        opened = self._session(work, account, None, address, agent)
        self._kernel.events.emit(
            work,
            SIGNED_IN,
            AccountEvent("signed_in", account.id, address),
            entity="account",
            record_id=account.id,
        )
        return opened

    def _session(
        self,
        work: UnitOfWork,
        account: Account,
        dealership_id: UUID | None,
        address: str,
        agent: str,
        expires_at: datetime | None = None,
    ) -> SignedIn:
        token = new_secret()
        ends = expires_at or work.now + self._lifetime
        work.add(
            Session(
                token_hash=fingerprint(token),
                account_id=account.id,
                dealership_id=dealership_id,
                created_at=work.now,
                seen_at=work.now,
                expires_at=ends,
                address=address[:45],
                agent=agent[:200],
            )
        )
        return SignedIn(token, ends, account.staff_id, account.must_change)

    async def _failed(self, account: Account | None, address: str) -> None:
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            self._kernel.events.emit(
                work,
                SIGN_IN_FAILED,
                AccountEvent("failed", account.id if account else None, address),
                entity="account",
                record_id=account.id if account else None,
            )

    async def _end(self, work: UnitOfWork, token: str) -> None:
        if await self._store.end_session(work, fingerprint(token)):
            await self._kernel.access.count(work, IDENTITY)

    @public
    async def logout(self, token: str) -> None:
        """End the session; a token that is none does no harm. Open: whoever holds it may end it."""
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            await self._end(work, token)

    @public
    async def enter(self, actor: Actor, token: str, dealership_id: UUID | None) -> SignedIn:
        """Work in another dealership: the session goes on there under a new token.

        Raises NotFound for a dealership where the actor holds no role. Open to each for his own session.
        """
        if dealership_id is not None:
            await self._kernel.access.actor(actor.id, dealership_id)
        return await self._rotate(actor, token, dealership_id)

    async def _rotate(self, actor: Actor, token: str, dealership_id: UUID | None) -> SignedIn:
        found = await self._store.session(fingerprint(token))
        if found is None or found[1].staff_id != actor.id:
            raise NotFound(_("This session has ended."))
        session, account = found
        async with self._kernel.db.work(actor, now=self._kernel.clock.now()) as work:
            await self._end(work, token)
            return self._session(
                work, account, dealership_id, session.address, session.agent, session.expires_at
            )

    @public
    async def change_password(self, actor: Actor, old: str, new: str, token: str = "") -> SignedIn | None:
        """Set another password. Every session ends; the one under `token` goes on under a new token.

        Raises Unauthenticated when the old one is wrong, Invalid when the new one is weak. Open to each for
        his own account.
        """
        account = await self._own(actor)
        await self._throttle.take(("login", account.login, LOGIN))
        right, _renewed = await self._passwords.verify(old, account.password_hash)
        if not right:
            raise Unauthenticated(_("The old password is wrong."), code="wrong")
        self._passwords.check(new, account.login, actor.name)
        hashed = await self._passwords.hash(new)
        found = await self._store.session(fingerprint(token)) if token else None
        session = found[0] if found is not None and found[1].id == account.id else None
        async with self._changing(actor, "password.changed", account, ends=True) as work:
            await self._throttle.forgive(work, "login", account.login)
            await self._set_password(work, account.id, hashed, must_change=False)
            if session is None:
                return None
            account = await self._store.get(account.id)
            return self._session(
                work, account, session.dealership_id, session.address, session.agent, session.expires_at
            )

    async def _set_password(
        self, work: UnitOfWork, account_id: UUID, hashed: str, *, must_change: bool
    ) -> None:
        account = await self._store.get(account_id)
        account.password_hash, account.must_change = hashed, must_change
        account.password_changed_at = work.now
        await self._store.end_sessions(work, account_id)
        await self._store.clear_resets(work, account_id)

    async def _reset_link(self, work: UnitOfWork, account: Account) -> str:
        token = new_secret()
        await self._store.clear_resets(work, account.id)
        expires = work.now + timedelta(minutes=RESET_MINUTES)
        work.add(
            PasswordReset(
                id=uuid7(), token_hash=fingerprint(token), account_id=account.id, expires_at=expires
            )
        )
        return token

    @public
    async def request_reset(self, login: str, *, address: str = "") -> None:
        """Send a link for a new password to the person's mail, if there is such a person and such a mail.

        Answer and duration are the same for every login: the rest happens afterwards. Raises TooMany. Open
        to everybody.
        """
        name = spelling(login)
        await self._throttle.take(("reset", name, RESET), ("reset-address", address, RESET))
        sending = asyncio.create_task(self._send_link(name))
        self._sending.add(sending)
        sending.add_done_callback(self._sent)

    def _sent(self, sending: asyncio.Task[None]) -> None:
        self._sending.discard(sending)
        if not sending.cancelled() and (fault := sending.exception()):
            log.warning("a reset link was not sent", extra={"fault": type(fault).__name__})

    async def _send_link(self, name: str) -> None:
        account = await self._store.by_login(name)
        mailer: Any = self._kernel.service("mailer") if self._kernel.offers("mailer") else None
        if account is None or mailer is None or not mailer.ready or not await self._usable(account):
            return
        staff = await self._kernel.access.store.staff(account.staff_id)
        if staff is None or not staff.email:
            return
        async with self._changing(None, "reset.requested", account) as work:
            token = await self._reset_link(work, account)
        link = f"{self._kernel.settings.public_url.rstrip('/')}/reset-password#{token}"
        locale = staff.locale or self._kernel.settings.locale
        text = _("Follow this link within {minutes} minutes: {link}")(minutes=RESET_MINUTES, link=link)
        await mailer.send(
            Mail(
                id=str(uuid7()),
                to=staff.email,
                subject=translate(_("A new password for Forecourt"), locale),
                text=translate(text, locale),
            )
        )

    @public
    async def reset_password(self, token: str, new: str, *, address: str = "") -> None:
        """Set the password with a link that was sent; it works once. All sessions and tokens end.

        Raises NotFound for a link that is unknown, used or too old, Invalid for a weak password, TooMany.
        Open to whoever holds the link.
        """
        await self._throttle.take(("reset-use", address, ADDRESS))
        self._passwords.check(new)
        hashed = await self._passwords.hash(new)
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            account_id = await self._store.spend_reset(work, fingerprint(token))
            if account_id is None:
                raise NotFound(_("This link is unknown, was used or is too old. Ask for another."))
            account = await self._store.get(account_id)
            staff = await self._kernel.access.store.staff(account.staff_id)
            self._passwords.check(new, account.login, staff.name if staff else "")
            async with self._changing(None, "password.reset", account, ends=True):
                await self._set_password(work, account_id, hashed, must_change=False)
                await self._store.end_tokens(work, account_id)
                await self._throttle.forgive(work, "login", account.login)


def _not_yet(state: str, reason: str) -> Conflict:
    if state == "refused":
        return Conflict(
            _("Your application was refused: {reason}")(reason=reason), code="application_refused"
        )
    return Conflict(_("Your application waits for an administrator."), code="application_waiting")
