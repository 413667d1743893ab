"""Whom a new record may be about: what a form asks while the other one is still talking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from crm_kernel.actor import Actor
from crm_kernel.text import Text


@dataclass(frozen=True, slots=True)
class Lead:
    """One candidate. `fill` says what choosing it puts into the form: field to (value, its label).

    `business` is what is open about it already: (label, path) pairs.
    """

    title: Text | str
    detail: str = ""
    badge: str = ""
    business: Sequence[tuple[Text | str, str]] = ()
    fill: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class LeadFinder(Protocol):
    """Offered as `<entity>.leads`: the form of that entity then begins with a field that finds candidates."""

    prompt: Text
    """What may be typed."""

    async def leads(self, actor: Actor, q: str) -> Sequence[Lead]: ...
