"""What a record is called wherever it is named: page, list, look-up, link, panel and message."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from crm_kernel.contributions import Entity


class Held(Protocol):
    """A view or a mapping of a record's values."""

    def get(self, name: str, /) -> Any:
        """A value, None where it is not there."""


class Columns:
    """A row's columns as `title_of` takes them."""

    def __init__(self, row: Any) -> None:
        self._row = row

    def get(self, name: str, /) -> Any:
        """A column's value."""
        return getattr(self._row, name, None)


def title_fields(entity: Entity, visible: Collection[str] | None = None) -> tuple[str, ...]:
    """The fields a title is made of, those of them that are visible; the first one leads lists."""
    names = entity.called.fields if entity.called else (entity.title,)
    return tuple(name for name in names if visible is None or name in visible)


def title_of(entity: Entity, record: Held) -> str:
    """The title of a record whose `title_fields` were read; empty where none of them is filled."""
    if entity.called is None:
        return str(record.get(entity.title) or "")
    return entity.called.words({name: record.get(name) or "" for name in entity.called.fields})
