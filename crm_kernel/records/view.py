"""Records as people and programs get to see them: masked, without hidden fields, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec


class RecordView(msgspec.Struct):
    """A record as one person may see it: one attribute per visible field, JSON-ready.

    Sensitive values are masked strings, money is `Money`, `custom` is a mapping of key to value. Each
    entity and choice of fields has a subclass of its own; `values()` gives them by name.
    """

    id: UUID
    version: int

    def values(self) -> Mapping[str, Any]:
        """Every visible field by name."""
        return {
            name: value
            for name in self.__struct_fields__
            if (value := getattr(self, name)) is not msgspec.UNSET
        }

    def get(self, name: str, default: Any = None) -> Any:
        """A field by name, `custom.<key>` included."""
        if name.startswith("custom."):
            return (getattr(self, "custom", None) or {}).get(name[7:], default)
        return getattr(self, name, default)


class Page(msgspec.Struct):
    """A page of records: `next` is the cursor of the following one; `count` only when it was asked for."""

    items: Sequence[RecordView]
    next: str | None = None
    count: int | None = None
