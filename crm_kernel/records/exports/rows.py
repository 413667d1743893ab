"""The rows of an export, a page at a time, within what the person may view and may copy out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.query import Query
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.records.exports import store
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.view import RecordView
from crm_kernel.records.withheld import names
from crm_kernel.records.wording import Cell, Wording
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

OnPage = Callable[[int], Awaitable[None]]
"""Told how many rows are done."""

PAGE = 500
BESIDES = frozenset(("id", "version", "dealership_id", "updated_at", "created_by"))
"""Fields that are exported only when asked for."""


def narrowed(actor: Actor, entity: Entity, verb: str) -> Actor:
    """The actor, seeing no more than where he may both view and `verb`; what others share stays with them.

    Raises Forbidden without either right.
    """
    view, other = entity.permission("view"), entity.permission(verb)
    scope = min(actor.access(view).scope, actor.access(other).scope)
    grants = replace(actor.grants, permissions={**actor.grants.permissions, view: scope}, shared=())
    return replace(actor, grants=grants, _accesses={})


def chosen(specs: Sequence[FieldSpec], columns: Sequence[str] | None) -> list[FieldSpec]:
    """The fields to write, in the order asked for. Raises Invalid for one that may not be exported."""
    allowed = {spec.name: spec for spec in specs if spec.field.export}
    if columns is None:
        return [spec for name, spec in allowed.items() if name not in BESIDES]
    wrong = [name for name in columns if name not in allowed]
    if wrong:
        raise Invalid([FieldError(name, "unknown_field", _("There is no such field.")) for name in wrong])
    return [allowed[name] for name in dict.fromkeys(columns)]


class ExportRows:
    """Reads the records of a query as cells."""

    def __init__(
        self,
        kernel: Kernel,
        actor: Actor,
        entity: Entity,
        specs: Sequence[FieldSpec],
        query: Query,
        *,
        clear: bool,
        on_page: OnPage | None = None,
    ) -> None:
        self._kernel = kernel
        self._on_page = on_page
        self._actor = actor
        self._entity = entity
        fields = tuple(spec.name for spec in specs)
        self._query = query.but(fields=fields, limit=PAGE, cursor=None, count=False)
        self._wording = Wording(kernel, actor, specs, keys=True)
        self._masked = [spec.name for spec in specs if clear and spec.masked and not spec.derived]

    async def heads(self) -> list[str]:
        """The first line."""
        await self._wording.prepare()
        return self._wording.heads()

    async def pages(self) -> AsyncIterator[list[list[Cell]]]:
        """The lines below it."""
        records = self._kernel.service("records")
        query, done = self._query, 0
        while True:
            page = await records.list(self._actor, self._entity, query, typed=True)
            await self._wording.learn(page.items)
            clear = await self._open(page.items)
            yield [self._wording.cells(view, clear.get(_id(view))) for view in page.items]
            done += len(page.items)
            if self._on_page is not None:
                await self._on_page(done)
            if page.next is None:
                return
            query = query.but(cursor=page.next)

    async def _open(self, views: Sequence[RecordView]) -> dict[UUID, dict[str, object]]:
        if not self._masked or not views:
            return {}
        access = self._actor.access(self._entity.permission("reveal"))
        ids = [_id(view) for view in views]
        secret = self._entity.secret_from
        asked = [*self._masked, *([secret] if secret else [])]
        found = await store.open_values(self._kernel.db, access, self._entity, asked, ids)
        return {
            record_id: {name: values[name] for name in self._masked}
            for record_id, values in found.items()
            if not secret or not names(self._actor, values[secret])
        }


def _id(view: RecordView) -> UUID:
    return UUID(str(view.id))
