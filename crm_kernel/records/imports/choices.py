"""Reading words that stand for codes: a dictionary's entry or a fixed option, by code or by label."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crm_kernel.actor import Actor
from crm_kernel.contributions import Field
from crm_kernel.i18n import translate
from crm_kernel.records.imports.mapping import LOCALES, plain

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


class ChoiceReader:
    """Knows the words of every choice field, in both languages."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._words: dict[str, dict[str, str]] = {}

    async def prepare(self, actor: Actor, fields: Iterable[Field]) -> None:
        """Read the dealership's dictionaries."""
        for field in fields:
            words: dict[str, str] = {}
            for code, label in field.options:
                words |= dict.fromkeys([plain(code), *(plain(translate(label, lo)) for lo in LOCALES)], code)
            if field.choices:
                dictionaries = self._kernel.service("dictionaries")
                for code, names in (await dictionaries.words(actor, field.choices)).items():
                    words |= dict.fromkeys([plain(code), *map(plain, names)], code)
            self._words[field.name] = words

    def read(self, field: Field, text: str) -> str:
        """The code. A word no dictionary knows is kept as it is; a fixed option refuses it (ValueError)."""
        found = self._words.get(field.name, {}).get(plain(text))
        if found is not None:
            return found
        if field.options:
            raise ValueError("choice")
        return text
