"""Where a reader of the feed stands: behind an event, and within the next one where that tells of many
records."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crm_kernel.errors import Malformed
from crm_kernel.text import messages

_ = messages("kernel")

_FORM = re.compile(r"e(\d{1,18})\.(\d{1,6})")


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """All events up to `position` were told, and `told` records of the event after it."""

    position: int = 0
    told: int = 0

    @classmethod
    def read(cls, text: str) -> FeedCursor:
        """A cursor as it was given out. Raises Malformed."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise Malformed(_("This cursor is none of ours. Start without one."))
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"e{self.position}.{self.told}"
