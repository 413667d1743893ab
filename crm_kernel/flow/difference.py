"""What one version of a flow has that another one has not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from crm_kernel.flow.definition import Definition, Words
from crm_kernel.text import Text

Part = Literal["flow", "state", "step", "fact", "clock"]


class Detail(msgspec.Struct, frozen=True):
    """One property of a part before and after, as the definition holds it."""

    name: str
    before: Any
    after: Any


class Change(msgspec.Struct, frozen=True):
    """A part that was added, removed or changed; a fact's key is `step.fact`."""

    part: Part
    key: str
    what: Literal["added", "removed", "changed"]
    label: Words
    details: Sequence[Detail] = ()


def changes(before: Definition, after: Definition) -> list[Change]:
    """Every difference, part by part, in the order of the definitions."""
    found: list[Change] = []
    if before.start != after.start:
        found.append(Change("flow", "start", "changed", "", [Detail("start", before.start, after.start)]))
    found += _parts("state", _named(before.states), _named(after.states))
    found += _parts("step", _named(before.steps), _named(after.steps), apart="facts")
    facts = [_facts(definition) for definition in (before, after)]
    kept = {step.key for step in before.steps} & {step.key for step in after.steps}
    old, new = ({key: f for key, f in held.items() if key.split(".")[0] in kept} for held in facts)
    found += _parts("fact", old, new)
    found += _parts("clock", _named(before.clocks, "kind"), _named(after.clocks, "kind"))
    return found


def _named(parts: Sequence[Any], name: str = "key") -> dict[str, Any]:
    return {getattr(part, name): part for part in parts}


def _facts(definition: Definition) -> dict[str, Any]:
    return {f"{step.key}.{fact.key}": fact for step in definition.steps for fact in step.facts}


def _parts(part: Part, before: Mapping[str, Any], after: Mapping[str, Any], apart: str = "") -> list[Change]:
    found = []
    for key in dict.fromkeys([*before, *after]):
        old: Any = before.get(key)
        new: Any = after.get(key)
        if old is None:
            found.append(Change(part, key, "added", new.label))
        elif new is None:
            found.append(Change(part, key, "removed", old.label))
        elif details := _details(old, new, apart):
            found.append(Change(part, key, "changed", new.label, details))
    return found


def _details(old: Any, new: Any, apart: str) -> list[Detail]:
    """Properties that differ; a kind that names the part is no property of it."""
    named = "kind" if not hasattr(old, "key") else "key"
    found = []
    for name in old.__struct_fields__:
        if name in (named, apart):
            continue
        was, now = getattr(old, name), getattr(new, name)
        if was != now and not (_blank(was) and _blank(now)):
            found.append(Detail(name, was, now))
    return found


def _blank(value: Any) -> bool:
    return not isinstance(value, Text | bool) and value in (None, "", (), 0)
