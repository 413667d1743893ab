"""What a module says about a record in its file: the paper that shows everything said, done and decided."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.actor import Actor
    from crm_kernel.kernel import Kernel


@dataclass(frozen=True, slots=True)
class DossierPart:
    """A piece of a section: (label, value) pairs, or a table of `rows` below `heads`, under a `title`."""

    title: Text | str = ""
    pairs: Sequence[tuple[Text | str, str]] = ()
    heads: Sequence[Text | str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class DossierSection:
    """A section of the files of an entity's records, for readers who hold `permission`.

    `gather` (kernel, actor, record) gives its parts, in the reader's words and with nothing he may not see;
    none leave the section out. Facts, steps, deadlines, approvals, timeline and attachments are there anyway.
    """

    entity: str
    name: str
    label: Text
    permission: str
    gather: Callable[[Kernel, Actor, Any], Awaitable[Sequence[DossierPart]]]
    order: int = 100
