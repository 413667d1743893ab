"""Saved views as they come in and go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec


class ViewDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A view to be kept. `params` are the list's URL parameters by name: filters, `q`, `sort`, `fields`."""

    name: str
    params: dict[str, str]
    shared: bool = False
    standard: bool = False
    position: int = 0


class ViewChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    params: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    shared: bool | msgspec.UnsetType = msgspec.UNSET
    standard: bool | msgspec.UnsetType = msgspec.UNSET
    position: int | msgspec.UnsetType = msgspec.UNSET


class ViewView(msgspec.Struct, frozen=True):
    """A view as somebody may use it. `dropped` names parameters that no longer fit and were left out."""

    id: UUID
    entity: str
    name: str
    params: Mapping[str, str]
    dropped: Sequence[str]
    shared: bool
    standard: bool
    position: int
    mine: bool
