"""What goes on paper: a record or a list as its reader sees it on the screen, masked values included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.query import Query
from crm_kernel.errors import TooLarge
from crm_kernel.records.exports.rows import narrowed
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.reach import entity_named, reached
from crm_kernel.records.titles import title_of
from crm_kernel.records.wording import Wording
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MOST_ROWS = 1000
PAGE = 200


@dataclass(frozen=True, slots=True)
class PrintedRecord:
    """A record on paper: (label, value) pairs in groups; `by` and `at` stand at the foot."""

    entity: Entity
    title: str
    groups: Sequence[tuple[Text | None, Sequence[tuple[str, str]]]]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PrintedList:
    """A list on paper."""

    entity: Entity
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    by: str
    at: datetime


class Printing:
    """Offered as `printing`. Checks `<entity prefix>.print` itself, hence @public; each use stands in the
    access log before the paper does."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @public
    async def record(self, actor: Actor, entity: Entity | str, record_id: UUID) -> PrintedRecord:
        """One record. Raises Forbidden without `<prefix>.print`, NotFound for a record out of reach."""
        declared = entity_named(self._kernel, entity)
        await reached(self._kernel, actor, declared, record_id, verb="print")
        records = self._kernel.service("records")
        specs = await records.fields(actor, declared)
        view = await records.get(actor, declared, record_id, typed=True)
        wording = Wording(self._kernel, actor, specs)
        await wording.prepare()
        await wording.learn([view])
        await self._log(actor, declared, record_id, {"fields": len(specs)})
        cells = [str(cell) for cell in wording.cells(view)]
        groups: dict[Text | None, list[tuple[str, str]]] = {}
        for spec, head, cell in zip(specs, wording.heads(), cells, strict=True):
            if cell and not _internal(spec):
                groups.setdefault(spec.field.group, []).append((head, cell))
        title = dict(zip((spec.name for spec in specs), cells, strict=True)).get(declared.title, "")
        if declared.called is not None:
            title = title_of(declared, view)
        return PrintedRecord(declared, title, tuple(groups.items()), actor.name, self._kernel.clock.now())

    @public
    async def list(
        self, actor: Actor, entity: Entity | str, query: Query, columns: Sequence[str] | None = None
    ) -> PrintedList:
        """The records of a query, at most a thousand. Raises Forbidden, Invalid, TooLarge."""
        declared = entity_named(self._kernel, entity)
        reader = narrowed(actor, declared, "print")
        records = self._kernel.service("records")
        specs = _columns(await records.fields(reader, declared), columns or query.fields)
        plain = query.but(cursor=None, fields=None)
        count = await records.count(reader, declared, plain)
        if count > MOST_ROWS:
            raise TooLarge(_("At most {count} records can be printed: narrow the list.")(count=MOST_ROWS))
        await self._log(actor, declared, None, {"count": count, "columns": [spec.name for spec in specs]})
        wording = Wording(self._kernel, actor, specs)
        await wording.prepare()
        rows: list[Sequence[str]] = []
        page_query = plain.but(fields=tuple(spec.name for spec in specs), limit=PAGE, count=False)
        while True:
            page = await records.list(reader, declared, page_query, typed=True)
            await wording.learn(page.items)
            rows += [[str(cell) for cell in wording.cells(view)] for view in page.items]
            if page.next is None or len(rows) >= MOST_ROWS:
                break
            page_query = page_query.but(cursor=page.next)
        return PrintedList(declared, wording.heads(), rows, actor.name, self._kernel.clock.now())

    async def _log(
        self, actor: Actor, entity: Entity, record_id: UUID | None, detail: dict[str, object]
    ) -> None:
        await self._kernel.service("audit").accessed(actor, "printed", entity.name, record_id, detail)


def _internal(spec: FieldSpec) -> bool:
    return spec.name in ("id", "version", "dealership_id")


def _columns(specs: Sequence[FieldSpec], columns: Sequence[str] | None) -> list[FieldSpec]:
    """The chosen columns, else those the list shows. Unknown ones are left out like hidden ones."""
    known = {spec.name: spec for spec in specs}
    if columns:
        return [known[name] for name in dict.fromkeys(columns) if name in known]
    return [spec for spec in specs if spec.field.listed] or list(specs)
