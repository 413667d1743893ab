"""What a reader is given and gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from crm_kernel.errors import CrmError
from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

Watermark = Mapping[str, Any]


class ReaderFault(CrmError):
    """The place cannot be read as it is set up, or does not answer; the message says what to do."""

    code = "source_unreadable"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to be said about a place of this kind."""

    name: str
    label: Text
    required: bool = False
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read: the options as they were set, the secret decrypted."""

    options: Mapping[str, str]
    secret: str = ""

    def get(self, name: str, default: str = "") -> str:
        """An option, or the default where it was left empty."""
        return self.options.get(name, "").strip() or default


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows by the place's own column names, at most a thousand, and where to go on once they are taken."""

    rows: Sequence[Mapping[str, Any]] = ()
    watermark: Watermark = field(default_factory=dict)
    more: bool = False


class Reader(Protocol):
    """Reads a portion. The watermark is the reader's own; it is stored with the rows or not at all."""

    label: ClassVar[Text]
    options: ClassVar[tuple[Option, ...]]
    secret: ClassVar[Text | None]

    def __init__(self, kernel: Kernel) -> None: ...

    def check(self, place: Place) -> None:
        """Raise ReaderFault for a place that may not or cannot be read, without reading it."""

    async def read(self, place: Place, watermark: Watermark) -> Portion:
        """What comes after the watermark (empty: from the beginning). Raises ReaderFault."""
