"""Values of records in words, for files and paper: labels for codes, names for ids, the reader's zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from crm_kernel.actor import Actor
from crm_kernel.i18n import translate
from crm_kernel.records import store
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.kinds import Money
from crm_kernel.records.reach import titles
from crm_kernel.records.view import RecordView

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

Cell = str | int | Decimal
MOST_NAMES = 5000
"""Names kept from page to page: an export of any length needs no more memory than a short one."""
NUMBERS = frozenset(("integer", "decimal", "mileage", "money"))


class Wording:
    """Knows the words for the fields of one entity, for one reader.

    With `keys`, references read as files name them (a customer's code) and times carry their offset, so
    that the text can be imported again; without, as people call things.
    """

    def __init__(
        self, kernel: Kernel, actor: Actor, specs: Sequence[FieldSpec], *, keys: bool = False
    ) -> None:
        self._kernel = kernel
        self._actor = actor
        self._specs = specs
        self._keys = keys
        self._zone = ZoneInfo(actor.timezone)
        self._choices: dict[str, Mapping[str, str]] = {}
        self._names: dict[tuple[str, UUID], str] = {}

    def heads(self) -> list[str]:
        """The fields' labels."""
        return [translate(spec.label, self._actor.locale) for spec in self._specs]

    async def prepare(self) -> None:
        """Read the dictionaries once."""
        locale = self._actor.locale
        for spec in self._specs:
            words = {code: translate(label, locale) for code, label in spec.field.options}
            if spec.field.choices:
                entries = await self._kernel.service("dictionaries").entries(
                    self._actor, spec.field.choices, inactive=True
                )
                words |= {entry.code: translate(entry.label, locale) for entry in entries}
            if words:
                self._choices[spec.name] = words

    async def learn(self, views: Iterable[RecordView]) -> None:
        """Read what the references of a page of records are called, a statement per entity."""
        if len(self._names) > MOST_NAMES:
            self._names.clear()
        wanted: dict[str, set[UUID]] = {}
        for spec in self._specs:
            if spec.field.reference:
                held = wanted.setdefault(spec.field.reference, set())
                held |= {one for view in views for one in _ids(view.get(spec.name))}
        for entity, ids in wanted.items():
            missing = [one for one in ids if (entity, one) not in self._names]
            if not missing:
                continue
            if entity in ("staff", "dealership"):
                found = await store.names(self._kernel.db, entity, missing)
                self._names |= {(entity, one): name for one, name in found.items()}
            else:
                pairs = [(entity, one) for one in missing]
                self._names |= await titles(self._kernel, self._actor, pairs, keys=self._keys)

    def cells(self, view: RecordView, clear: Mapping[str, Any] | None = None) -> list[Cell]:
        """A record's values in words; numbers stay numbers. `clear` holds values that replace masked ones."""
        return [
            self.cell(spec, clear[spec.name], masked=False)
            if clear is not None and spec.name in clear
            else self.cell(spec, view.get(spec.name), masked=spec.masked)
            for spec in self._specs
        ]

    def cell(self, spec: FieldSpec, value: Any, *, masked: bool) -> Cell:
        """One value in words."""
        if isinstance(value, msgspec.Raw):
            value = msgspec.json.decode(value)
        if value is None or value is msgspec.UNSET:
            return ""
        if masked:
            return str(value)
        if spec.name in self._choices:
            return self._chosen(spec, value)
        if spec.field.reference:
            return self._listed([self._names.get((spec.field.reference, one), "") for one in _ids(value)])
        if spec.kind.name in NUMBERS:
            return _number(value)
        if spec.kind.name == "moment":
            return self._moment(value)
        return spec.kind.show(value, self._actor.locale)

    def _chosen(self, spec: FieldSpec, value: Any) -> str:
        words = self._choices[spec.name]
        codes = value if isinstance(value, list) else [value]
        return self._listed([words.get(str(code), str(code)) for code in codes])

    def _listed(self, words: Sequence[str]) -> str:
        separator = "、" if self._actor.locale.startswith("zh") else ", "
        return separator.join(word for word in words if word)

    def _moment(self, value: Any) -> str:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        local = moment.astimezone(self._zone).replace(microsecond=0)
        return local.isoformat(sep=" ") if self._keys else f"{local:%Y-%m-%d %H:%M}"


def _ids(value: Any) -> list[UUID]:
    if isinstance(value, msgspec.Raw):
        value = msgspec.json.decode(value)
    if not value or value is msgspec.UNSET:
        return []
    found = []
    for one in value if isinstance(value, list) else [value]:
        try:
            found.append(one if isinstance(one, UUID) else UUID(one))
        except (TypeError, ValueError, AttributeError):
            continue
    return found


def _number(value: Any) -> Cell:
    if isinstance(value, Money):
        value = value.amount
    if isinstance(value, bool | str):
        return str(value)
    return value if isinstance(value, int | Decimal) else Decimal(str(value))
