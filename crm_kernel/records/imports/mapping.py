"""Which column of the file is which field: guessed from Chinese and English names, changeable, remembered."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from crm_kernel.contributions import Field
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.i18n import translate
from crm_kernel.text import messages

_ = messages("kernel")

LOCALES = ("zh-CN", "en")
_NOISE = re.compile(r"[\s_\-.:：*()（）/]+")


def plain(head: str) -> str:
    """A head without case, width, blanks and punctuation, for comparing."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", head)).lower()


class HeadIndex:
    """Finds the field a column head means, by name, label in either language, or alias."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self._by_head: dict[str, str] = {}
        for field in fields:
            words = [field.name, *field.aliases, *(translate(field.label, locale) for locale in LOCALES)]
            for word in words:
                self._by_head.setdefault(plain(word), field.name)

    def field(self, head: str) -> str | None:
        """The field's name, if the head is known."""
        return self._by_head.get(plain(head))

    def known(self, heads: Sequence[str]) -> int:
        """How many heads are known."""
        return sum(1 for head in heads if plain(head) in self._by_head)

    def guess(self, heads: Sequence[str]) -> dict[str, str]:
        """Head to field, each field at most once, in file order."""
        taken: set[str] = set()
        found: dict[str, str] = {}
        for head in heads:
            name = self.field(head)
            if name is not None and name not in taken:
                found[head] = name
                taken.add(name)
        return found


def signature(heads: Sequence[str]) -> str:
    """Recognises files of the same form, so that a mapping chosen once is remembered."""
    return hashlib.sha256("\n".join(plain(head) for head in heads).encode()).hexdigest()[:32]


def checked(mapping: Mapping[str, str], heads: Sequence[str], fields: Iterable[Field]) -> dict[str, str]:
    """A mapping people or programs gave, as far as the file has its heads.

    Raises Invalid for an unknown field, a field given twice, or a required field nobody maps.
    """
    known = {field.name: field for field in fields}
    kept: dict[str, str] = {}
    faults: list[FieldError] = []
    for head, name in mapping.items():
        if not name or head not in heads:
            continue
        if name not in known:
            faults.append(FieldError(head, "unknown_field", _("There is no field {name}.")(name=name)))
        elif name in kept.values():
            faults.append(
                FieldError(head, "twice", _("Two columns are meant to be {name}.")(name=known[name].label))
            )
        else:
            kept[head] = name
    for field in known.values():
        if field.required and field.name not in kept.values():
            missing = _("No column of the file is {name}: choose one.")(name=field.label)
            faults.append(FieldError(field.name, "missing", missing))
    if faults:
        raise Invalid(faults)
    return kept
