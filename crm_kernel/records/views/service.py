"""The service behind saved views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity, Permission
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.kinds import TEXT
from crm_kernel.records.reach import entity_named
from crm_kernel.records.views import store
from crm_kernel.records.views.models import SavedView
from crm_kernel.records.views.params import checked, fitting
from crm_kernel.records.views.view import ViewChange, ViewDraft, ViewView
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

SHARE = Permission("views.share", _("Share saved views"))
MOST = 50
LONGEST = 80


class Views:
    """Offered as `views`. Whoever may view an entity keeps views of it, checked inside, hence @public; to
    share one, or to change a shared one, needs `views.share`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @public
    async def list(self, actor: Actor, entity: Entity | str) -> Sequence[ViewView]:
        """One's own and shared views of an entity, in their order. Checks the entity's `view`."""
        declared, specs = await self._fields(actor, entity)
        rows = await store.of_entity(self._kernel.db, actor, declared.name)
        return [_shown(actor, declared, specs, row) for row in rows]

    @public
    async def get(self, actor: Actor, view_id: UUID) -> ViewView:
        """A view one may use. Checks the entity's `view`. Raises NotFound."""
        row = await store.one(self._kernel.db, actor, view_id)
        if row is None:
            raise NotFound()
        declared, specs = await self._fields(actor, row.entity)
        return _shown(actor, declared, specs, row)

    @public
    async def standard(self, actor: Actor, entity: Entity | str) -> ViewView | None:
        """The view that opens with the list: one's own, else the shared. Checks the entity's `view`."""
        found = [view for view in await self.list(actor, entity) if view.standard]
        return min(found, key=lambda view: view.shared, default=None)

    @public
    async def add(self, actor: Actor, entity: Entity | str, draft: ViewDraft) -> ViewView:
        """Keep a view. Checks the entity's `view`. Raises Invalid, Conflict beyond fifty views."""
        declared, specs = await self._fields(actor, entity)
        if draft.shared:
            actor.access(SHARE.name)
        name = _checked_name(draft.name)
        params = checked(actor, declared, specs, draft.params)
        now = self._kernel.clock.now()
        async with self._kernel.db.work(actor, now=now) as work:
            if await store.count(work, actor, declared.name) >= MOST:
                raise Conflict(_("You have {count} views already.")(count=MOST), code="too_many_views")
            row = work.add(
                SavedView(
                    id=uuid7(),
                    dealership_id=actor.dealership_id,
                    owner_id=actor.id,
                    entity=declared.name,
                    name=name,
                    params=msgspec.json.encode(params).decode(),
                    shared=draft.shared,
                    standard=draft.standard,
                    position=_checked_position(draft.position),
                    created_at=now,
                    updated_at=now,
                )
            )
            if row.standard:
                await work.flush()
                await store.no_other_standard(work, row)
        return _shown(actor, declared, specs, row)

    @public
    async def change(self, actor: Actor, view_id: UUID, change: ViewChange) -> ViewView:
        """Alter a view. Checks the entity's `view`. Raises NotFound, Invalid, Forbidden for a shared one."""
        async with self._kernel.db.work(actor, now=self._kernel.clock.now()) as work:
            row = await store.for_change(work, actor, view_id)
            if row is None:
                raise NotFound()
            declared, specs = await self._fields(actor, row.entity)
            _may_alter(actor, row)
            given: dict[str, Any] = {
                n: v for n, v in msgspec.structs.asdict(change).items() if v is not msgspec.UNSET
            }
            if given.get("shared"):
                actor.access(SHARE.name)
            if "name" in given:
                given["name"] = _checked_name(given["name"])
            if "params" in given:
                params = checked(actor, declared, specs, given["params"])
                given["params"] = msgspec.json.encode(params).decode()
            if "position" in given:
                _checked_position(given["position"])
            for name, value in given.items():
                setattr(row, name, value)
            row.updated_at = work.now
            if row.standard:
                await work.flush()
                await store.no_other_standard(work, row)
        return _shown(actor, declared, specs, row)

    @public
    async def delete(self, actor: Actor, view_id: UUID) -> None:
        """Forget a view. Checks as `change` does. Raises NotFound, Forbidden for a shared one."""
        async with self._kernel.db.work(actor) as work:
            row = await store.for_change(work, actor, view_id)
            if row is None:
                raise NotFound()
            await self._fields(actor, row.entity)
            _may_alter(actor, row)
            await work.remove(row)

    async def _fields(self, actor: Actor, entity: Entity | str) -> tuple[Entity, Sequence[FieldSpec]]:
        declared = entity_named(self._kernel, entity)
        actor.access(declared.permission("view"))
        return declared, await self._kernel.service("records").fields(actor, declared)


def _may_alter(actor: Actor, row: SavedView) -> None:
    if row.shared:
        actor.access(SHARE.name)
    elif row.owner_id != actor.id:
        raise Forbidden(SHARE.name)


def _checked_name(name: str) -> str:
    tidy: str = TEXT.parse(name)
    if not tidy:
        raise Invalid.one("name", "required", _("Give the view a name."))
    if len(tidy) > LONGEST:
        raise Invalid.one("name", "too_long", _("At most {count} characters.")(count=LONGEST))
    return tidy


def _checked_position(position: int) -> int:
    if not 0 <= position <= 10_000:
        raise Invalid.one("position", "out_of_range", _("This value is out of range."))
    return position


def _shown(actor: Actor, entity: Entity, specs: Sequence[FieldSpec], row: SavedView | store.Kept) -> ViewView:
    stored = msgspec.json.decode(row.params, type=dict[str, str])
    params, dropped = fitting(actor, entity, specs, stored)
    return ViewView(
        row.id,
        row.entity,
        row.name,
        params,
        dropped,
        row.shared,
        row.standard,
        row.position,
        row.owner_id == actor.id,
    )
