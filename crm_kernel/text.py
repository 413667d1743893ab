"""Words shown to people, named where they are used and translated where they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

OWN = "own"
"""The domain of words that people here typed, one wording per language; no catalogue has them."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message that waits for the reader's language.

    `msgid` is the English wording and the catalogue key in `domain` (one domain per plugin);
    `params` fill its `{name}` places after translation. `str()` gives the English wording.
    """

    msgid: str
    domain: str = "kernel"
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.fill(self.msgid)

    def fill(self, translated: str) -> str:
        """Put the parameters into an already translated wording; words people typed have no places."""
        if not self.params or self.domain == OWN:
            return translated
        return translated.format(**{key: str(value) for key, value in self.params.items()})

    def __call__(self, **params: object) -> Text:
        """The same message with its places filled."""
        return Text(self.msgid, self.domain, params)


def pack(text: Text) -> dict[str, object]:
    """A message as JSON data, to be kept until somebody reads it in a language of his own."""
    params = {
        key: pack(value) if isinstance(value, Text) else str(value) for key, value in text.params.items()
    }
    return {"msgid": text.msgid, "domain": text.domain, "params": params}


def unpack(data: Mapping[str, Any]) -> Text:
    """The message again."""
    params = {
        key: unpack(value) if isinstance(value, Mapping) else value for key, value in data["params"].items()
    }
    return Text(data["msgid"], data["domain"], params)


def messages(domain: str) -> Callable[[str], Text]:
    """The marker a module uses as `_`: `_ = messages("customer")`."""

    def mark(msgid: str) -> Text:
        return Text(msgid, domain)

    return mark
