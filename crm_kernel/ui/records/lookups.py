"""The filters of a list beside its fields: what people are offered, and how a chip names them."""

from __future__ import annotations

from typing import Any

from crm_kernel.contributions import Entity, Lookup
from crm_kernel.i18n import translate


def offered(entity: Entity) -> dict[str, dict[str, Any]]:
    """The look-ups people are offered, by the name they filter under."""
    found: dict[str, dict[str, Any]] = {}
    for name, lookup in entity.lookups.items():
        base, _bracket, op = name.partition("[")
        if isinstance(lookup, Lookup) and lookup.offered:
            one: dict[str, Any] = {
                "name": base,
                "label": translate(lookup.label),
                "operators": [],
                "control": lookup.control,
            }
            if lookup.options:
                one["options"] = [(value, translate(word)) for value, word in lookup.options]
            found.setdefault(base, one)["operators"].append(op.rstrip("]") or "eq")
    return found


def label_of(entity: Entity, key: str) -> str:
    """What a look-up is called."""
    lookup = entity.lookups.get(key)
    return translate(lookup.label) if isinstance(lookup, Lookup) else key.partition("[")[0]


def value_of(entity: Entity, key: str, value: str) -> str:
    """A look-up's value in words."""
    lookup = entity.lookups.get(key)
    words = dict(lookup.options) if isinstance(lookup, Lookup) else {}
    return translate(words[value]) if value in words else value
