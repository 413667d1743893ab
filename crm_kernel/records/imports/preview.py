"""An uploaded file before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from crm_kernel.records.imports.importer import EntityImporter
from crm_kernel.records.imports.models import ImportRun
from crm_kernel.records.imports.reading import Source
from crm_kernel.text import Text

PREVIEW_ROWS = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """How the file was read, what its columns seem to be, what they may be, and its first rows."""

    run_id: UUID
    kind: str
    filename: str
    encoding: str
    delimiter: str
    heads: tuple[str, ...]
    mapping: dict[str, str]
    fields: tuple[tuple[str, Text, bool], ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


def preview_of(run: ImportRun, source: Source, importer: EntityImporter) -> Preview:
    """The preview of a run whose file is at hand."""
    fields = tuple((f.name, f.label, f.required) for f in importer.fields())
    rows = tuple(row.cells for row in islice(source.rows(), PREVIEW_ROWS))
    return Preview(
        run.id,
        run.kind,
        run.filename,
        source.encoding,
        source.delimiter,
        source.heads,
        run.mapping,
        fields,
        rows,
        run.total,
    )
