"""Blind indexes: `<column>_bi` beside an encrypted column holds a keyed fingerprint of its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.contributions import Kind
from crm_kernel.dal.crypto import KeyRing
from crm_kernel.dal.types import Encrypted
from crm_kernel.records.fields import declared_specs

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

SUFFIX = "_bi"


@dataclass(frozen=True, slots=True)
class Companion:
    """An encrypted column, its index column, and how its values are normalised before the fingerprint."""

    column: str
    index: str
    purpose: str
    kind: Kind | None

    def fingerprint(self, keys: KeyRing, dealership_id: UUID, value: Any) -> str | None:
        """What the index column holds for a value in a dealership; None for nothing."""
        if value is None or value == "":
            return None
        text = str(value)
        if self.kind is not None and self.kind.normalise is not None:
            try:
                text = self.kind.normalise(text)
            except ValueError:
                text = text.strip()
        return keys.blind(dealership_id, self.purpose, text)


@dataclass(frozen=True, slots=True)
class Beside:
    """A look-up (Entity.lookups) for records with several values, whose fingerprints lie in another table.

    `owner` is that table's column with the record's id, `index` the one with the fingerprint; the table has
    a `dealership_id`. Values are normalised by `kind` and fingerprinted for `purpose`.
    """

    owner: Any
    index: Any
    purpose: str
    kind: Kind

    @property
    def companion(self) -> Companion:
        """How its values are fingerprinted."""
        return Companion(self.owner.key, self.index.key, self.purpose, self.kind)


class BlindIndexes:
    """The companions of every model, found once."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._plans: dict[type[Any], tuple[Companion, ...]] = {}

    def companions(self, model: type[Any]) -> tuple[Companion, ...]:
        """The indexed encrypted columns of a mapped class."""
        if model not in self._plans:
            self._plans[model] = self._plan(model)
        return self._plans[model]

    def _plan(self, model: type[Any]) -> tuple[Companion, ...]:
        columns = model.__table__.columns
        entity = self._kernel.registry.entity_of(model)
        kinds = {spec.name: spec.kind for spec in declared_specs(entity)} if entity is not None else {}
        return tuple(
            Companion(column.name, column.name + SUFFIX, column.type.context, kinds.get(column.name))
            for column in columns
            if isinstance(column.type, Encrypted) and column.name + SUFFIX in columns
        )

    def values(
        self, model: type[Any], dealership_id: UUID, columns: Mapping[str, Any]
    ) -> dict[str, str | None]:
        """The index columns that belong to these values; for writers that pass the session by."""
        return {
            one.index: one.fingerprint(self._kernel.keys, dealership_id, columns[one.column])
            for one in self.companions(model)
            if one.column in columns
        }
