"""From English wording to the reader's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from crm_kernel.i18n.catalogues import catalogues
from crm_kernel.i18n.locales import PSEUDO, current_locale
from crm_kernel.text import OWN, Text


def translate(text: Text | str, locale: str | None = None) -> str:
    """A text in a language (default: the reader's), its places filled; plain strings pass unchanged.

    Parameters that are texts themselves are translated too. A wording unknown to its own domain is looked
    up in the kernel's, then left in English.
    """
    if isinstance(text, str):
        return text
    chosen = locale or current_locale()
    if text.domain == OWN:
        return str(text.params.get(chosen) or text.msgid)
    wording = lookup(text.domain, text.msgid, chosen)
    if not text.params:
        return wording
    values: Mapping[str, object] = {
        name: translate(value, chosen) if isinstance(value, Text) else value
        for name, value in text.params.items()
    }
    return Text(text.msgid, text.domain, values).fill(wording)


def readable(value: Any, locale: str | None = None) -> Any:
    """A document for a reader: texts translated, moments in UTC, structs and dataclasses as mappings."""
    if isinstance(value, Text):
        return translate(value, locale)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if isinstance(value, msgspec.Struct):
        named = {name: getattr(value, name) for name in value.__struct_fields__}
        return {k: readable(v, locale) for k, v in named.items() if v is not msgspec.UNSET}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: readable(getattr(value, one.name), locale) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): readable(v, locale) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [readable(item, locale) for item in value]
    return value


def lookup(domain: str, msgid: str, locale: str) -> str:
    """The bare wording of a message."""
    if locale == PSEUDO:
        return f"⟦{msgid}⟧"
    found = catalogues.of(domain, locale).gettext(msgid)
    if found == msgid and domain != "kernel":
        return catalogues.of("kernel", locale).gettext(msgid)
    return found


def translate_plural(
    singular: str, plural: str, count: int, domain: str = "kernel", locale: str | None = None
) -> str:
    """The wording for a count, with `{count}` filled: `1 record`, `2 records`, `2 条记录`."""
    chosen = locale or current_locale()
    return lookup_plural(domain, singular, plural, count, chosen).format(count=count)


def lookup_plural(domain: str, singular: str, plural: str, count: int, locale: str) -> str:
    """The bare wording for a count."""
    if locale == PSEUDO:
        return f"⟦{singular if count == 1 else plural}⟧"
    found = catalogues.of(domain, locale).ngettext(singular, plural, count)
    if found in (singular, plural) and domain != "kernel":
        return catalogues.of("kernel", locale).ngettext(singular, plural, count)
    return found


def own_words(wordings: Mapping[str, str]) -> Text:
    """Words typed here, by language; whose language is missing reads the first one there is."""
    said = {language: words for language, words in wordings.items() if words}
    return Text(next(iter(said.values()), ""), OWN, said)
