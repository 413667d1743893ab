"""Editable code lists: presets from the modules, and what each dealership renames, adds or switches off."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Dictionary, Permission
from crm_kernel.errors import Invalid, NotFound
from crm_kernel.i18n.locales import LOCALES
from crm_kernel.i18n.translation import translate
from crm_kernel.records import kinds, store
from crm_kernel.records.cache import PerDealership
from crm_kernel.records.models import DictionaryValue
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MANAGE = Permission("dictionaries.manage", _("Edit dictionaries"))
_CODE = re.compile(r"[\w.-]{1,60}")


class DictionaryItem(msgspec.Struct, frozen=True):
    """An entry as a dealership has it. `preset` came with a module; `own` was added or reworded here."""

    code: str
    label: Text | str
    order: int = 0
    color: str = ""
    active: bool = True
    preset: bool = False
    own: bool = False


Items = Mapping[str, DictionaryItem]


class Dictionaries:
    """The dictionaries of each dealership, kept in memory."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._cache = PerDealership(kernel.clock, self._load)

    async def items(self, dealership_id: UUID | None, name: str) -> Items:
        """The entries of a dictionary by code, in their order, inactive ones included."""
        if dealership_id is None:
            return self._presets().get(name, {})
        return (await self._cache.get(dealership_id)).get(name, {})

    async def codes(self, dealership_id: UUID, name: str) -> frozenset[str]:
        """The codes that may be chosen now."""
        items = await self.items(dealership_id, name)
        return frozenset(code for code, item in items.items() if item.active)

    async def labels(self, dealership_id: UUID | None, name: str) -> Mapping[str, Text | str]:
        """What each code is called; codes no longer in use included, because old records carry them."""
        return {code: item.label for code, item in (await self.items(dealership_id, name)).items()}

    def _presets(self) -> dict[str, dict[str, DictionaryItem]]:
        return {
            dictionary.name: {
                entry.code: DictionaryItem(
                    entry.code, entry.label, entry.order or place, entry.color, preset=True
                )
                for place, entry in enumerate(dictionary.entries)
            }
            for dictionary in self._kernel.registry.of(Dictionary)
        }

    async def _load(self, dealership_id: UUID) -> Mapping[str, Items]:
        found = self._presets()
        for row in await store.dictionary_values(self._kernel.db, dealership_id):
            entries = found.setdefault(row.dictionary, {})
            preset = entries.get(row.code)
            entries[row.code] = DictionaryItem(
                row.code,
                preset.label if preset is not None and not row.label else row.label,
                row.position,
                row.color,
                row.active,
                preset is not None,
                True,
            )
        return {
            name: dict(sorted(entries.items(), key=lambda pair: pair[1].order))
            for name, entries in found.items()
        }

    def forget(self) -> None:
        """Read the dictionaries again next time."""
        self._cache.forget()


class DictionaryService:
    """Offered as `dictionaries`."""

    def __init__(self, kernel: Kernel, dictionaries: Dictionaries) -> None:
        self._kernel = kernel
        self._dictionaries = dictionaries

    @public
    def names(self, actor: Actor) -> Sequence[Dictionary]:
        """Every dictionary there is; open to everybody, because forms offer their codes."""
        return self._kernel.registry.of(Dictionary)

    @public
    async def entries(self, actor: Actor, name: str, *, inactive: bool = False) -> Sequence[DictionaryItem]:
        """The entries of a dictionary in the actor's dealership; open to everybody like `names`."""
        items = await self._dictionaries.items(actor.place.dealership_id, name)
        return [item for item in items.values() if item.active or inactive]

    @public
    async def words(self, actor: Actor, name: str) -> Mapping[str, Sequence[str]]:
        """What each code of a dictionary may be called in a file: its label in every language.

        Open to everybody like `names`.
        """
        items = await self._dictionaries.items(actor.place.dealership_id, name)
        return {
            code: list(dict.fromkeys(translate(item.label, locale) for locale in LOCALES))
            for code, item in items.items()
        }

    @permitted(MANAGE.name)
    async def add(
        self, access: Access, name: str, code: str, *, label: str, order: int = 0, color: str = ""
    ) -> DictionaryItem:
        """A new entry. Raises what `save` raises, and Invalid for a code that is taken."""
        if code in await self._dictionaries.items(access.actor.dealership_id, name):
            raise Invalid.one("code", "taken", _("This code is taken."))
        return await self.save(access.actor, name, code, label=label, order=order, color=color)

    @permitted(MANAGE.name)
    async def arrange(self, access: Access, name: str, codes: Sequence[str]) -> None:
        """Put the entries of a dictionary in this order. Raises NotFound for codes that are none of it."""
        dealership = access.actor.dealership_id
        items = await self._dictionaries.items(dealership, name)
        if set(codes) != set(items):
            raise NotFound()
        async with self._kernel.db.work(access) as work:
            for place, code in enumerate(codes, start=1):
                row = await store.dictionary_value(work, dealership, name, code)
                if row is None:
                    row = DictionaryValue(dealership_id=dealership, dictionary=name, code=code, label="")
                    row.color, row.active = items[code].color, items[code].active
                    work.session.add(row)
                row.position = place * 10
            work.after_commit(self._dictionaries.forget)

    @permitted(MANAGE.name)
    async def save(
        self,
        access: Access,
        name: str,
        code: str,
        *,
        label: str = "",
        order: int = 0,
        color: str = "",
        active: bool = True,
    ) -> DictionaryItem:
        """Add an entry, reword or reorder it, or switch it off. An empty label keeps a preset's own.

        Raises NotFound for an unknown dictionary, Invalid for a code or label that cannot be kept.
        """
        dictionary = next((d for d in self._kernel.registry.of(Dictionary) if d.name == name), None)
        if dictionary is None:
            raise NotFound()
        text = kinds.TEXT.parse(label)
        preset = any(entry.code == code for entry in dictionary.entries)
        if not _CODE.fullmatch(code):
            raise Invalid.one("code", "code", _("Use letters, digits, dots, dashes and underscores."))
        if len(text) > 120 or (not text and not preset):
            raise Invalid.one("label", "required", _("Give it a name of at most 120 characters."))
        if len(color) > 20 or not -10_000 <= order <= 10_000:
            raise Invalid.one("order", "range", _("This value is out of range."))
        dealership = access.actor.dealership_id
        async with self._kernel.db.work(access) as work:
            row = await store.dictionary_value(work, dealership, name, code)
            if row is None:
                row = DictionaryValue(dealership_id=dealership, dictionary=name, code=code)
                work.session.add(row)
            row.label, row.position, row.color, row.active = text, order, color, active
            work.after_commit(self._dictionaries.forget)
        return (await self._dictionaries.items(dealership, name))[code]
