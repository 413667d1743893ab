"""Statements over the accounts' tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from crm_kernel.access.models import AccessRule
from crm_kernel.access.organisation import Staff
from crm_kernel.access.policy import SUPER
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import NotFound
from crm_standalone.accounts.models import (
    Account,
    Application,
    Attempt,
    PasswordReset,
    RecoveryCode,
    Session,
    Token,
)


class AccountStore:
    """Reads accounts and what hangs on them; inside a unit of work what it returns may be changed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def by_login(self, login: str) -> Account | None:
        """The account with this login, as it is kept."""
        found: Account | None = await self._first(select(Account).where(Account.login == login))
        return found

    async def by_staff(self, staff_id: UUID) -> Account | None:
        """A person's account."""
        found: Account | None = await self._first(select(Account).where(Account.staff_id == staff_id))
        return found

    async def get(self, id: UUID) -> Account:
        """An account. Raises NotFound."""
        found: Account | None = await self._first(select(Account).where(Account.id == id))
        if found is None:
            raise NotFound()
        return found

    async def accounts(
        self, dealerships: Collection[UUID] | None, q: str, limit: int
    ) -> Sequence[tuple[Account, Staff]]:
        """Accounts with their people, of some dealerships (None: all), by a part of login or name."""
        statement = (
            select(Account, Staff)
            .join(Staff, Staff.id == Account.staff_id)
            .order_by(Account.login)
            .limit(limit)
        )
        if dealerships is not None:
            statement = statement.where(Staff.dealership_id.in_(dealerships))
        if q:
            statement = statement.where(
                or_(Account.login.contains(q, autoescape=True), Staff.name.contains(q, autoescape=True))
            )
        return [(row[0], row[1]) for row in await self._db.rows(trusted(statement))]

    async def super_accounts(self) -> set[UUID]:
        """Ids of active accounts of active super administrators."""
        holders = select(AccessRule.v0).where(AccessRule.ptype == "g", AccessRule.v1 == f"r:{SUPER}")
        people = {UUID(subject.removeprefix("u:")) for subject in await self._db.rows(trusted(holders))}
        statement = (
            select(Account.id)
            .join(Staff, Staff.id == Account.staff_id)
            .where(Account.staff_id.in_(people), Account.state == "active", Staff.active.is_(True))
        )
        return set(await self._db.rows(trusted(statement)))

    # Sessions and tokens

    async def session(self, token_hash: str) -> tuple[Session, Account] | None:
        """A session with its account."""
        found = await self._db.rows(
            trusted(
                select(Session, Account)
                .join(Account, Account.id == Session.account_id)
                .where(Session.token_hash == token_hash)
                .limit(1)
            )
        )
        return (found[0][0], found[0][1]) if found else None

    async def token(self, token_hash: str) -> tuple[Token, Account] | None:
        """A token with its account."""
        found = await self._db.rows(
            trusted(
                select(Token, Account)
                .join(Account, Account.id == Token.account_id)
                .where(Token.token_hash == token_hash)
                .limit(1)
            )
        )
        return (found[0][0], found[0][1]) if found else None

    async def sessions(self, account: UUID, now: datetime) -> Sequence[Session]:
        """An account's sessions that have not run out, the latest first."""
        return await self._all(
            select(Session)
            .where(Session.account_id == account, Session.expires_at > now)
            .order_by(Session.seen_at.desc())
        )

    async def tokens(self, account: UUID) -> Sequence[Token]:
        """An account's tokens."""
        return await self._all(
            select(Token).where(Token.account_id == account).order_by(Token.created_at, Token.id)
        )

    async def saw(self, work: UnitOfWork, session: UUID) -> None:
        """Note that a session is in use."""
        await work.execute(update(Session).where(Session.id == session).values(seen_at=work.now))

    async def used(self, work: UnitOfWork, token: UUID) -> None:
        """Note that a token is in use."""
        await work.execute(update(Token).where(Token.id == token).values(used_at=work.now))

    async def end_session(self, work: UnitOfWork, token_hash: str) -> int:
        """End one session; tells whether there was one."""
        done = await work.execute(delete(Session).where(Session.token_hash == token_hash))
        return int(done.rowcount)

    async def end_sessions(self, work: UnitOfWork, account: UUID, besides: UUID | None = None) -> int:
        """End an account's sessions, all or all but one."""
        statement = delete(Session).where(Session.account_id == account)
        if besides is not None:
            statement = statement.where(Session.id != besides)
        return int((await work.execute(statement)).rowcount)

    async def end_tokens(self, work: UnitOfWork, account: UUID) -> int:
        """Withdraw an account's tokens."""
        return int((await work.execute(delete(Token).where(Token.account_id == account))).rowcount)

    async def sweep(self, work: UnitOfWork) -> None:
        """Forget what has run out."""
        for model in (Session, Token, PasswordReset):
            await work.execute(delete(model).where(model.expires_at < work.now))
        await work.execute(delete(Attempt).where(Attempt.updated_at < work.now - timedelta(days=2)))

    # Codes and links that count once

    async def spend_step(self, work: UnitOfWork, account: UUID, step: int) -> bool:
        """Take a one-time code's step; False when it, or a later one, was used already."""
        done = await work.execute(
            update(Account).where(Account.id == account, Account.code_step < step).values(code_step=step)
        )
        return bool(done.rowcount)

    async def spend_recovery(self, work: UnitOfWork, account: UUID, code_hash: str) -> bool:
        """Use a recovery code up; False when there is none."""
        done = await work.execute(
            delete(RecoveryCode).where(
                RecoveryCode.account_id == account, RecoveryCode.code_hash == code_hash
            )
        )
        return bool(done.rowcount)

    async def clear_recovery(self, work: UnitOfWork, account: UUID) -> None:
        """Remove all recovery codes."""
        await work.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account))

    async def recovery_left(self, account: UUID) -> int:
        """How many recovery codes remain."""
        counted = select(func.count()).where(RecoveryCode.account_id == account)
        return int((await self._db.rows(trusted(counted)))[0])

    async def spend_reset(self, work: UnitOfWork, token_hash: str) -> UUID | None:
        """Use a reset link up and tell whose it was; None when it is unknown, used or too old."""
        found = await work.first(trusted(select(PasswordReset).where(PasswordReset.token_hash == token_hash)))
        if found is None or found.expires_at <= work.now:
            return None
        done = await work.execute(delete(PasswordReset).where(PasswordReset.token_hash == token_hash))
        account: UUID = found.account_id
        return account if done.rowcount else None

    async def clear_resets(self, work: UnitOfWork, account: UUID) -> None:
        """Withdraw an account's reset links."""
        await work.execute(delete(PasswordReset).where(PasswordReset.account_id == account))

    # Attempts

    async def attempt(self, work: UnitOfWork, key: str) -> Attempt | None:
        """How often `key` was tried, locked against others until the unit of work ends."""
        found: Attempt | None = await work.first(
            trusted(select(Attempt).where(Attempt.key == key).with_for_update())
        )
        return found

    async def forget_attempts(self, work: UnitOfWork, key: str) -> None:
        """Begin counting anew."""
        await work.execute(delete(Attempt).where(Attempt.key == key))

    # Applications

    async def application(self, id: UUID) -> Application:
        """An application. Raises NotFound."""
        found: Application | None = await self._first(select(Application).where(Application.id == id))
        if found is None:
            raise NotFound()
        return found

    async def application_by_reference(self, reference_hash: str) -> Application | None:
        """The application somebody holds the reference of."""
        found: Application | None = await self._first(
            select(Application).where(Application.reference_hash == reference_hash)
        )
        return found

    async def applications_for(self, login: str) -> Sequence[Application]:
        """Applications for a login that were not approved, the latest first."""
        return await self._all(
            select(Application)
            .where(Application.login == login, Application.state != "approved")
            .order_by(Application.created_at.desc())
            .limit(1)
        )

    async def applications(self, state: str, limit: int) -> Sequence[Application]:
        """Applications in a state, the oldest first."""
        return await self._all(
            select(Application)
            .where(Application.state == state)
            .order_by(Application.created_at, Application.id)
            .limit(limit)
        )

    async def _first(self, statement: Any) -> Any:
        return await self._db.first(trusted(statement))

    async def _all(self, statement: Any) -> Sequence[Any]:
        return await self._db.rows(trusted(statement))
