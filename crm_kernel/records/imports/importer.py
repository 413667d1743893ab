"""How rows become records of one entity. A module refines it where its rules go beyond its fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.actor import Access
from crm_kernel.contributions import Entity, Field
from crm_kernel.dal.types import uuid7_many
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.cells import SIGN, unguard
from crm_kernel.records.custom_fields import stored_form
from crm_kernel.records.fields import CUSTOM, declared_specs
from crm_kernel.records.imports import store
from crm_kernel.records.imports.choices import ChoiceReader
from crm_kernel.records.imports.naming import CLEARED, Naming, stage_named
from crm_kernel.records.room import room_of

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

Key = tuple[Any, ...]

WORDS_KEPT = 2000
"""Cells of a column whose values are remembered: dealers' files say the same few things all the time."""

LASTING = frozenset({str, int, bool, date, Decimal})
"""Values that nobody can change in place, so that rows may share them."""


@dataclass(slots=True)
class Draft:
    """A row on its way: `values` by field; the first of `errors` (field, reason), in file order, counts."""

    line: int
    cells: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    key: Key | None = None
    staged: Staged | None = None
    repeated: bool = False
    changed: bool = False


@dataclass(slots=True)
class Staged:
    """A record as it will stand after the chunk. `before` is empty for a new one."""

    id: UUID
    new: bool
    values: dict[str, Any]
    before: dict[str, Any]
    version: int = 1
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ImportContext:
    """Where rows go: `work` is None in a dry run, in which `memory` stands for what would be there."""

    kernel: Kernel
    access: Access
    now: datetime
    work: UnitOfWork | None
    memory: dict[Key, Staged] = field(default_factory=dict)

    def writing(self) -> UnitOfWork:
        """The open transaction. Raises RuntimeError in a dry run, in which nothing may be written."""
        if self.work is None:
            raise RuntimeError("a dry run writes nothing")
        return self.work

    @property
    def dealership(self) -> UUID:
        """The dealership that gets the records."""
        return self.access.actor.dealership_id


