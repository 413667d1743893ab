"""Tokens with which programs act for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.errors import Invalid, NotFound
from crm_kernel.text import messages
from crm_kernel.web.secrets import fingerprint
from crm_standalone.accounts.models import Account, Token
from crm_standalone.accounts.permissions import MANAGE, TOKENS
from crm_standalone.accounts.reach import manageable
from crm_standalone.accounts.room import AccountRoom
from crm_standalone.accounts.secrets import SHOWN, new_token

_ = messages("account")

LONGEST_DAYS = 730


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as lists show it: its beginning, never the whole."""

    id: UUID
    name: str
    prefix: str
    dealership_id: UUID | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `token` is shown this once."""

    token: str
    view: TokenView


class Tokens(AccountRoom):
    """Each makes and withdraws his own where he is allowed to; administrators also those of others."""

    @permitted(TOKENS)
    async def create_token(
        self, access: Access, name: str, days: int = 90, dealership_id: UUID | None = None
    ) -> NewToken:
        """A token for oneself, good for `days` (1 to 730), in one dealership or in one's own.

        Raises NotFound for a dealership one may not enter, Invalid.
        """
        return await self._make(access.actor, await self._own(access.actor), name, days, dealership_id)

    @permitted(MANAGE)
    async def create_token_for(
        self, access: Access, account_id: UUID, name: str, days: int = 90, dealership_id: UUID | None = None
    ) -> NewToken:
        """A token for somebody one manages, who holds nothing that one does not hold oneself."""
        account = await manageable(self._kernel, self._store, access, account_id)
        return await self._make(access.actor, account, name, days, dealership_id)

    async def _make(
        self, by: Actor, account: Account, name: str, days: int, dealership_id: UUID | None
    ) -> NewToken:
        name = name.strip()
        if not 0 < len(name) <= 60:
            raise Invalid.one("name", "invalid", _("Give a name of at most 60 characters."))
        if not 0 < days <= LONGEST_DAYS:
            raise Invalid.one("days", "invalid", _("A token lasts 1 to {days} days.")(days=LONGEST_DAYS))
        if dealership_id is not None:
            await self._kernel.access.actor(account.staff_id, dealership_id)
        token = new_token()
        async with self._changing(by, "token.created", account, name=name, days=days) as work:
            row = work.add(
                Token(
                    token_hash=fingerprint(token),
                    prefix=token[:SHOWN],
                    name=name,
                    account_id=account.id,
                    dealership_id=dealership_id,
                    created_at=work.now,
                    expires_at=work.now + timedelta(days=days),
                    used_at=None,
                )
            )
            await work.flush()
        return NewToken(token, _view(row))

    @public
    async def tokens(self, actor: Actor) -> list[TokenView]:
        """One's own tokens. Open to each for himself."""
        return [_view(one) for one in await self._store.tokens((await self._own(actor)).id)]

    @public
    async def revoke_token(self, actor: Actor, id: UUID) -> None:
        """Withdraw one of one's own tokens; it ends within a second everywhere. Open to each for himself."""
        await self._revoke(actor, await self._own(actor), id)

    @permitted(MANAGE)
    async def tokens_of(self, access: Access, account_id: UUID) -> list[TokenView]:
        """The tokens of somebody one manages."""
        account = await manageable(self._kernel, self._store, access, account_id)
        return [_view(one) for one in await self._store.tokens(account.id)]

    @permitted(MANAGE)
    async def revoke_token_of(self, access: Access, account_id: UUID, id: UUID) -> None:
        """Withdraw a token of somebody one manages."""
        account = await manageable(self._kernel, self._store, access, account_id)
        await self._revoke(access.actor, account, id)

    async def _revoke(self, by: Actor, account: Account, id: UUID) -> None:
        async with self._changing(by, "token.revoked", account, ends=True) as work:
            for one in await self._store.tokens(account.id):
                if one.id == id:
                    await work.remove(one)
                    return
            raise NotFound()


def _view(token: Token) -> TokenView:
    return TokenView(
        token.id,
        token.name,
        token.prefix,
        token.dealership_id,
        token.created_at,
        token.expires_at,
        token.used_at,
    )
