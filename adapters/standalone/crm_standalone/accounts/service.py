"""The service `accounts`: signing in, one's own account, and the accounts of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.errors import Conflict, Invalid
from crm_kernel.text import messages
from crm_standalone.accounts.models import Account
from crm_standalone.accounts.permissions import MANAGE
from crm_standalone.accounts.reach import manageable, may_manage
from crm_standalone.accounts.room import spelling
from crm_standalone.accounts.second_factor import SecondFactor
from crm_standalone.accounts.secrets import new_password
from crm_standalone.accounts.sessions import Sessions
from crm_standalone.accounts.sign_in import SignIn
from crm_standalone.accounts.tokens import Tokens

_ = messages("account")

LAST = _("The last super administrator has to stay.")


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as administrators see it."""

    id: UUID
    staff_id: UUID
    login: str
    name: str
    dealership_id: UUID | None
    state: str
    must_change: bool
    second_factor: bool
    signed_in_at: datetime | None


class AccountService(SignIn, Sessions, Tokens, SecondFactor):
    """Everything about accounts under one name."""

    @public
    async def account(self, actor: Actor) -> AccountView:
        """One's own account. Raises NotFound for people a host knows. Open to each for himself."""
        return await self._view(await self._own(actor))

    @permitted(MANAGE)
    async def accounts(self, access: Access, q: str = "", limit: int = 200) -> list[AccountView]:
        """Accounts of people within reach, by a part of login or name."""
        authority = await self._kernel.access.authority(access.actor)
        reached: list[UUID] | None = None
        if not authority.over_dealership(MANAGE, None):
            policy = await self._kernel.access.policy()
            reached = [one for one in policy.shops if authority.over_dealership(MANAGE, one)]
        found = await self._store.accounts(reached, q.strip(), limit)
        return [_shape(account, staff.name, staff.dealership_id) for account, staff in found]

    @permitted(MANAGE)
    async def get_account(self, access: Access, id: UUID) -> AccountView:
        """One account within reach."""
        return await self._view(await manageable(self._kernel, self._store, access, id))

    @permitted(MANAGE)
    async def create_account(
        self, access: Access, staff_id: UUID, login: str, password: str | None = None
    ) -> tuple[AccountView, str]:
        """Let a member of staff sign in; gives the account and its first password, to be changed at once.

        Raises Invalid for a login or password that cannot be, Conflict when the person has an account.
        """
        await may_manage(self._kernel, access, staff_id)
        staff = await self._kernel.access.store.staff(staff_id)
        first = password or new_password()
        self._passwords.check(first, login, staff.name if staff else "")
        hashed = await self._passwords.hash(first)
        account = await self._create(access.actor, staff_id, login, hashed, must_change=True)
        return await self._view(account), first

    async def _create(
        self, by: Actor, staff_id: UUID, login: str, hashed: str, *, must_change: bool
    ) -> Account:
        name = spelling(login)
        if len(name) < 2 or len(login.strip()) > 120 or not name.isprintable() or " " in name:
            raise Invalid.one("login", "invalid", _("Use 2 to 120 characters without blanks."))
        now = self._kernel.clock.now()
        account = Account(
            staff_id=staff_id,
            login=name,
            password_hash=hashed,
            state="active",
            must_change=must_change,
            second_factor=False,
            code_step=0,
            created_at=now,
            password_changed_at=now,
        )
        async with self._kernel.db.work(by, now=now) as work:
            if await self._store.by_login(name) is not None:
                raise Invalid.one("login", "taken", _("This login is taken."))
            if await self._store.by_staff(staff_id) is not None:
                raise Conflict(_("This person has an account already."), code="account_exists")
            work.add(account)
            await work.flush()
            async with self._changing(by, "account.created", account):
                pass
        return account

    @permitted(MANAGE)
    async def rename_account(self, access: Access, id: UUID, login: str) -> None:
        """Another login; sessions go on."""
        account = await manageable(self._kernel, self._store, access, id)
        name = spelling(login)
        if len(name) < 2 or not name.isprintable() or " " in name:
            raise Invalid.one("login", "invalid", _("Use 2 to 120 characters without blanks."))
        async with self._changing(access.actor, "account.renamed", account):
            taken = await self._store.by_login(name)
            if taken is not None and taken.id != id:
                raise Invalid.one("login", "taken", _("This login is taken."))
            (await self._store.get(id)).login = name

    @permitted(MANAGE)
    async def set_account_active(self, access: Access, id: UUID, active: bool) -> None:
        """Lock somebody out at once, or let him in again; not the last super administrator (Conflict)."""
        account = await manageable(self._kernel, self._store, access, id)
        what = "account.enabled" if active else "account.disabled"
        async with self._changing(access.actor, what, account, ends=True) as work:
            if not active and await self._store.super_accounts() == {id}:
                raise Conflict(LAST, code="last_super_administrator")
            (await self._store.get(id)).state = "active" if active else "disabled"
            if not active:
                await self._store.end_sessions(work, id)

    @permitted(MANAGE)
    async def give_password(self, access: Access, id: UUID, password: str | None = None) -> str:
        """Set another person's password, to be changed at once; ends his sessions and tokens."""
        account = await manageable(self._kernel, self._store, access, id)
        given = password or new_password()
        self._passwords.check(given, account.login)
        hashed = await self._passwords.hash(given)
        async with self._changing(access.actor, "password.given", account, ends=True) as work:
            await self._set_password(work, id, hashed, must_change=True)
            await self._store.end_tokens(work, id)
            await self._throttle.forgive(work, "login", account.login)
        return given

    @permitted(MANAGE)
    async def give_reset_link(self, access: Access, id: UUID) -> str:
        """A link's secret with which the person sets a password himself: good once, for half an hour."""
        account = await manageable(self._kernel, self._store, access, id)
        async with self._changing(access.actor, "reset.given", account) as work:
            return await self._reset_link(work, account)

    @permitted(MANAGE)
    async def clear_second_factor(self, access: Access, id: UUID) -> None:
        """Take the second factor off somebody who lost it."""
        account = await manageable(self._kernel, self._store, access, id)
        async with self._changing(access.actor, "second_factor.cleared", account) as work:
            await self._without(work, account)

    async def _view(self, account: Account) -> AccountView:
        staff = await self._kernel.access.store.staff(account.staff_id)
        return _shape(account, staff.name if staff else "", staff.dealership_id if staff else None)


def _shape(account: Account, name: str, dealership_id: UUID | None) -> AccountView:
    return AccountView(
        id=account.id,
        staff_id=account.staff_id,
        login=account.login,
        name=name,
        dealership_id=dealership_id,
        state=account.state,
        must_change=account.must_change,
        second_factor=account.second_factor,
        signed_in_at=account.signed_in_at,
    )
