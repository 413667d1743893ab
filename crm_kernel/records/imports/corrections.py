"""Rows people corrected by hand, in the place of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crm_kernel.records.imports.reading import SourceRow


class CorrectedRows:
    """The heads of the original file and the corrected cells by line."""

    def __init__(self, heads: tuple[str, ...], rows: Mapping[int, tuple[str, ...]]) -> None:
        self.heads = heads
        self._rows = rows

    def rows(self) -> Iterator[SourceRow]:
        """The rows in the order of the file."""
        return (SourceRow(line, cells) for line, cells in sorted(self._rows.items()))
