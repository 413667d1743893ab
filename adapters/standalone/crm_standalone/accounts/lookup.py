"""From a login that somebody typed to the person, for the command line."""

from __future__ import annotations

from uuid import UUID

from crm_kernel.errors import NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_standalone.accounts.models import Account
from crm_standalone.accounts.room import spelling
from crm_standalone.accounts.store import AccountStore

_ = messages("account")


async def account_of(kernel: Kernel, login: str) -> Account:
    """The account with this login. Raises NotFound."""
    found = await AccountStore(kernel.db).by_login(spelling(login))
    if found is None:
        raise NotFound(_("There is no account {login}.")(login=login))
    return found


async def staff_of(kernel: Kernel, login: str) -> UUID:
    """The staff id of whoever signs in with this login. Raises NotFound."""
    return (await account_of(kernel, login)).staff_id
