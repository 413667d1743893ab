"""Rows become records of an entity: through its importer, a chunk at a time, known by the sender's own
ids."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.actor import Access
from crm_kernel.contributions import Entity, Field
from crm_kernel.dal.types import EncryptedJson, Json
from crm_kernel.errors import FieldError
from crm_kernel.records.fields import declared_specs
from crm_kernel.records.imports.engine import Counts, ImportEngine
from crm_kernel.records.imports.importer import Draft, EntityImporter, ImportContext
from crm_kernel.records.imports.reading import SourceRow
from crm_kernel.records.imports.rejects import REASONS
from crm_kernel.records.room import room_of
from crm_kernel.sync import store
from crm_kernel.sync.models import LONGEST_ID
from crm_kernel.sync.receiving import (
    CHANGED,
    CREATED,
    REJECTED,
    UNCHANGED,
    FieldInfo,
    Inbox,
    Outcome,
)
from crm_kernel.sync.rows import EXTERNAL_ID, SyncRow, as_cell
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.dal.unit_of_work import UnitOfWork

_ = messages("kernel")

UNKNOWN_FIELD = _("This kind has no such field.")
LISTS = (Json, EncryptedJson)
MONEY = "money"


class EntityReceiver:
    """Any entity, by its own importer or a module's."""

    def __init__(self, importer: EntityImporter) -> None:
        self._importer = importer
        self._lists = {s.name for s in declared_specs(importer.entity) if isinstance(s.type, LISTS)}

    @property
    def entity(self) -> Entity:
        """What the rows become."""
        return self._importer.entity

    async def declared(self, dealership: UUID) -> Sequence[Field]:
        """The fields with everything that is declared of them."""
        await self._importer.learn(dealership)
        return self._importer.fields()

    async def fields(self, access: Access) -> Sequence[FieldInfo]:
        """The fields that may be sent, the dealership's own included."""
        await self._importer.learn(access.actor.dealership_id)
        return [
            FieldInfo(
                one.name,
                one.label,
                "list" if one.name in self._lists else one.kind.name if one.kind else "text",
                one.required,
                one.reference or "",
            )
            for one in self._importer.fields()
        ]

    async def receive(self, inbox: Inbox, rows: Sequence[SyncRow]) -> Sequence[Outcome]:
        """Take a delivery. Rows that cannot even be read are refused before the engine sees them."""
        importer = self._importer
        naming = ExternalIds(inbox, rows)
        importer.naming = naming
        await importer.learn(inbox.dealership)
        table = _Table(importer.fields(), self._lists, await self._currency(inbox))
        taken, refused = [], {}
        for row in rows:
            errors = table.add(row)
            if errors:
                refused[row.position] = Outcome(row, REJECTED, errors=errors)
            else:
                taken.append(row)
        drafts: list[Draft] = []

        async def keep(_work: UnitOfWork | None, _counts: Counts, chunk: Sequence[Draft]) -> None:
            drafts.extend(chunk)

        if taken:
            engine = ImportEngine(
                inbox.kernel,
                importer,
                inbox.access,
                self.entity.name,
                keep_rejects=False,
                origin=inbox.source,
            )
            await engine.run(
                table,
                {name: name for name in table.heads},
                dry_run=False,
                run_id=inbox.batch_id,
                counts=Counts(self.entity.name),
                on_chunk=keep,
            )
        words = self._words()
        found = {draft.line: _outcome(naming.rows[draft.line], draft, words) for draft in drafts}
        return [refused.get(row.position) or found[row.position] for row in rows]

    async def _currency(self, inbox: Inbox) -> str:
        return (await room_of(inbox.kernel).directory.shop(inbox.dealership)).currency

    def _words(self) -> Mapping[str, Text]:
        words = dict(REASONS)
        for one in self._importer.fields():
            if one.kind is not None:
                words |= one.kind.messages
        return words


