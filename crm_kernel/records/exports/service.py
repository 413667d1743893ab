"""The service behind every export."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.query import Query
from crm_kernel.errors import Invalid, TooLarge
from crm_kernel.records.exports.formats import FORMATS, MOST_SHEET_ROWS, Format
from crm_kernel.records.exports.rows import ExportRows, OnPage, chosen, narrowed
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.reach import entity_named
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


@dataclass(frozen=True, slots=True)
class Export:
    """A file on its way out: `rows` records (without the head), `chunks` its bytes."""

    filename: str
    media_type: str
    rows: int
    chunks: AsyncIterator[bytes]


class Exports:
    """Offered as `exports`. Every method checks `<entity prefix>.export` itself, hence @public.

    Values that are shown masked leave masked, unless `clear` is asked for, which needs `<prefix>.reveal`
    too. Each use stands in the access log, with count, filter and columns, before the first byte leaves.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._folder = kernel.settings.home / "tmp"

    @public
    async def export(
        self,
        actor: Actor,
        entity: Entity | str,
        query: Query,
        *,
        format: str = "csv",
        columns: Sequence[str] | None = None,
        clear: bool = False,
        on_page: OnPage | None = None,
    ) -> Export:
        """The records of a query as a file. Checks `<prefix>.export`.

        Raises Forbidden, Invalid for an unknown format or column, TooLarge for more rows than a sheet has.
        """
        declared = entity_named(self._kernel, entity)
        exporter = narrowed(actor, declared, "export")
        if clear:
            actor.access(declared.permission("reveal"))
        way = _format(format)
        records = self._kernel.service("records")
        specs = chosen(await records.fields(exporter, declared), columns or query.fields)
        count = await records.count(exporter, declared, query.but(cursor=None, fields=None))
        if way.name == "xlsx" and count > MOST_SHEET_ROWS:
            raise TooLarge(_("A sheet holds {count} rows at most: choose CSV.")(count=MOST_SHEET_ROWS))
        await self._kernel.service("audit").accessed(
            actor, "exported", declared.name, None, _detail(query, specs, way, count, clear)
        )
        rows = ExportRows(self._kernel, exporter, declared, specs, query, clear=clear, on_page=on_page)
        today = self._kernel.clock.now().date().isoformat()
        filename = f"{declared.plural}-{today}.{way.name}"
        return Export(filename, way.media_type, count, way.write(rows, self._folder))

    @public
    async def to_file(
        self, actor: Actor, kind: str, path: Path, *, format: str = "csv", clear: bool = False
    ) -> dict[str, int]:
        """All records of a kind into a file of this machine (the command line); answers `{"rows"}`.

        Checks `<prefix>.export`. The file appears whole or not at all, readable by its owner alone.
        """
        found = await self.export(actor, kind.replace("_", "-"), Query(), format=format, clear=clear)
        draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with _created(draft) as out:
                await pour(found.chunks, out)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return {"rows": found.rows}


def _created(path: Path) -> BinaryIO:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


async def pour(chunks: AsyncIterator[bytes], out: BinaryIO) -> None:
    """Write a stream to a file without holding the loop up."""
    async for chunk in chunks:
        await asyncio.to_thread(out.write, chunk)


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise Invalid.one("format", "choice", _("This is not one of the choices."))
    return FORMATS[name]


def _detail(
    query: Query, specs: Sequence[FieldSpec], way: Format, count: int, clear: bool
) -> Mapping[str, Any]:
    asked = [{"field": c.field, "op": c.op, "value": str(c.value)} for c in query.conditions]
    return {
        "count": count,
        "filter": asked,
        "q": query.q,
        "columns": [spec.name for spec in specs],
        "format": way.name,
        "clear": clear,
    }
