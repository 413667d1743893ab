"""Tags: the words a dealership marks its records with, and who may add new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Permission
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Invalid
from crm_kernel.records import kinds, store
from crm_kernel.records.cache import PerDealership
from crm_kernel.records.models import Tag
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MANAGE = Permission("tags.manage", _("Manage tags"))
COLORS = ("", "blue", "azure", "green", "teal", "yellow", "orange", "red", "pink", "purple")
LONGEST = 60


class TagView(msgspec.Struct, frozen=True):
    """A tag as lists and forms show it."""

    name: str
    color: str
    active: bool


class Tags:
    """The tags of each dealership, kept in memory."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._cache = PerDealership(kernel.clock, self._load)

    async def of(self, dealership_id: UUID) -> Mapping[str, TagView]:
        """A dealership's tags by name."""
        return await self._cache.get(dealership_id)

    async def _load(self, dealership_id: UUID) -> Mapping[str, TagView]:
        rows = await store.tags(self._kernel.db, dealership_id)
        views = [TagView(row.name, row.color, row.active) for row in rows]
        return {view.name: view for view in sorted(views, key=lambda view: view.name)}

    async def unknown(self, dealership_id: UUID, names: Iterable[str]) -> list[str]:
        """Those names that are no active tag of the dealership."""
        known = await self.of(dealership_id)
        return [name for name in names if name not in known or not known[name].active]

    async def ensure(self, work: UnitOfWork, dealership_id: UUID, names: Sequence[str]) -> None:
        """Add tags that do not exist yet, in the transaction that uses them."""
        for name in names:
            row = await store.tag(work, dealership_id, name)
            if row is None:
                work.add(Tag(dealership_id=dealership_id, name=name, color="", active=True))
            elif not row.active:
                row.active = True
        work.after_commit(self.forget)

    def forget(self) -> None:
        """Read the tags again next time."""
        self._cache.forget()


class TagService:
    """Offered as `tags`. Tags are put on records by changing the records."""

    def __init__(self, kernel: Kernel, tags: Tags) -> None:
        self._kernel = kernel
        self._tags = tags

    @public
    async def list(self, actor: Actor) -> Sequence[TagView]:
        """The tags of the actor's dealership; open to everybody, because every list shows them."""
        if actor.place.dealership_id is None:
            return []
        return list((await self._tags.of(actor.place.dealership_id)).values())

    @permitted(MANAGE.name)
    async def save(self, access: Access, name: str, *, color: str = "", active: bool = True) -> TagView:
        """Add a tag, or change its colour, or take it out of use. Raises Invalid."""
        plain = kinds.TEXT.parse(name)
        if not plain or len(plain) > LONGEST or "," in plain:
            raise Invalid.one("name", "name", _("Give it a name of at most 60 characters, without commas."))
        if color not in COLORS:
            raise Invalid.one("color", "choice", _("This is not one of the choices."))
        dealership = access.actor.dealership_id
        async with self._kernel.db.work(access) as work:
            row = await store.tag(work, dealership, plain)
            if row is None:
                row = work.add(Tag(dealership_id=dealership, name=plain))
            row.color, row.active = color, active
            work.after_commit(self._tags.forget)
        return TagView(plain, color, active)
