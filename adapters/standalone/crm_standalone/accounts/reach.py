"""Whose account an administrator may touch: people within reach, and nobody above himself."""

from __future__ import annotations

from uuid import UUID

from crm_kernel.actor import Access
from crm_kernel.errors import Forbidden, NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_standalone.accounts.models import Account
from crm_standalone.accounts.store import AccountStore

_ = messages("account")


async def manageable(kernel: Kernel, store: AccountStore, access: Access, account_id: UUID) -> Account:
    """An account for managing.

    Raises NotFound for people out of reach, Forbidden for people who hold what the actor does not: with
    their password he would hold it too.
    """
    account = await store.get(account_id)
    await may_manage(kernel, access, account.staff_id)
    return account


async def may_manage(kernel: Kernel, access: Access, staff_id: UUID) -> None:
    """Raises NotFound or Forbidden unless the actor may manage this person's account."""
    staff = await kernel.access.store.staff(staff_id)
    authority = await kernel.access.authority(access.actor)
    if staff is None or not authority.over_dealership(access.permission, staff.dealership_id):
        raise NotFound()
    if not authority.covers_person(staff_id):
        raise Forbidden(access.permission, _("This person is above you."))