class ExternalIds:
    """The sender's ids of one delivery, as the importer asks for them."""

    def __init__(self, inbox: Inbox, rows: Sequence[SyncRow]) -> None:
        self._inbox = inbox
        self.rows = {row.position: row for row in rows}

    def name(self, draft: Draft) -> str:
        """The sender's id of a row."""
        return self.rows[draft.line].external_id

    async def records(self, _context: ImportContext, names: Collection[str]) -> Mapping[str, UUID]:
        """The records known under these ids."""
        return {name: self._inbox.known[name] for name in names if name in self._inbox.known}

    async def named(self, context: ImportContext, records: Collection[UUID]) -> Mapping[UUID, str]:
        """What the sender calls these records."""
        box = self._inbox
        return await store.names(box.kernel.db, context.dealership, box.source, box.entity, records)

    async def look_up(
        self, context: ImportContext, described: Field, texts: Collection[str]
    ) -> Mapping[str, UUID]:
        """The records of another kind that the sender calls so."""
        box, other = self._inbox, described.reference or ""
        return await store.records(box.kernel.db, context.dealership, box.source, other, texts)


class _Table:
    """Rows of named values as the engine wants them: heads and cells."""

    def __init__(self, fields: Sequence[Field], lists: Collection[str], currency: str) -> None:
        self._fields = {one.name: one for one in fields}
        self._lists = lists
        self._currency = currency
        self._columns: dict[str, int] = {}
        self._rows: list[tuple[int, dict[str, str]]] = []

    def add(self, row: SyncRow) -> list[FieldError]:
        """Take a row, or say what is wrong with it."""
        if not row.external_id:
            return [FieldError(EXTERNAL_ID, "required", _("Say what you call this record."))]
        if len(row.external_id) > LONGEST_ID:
            return [FieldError(EXTERNAL_ID, "too_long", REASONS["too_long"])]
        errors, cells = [], {}
        for name, value in _flat(row.values).items():
            field = self._fields.get(name)
            if field is None:
                errors.append(FieldError(name, "unknown_field", UNKNOWN_FIELD))
                continue
            if field.kind is not None and field.kind.name == MONEY and self._foreign(value):
                errors.append(
                    FieldError(
                        name,
                        "currency",
                        _("Amounts here are in {currency}.")(currency=self._currency),
                    )
                )
                continue
            try:
                cells[name] = as_cell(value, listed=name in self._lists)
            except ValueError:
                errors.append(FieldError(name, "invalid", _("This value cannot be read.")))
        if not errors:
            for name in cells:
                self._columns.setdefault(name, len(self._columns))
            self._rows.append((row.position, cells))
        return errors

    def _foreign(self, value: Any) -> bool:
        given = value.get("currency") if isinstance(value, Mapping) else None
        return given is not None and given != self._currency

    @property
    def heads(self) -> tuple[str, ...]:
        """The fields any row gives."""
        return tuple(self._columns)

    def rows(self) -> Iterator[SourceRow]:
        """The rows with a cell for each of them."""
        for position, cells in self._rows:
            yield SourceRow(position, tuple(cells.get(name, "") for name in self._columns))


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """The dealership's own fields, sent as an object `custom`, by their full names."""
    found = dict(values)
    custom = found.pop("custom", None)
    if isinstance(custom, Mapping):
        found |= {f"custom.{key}": value for key, value in custom.items()}
    elif custom is not None:
        found["custom"] = custom
    return found


def _outcome(row: SyncRow, draft: Draft, words: Mapping[str, Text]) -> Outcome:
    if draft.errors:
        errors = [FieldError(name, code, words.get(code) or Text(code)) for name, code in draft.errors]
        return Outcome(row, REJECTED, errors=errors)
    result = CHANGED if draft.changed else UNCHANGED if draft.repeated else CREATED
    warnings = list(dict.fromkeys([*draft.warnings, *(f"duplicate_{one}" for one in draft.duplicates)]))
    return Outcome(row, result, draft.staged.id if draft.staged else None, warnings=warnings)