class EntityImporter:
    """The general way: parse every mapped field by its kind, resolve references, update by key or create.

    Reasons of refusal: the code the field's kind raises; for a blank required field and for an unknown
    reference the field's own `reason`.
    """

    def __init__(self, kernel: Kernel, entity: Entity) -> None:
        self.kernel = kernel
        self.entity = entity
        self.choices = ChoiceReader(kernel)
        specs = [spec for spec in declared_specs(entity) if not spec.derived and not spec.implicit]
        self._fields = [
            replace(spec.field, kind=spec.kind)
            for spec in specs
            if spec.field.importable and not spec.field.read_only
        ]
        self._lengths = {spec.name: spec.length for spec in specs if spec.length is not None}
        self._filled = frozenset(spec.name for spec in specs if not spec.nullable)
        self._custom: list[Field] = []
        self.naming: Naming | None = None
        """Set where rows name records by the sender's own ids instead of natural keys."""
        self._known: tuple[Sequence[tuple[int, Field]], list[dict[str, Any]]] | None = None

    async def learn(self, dealership: UUID) -> None:
        """Offer the dealership's own fields too; called before anything else.

        None of them is demanded: old systems' files do not have what a dealership asks of its people.
        """
        specs = await room_of(self.kernel).custom_fields.specs(dealership, self.entity)
        self._custom = [replace(spec.field, kind=spec.kind, required=False) for spec in specs]
        self._lengths |= {spec.name: spec.length for spec in specs if spec.length is not None}

    # What a module may refine

    def fields(self) -> list[Field]:
        """The fields a column may be mapped to."""
        return [*self._fields, *self._custom]

    def reason(self, name: str) -> str:
        """The reason code of a blank or unknown value of a field."""
        found = next((f for f in self.fields() if f.name == name), None)
        return found.reference if found is not None and found.reference else name

    def check(self, draft: Draft) -> None:
        """Rules over several fields: append to `draft.errors` or `draft.warnings`."""

    async def find_duplicates(self, context: ImportContext, drafts: Sequence[Draft]) -> None:
        """Suspicions for a person to look at: append to `draft.duplicates`."""

    def complete(self, context: ImportContext, staged: Staged) -> None:
        """Give a new record what the file does not say (its kind, its currency)."""

    async def follow(
        self, context: ImportContext, created: Sequence[Staged], changed: Sequence[Staged]
    ) -> None:
        """Write what hangs on the records (plate history, further phones) after they were written."""

    # The general way

    async def prepare(self, context: ImportContext) -> None:
        """Called once before the first row."""
        await self.choices.prepare(context.access.actor, self.fields())

    def parse(self, line: int, cells: tuple[str, ...], columns: Sequence[tuple[int, Field]]) -> Draft:
        """Read one row; touches no database."""
        draft = Draft(line, cells)
        if self._known is None or self._known[0] is not columns:
            self._known = columns, [{} for _column in columns]
        width, values = len(cells), draft.values
        for (index, described), known in zip(columns, self._known[1], strict=True):
            text = cells[index].strip() if index < width else ""
            if text[:1] == SIGN:
                text = unguard(text).strip()
            if not text:
                if described.required and self.naming is None:
                    draft.errors.append((described.name, self.reason(described.name)))
                continue
            if text == CLEARED:
                self._clear(draft, described)
                continue
            value = known.get(text)
            if value is None:
                try:
                    value = self.read(described, text)
                except ValueError as fault:
                    draft.errors.append((described.name, str(fault) or described.name))
                    continue
                if type(value) in LASTING:
                    if len(known) >= WORDS_KEPT:
                        known.clear()
                    known[text] = value
            if described.name.startswith(CUSTOM):
                values.setdefault("custom", {})[described.name.removeprefix(CUSTOM)] = stored_form(value)
            else:
                values[described.name] = value
        return draft

    def _clear(self, draft: Draft, described: Field) -> None:
        if described.required or described.name in self._filled:
            draft.errors.append((described.name, "required"))
        elif described.name.startswith(CUSTOM):
            draft.values.setdefault("custom", {})[described.name.removeprefix(CUSTOM)] = None
        else:
            draft.values[described.name] = None

    def read(self, described: Field, text: str) -> Any:
        """One cell's value. Raises ValueError with the reason code."""
        if described.reference:
            return text
        if described.choices or described.options:
            value: Any = self.choices.read(described, text)
        else:
            value = described.kind.parse(text) if described.kind else text
        if isinstance(value, str) and len(value) > self._lengths.get(described.name, len(value)):
            raise ValueError("too_long")
        return value

    async def resolve(
        self, context: ImportContext, drafts: Sequence[Draft], columns: Sequence[Field]
    ) -> None:
        """Turn references (codes, VINs) into ids, a chunk at a time; unknown ones are errors."""
        for described in columns:
            if not described.reference:
                continue
            wanted = {draft.values[described.name] for draft in drafts if draft.values.get(described.name)}
            finder = self if self.naming is None else self.naming
            found = await finder.look_up(context, described, wanted)
            for draft in drafts:
                if draft.values.get(described.name) is None:
                    continue
                text = draft.values.pop(described.name)
                if text in found:
                    draft.values[described.name] = found[text]
                else:
                    draft.errors.append((described.name, self.reason(described.name)))

    async def look_up(
        self, context: ImportContext, described: Field, texts: Collection[str]
    ) -> Mapping[str, UUID]:
        """Ids of the records a reference column names, by the other entity's key; nothing else is visible."""
        other = self.kernel.registry.entity(described.reference or "")
        if other is None or not other.key or not texts:
            return {}
        key = other.field(other.key[0])
        parsed: dict[Any, list[str]] = defaultdict(list)
        for text in texts:
            try:
                parsed[key.kind.parse(text) if key and key.kind else text].append(text)
            except ValueError:
                continue
        ids = await store.ids_by_key(self.kernel.db, context.dealership, other, list(parsed))
        return {text: ids[value] for value, texts_ in parsed.items() if value in ids for text in texts_}

    def key_of(self, values: Mapping[str, Any]) -> Key | None:
        """The natural key of a row; None makes it a record of its own."""
        key = tuple(values.get(name) for name in self.entity.key)
        return key if key and all(part is not None for part in key) else None

    async def stage(self, context: ImportContext, drafts: Iterable[Draft]) -> list[Staged]:
        """Decide for each accepted row whether it makes a record, changes one, or repeats it.

        What somebody deleted does not come back with an old file: such a row is refused.
        """
        accepted = [draft for draft in drafts if not draft.errors]
        if self.naming is not None:
            return await stage_named(self, context, accepted, self.naming)
        for draft in accepted:
            draft.key = self.key_of(draft.values)
        keys = {draft.key for draft in accepted if draft.key is not None} - context.memory.keys()
        known = dict(context.memory)
        living, gone = await store.standing(self.kernel.db, context.dealership, self.entity, keys)
        if living:
            names = list(dict.fromkeys([*self.entity.key, *self.columns()]))
            known |= await store.current(self.kernel.db, self.entity, names, living)
        ids = iter(uuid7_many(len(accepted)))
        touched: dict[UUID, Staged] = {}
        for draft in accepted:
            if draft.key in gone:
                draft.errors.append((self.entity.key[0], "deleted"))
                continue
            staged = known.get(draft.key) if draft.key is not None else None
            if staged is None:
                staged = self.begin(next(ids), draft)
                self.complete(context, staged)
                if draft.key is not None:
                    known[draft.key] = staged
            else:
                draft.repeated = True
                draft.changed = self.merge(staged, draft.values)
            draft.staged = staged
            if staged.new or staged.changes:
                touched[staged.id] = staged
        if context.work is None:
            context.memory = known
        return list(touched.values())

    def begin(self, record_id: UUID, draft: Draft) -> Staged:
        """A row as a new record."""
        return Staged(record_id, new=True, values=dict(draft.values), before={})

    def columns(self) -> list[str]:
        """The model's columns a row may fill."""
        names = {attribute.key for attribute in self.entity.model.__mapper__.column_attrs}
        own = [f.name for f in self.fields() if f.name in names]
        return [*own, "custom"] if self._custom else own

    def merge(self, staged: Staged, values: Mapping[str, Any]) -> bool:
        """Let a repeating row update the record; what is not given stays. True when something altered."""
        if "custom" in values:
            values = {**values, "custom": {**(staged.values.get("custom") or {}), **values["custom"]}}
        altered = {name: value for name, value in values.items() if staged.values.get(name) != value}
        for name, value in altered.items():
            if not staged.new:
                staged.before.setdefault(name, staged.values.get(name))
                staged.changes[name] = value
            staged.values[name] = value
        return bool(altered)
