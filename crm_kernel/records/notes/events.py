"""What notes tell other modules."""

from __future__ import annotations

import msgspec

from crm_kernel.contributions import EventType
from crm_kernel.text import messages

_ = messages("kernel")


class NoteAdded(msgspec.Struct, frozen=True):
    """Somebody wrote a note about a record, called or visited. The text is not told."""

    note_id: str
    entity: str
    record_id: str
    kind: str


EVENTS = (
    EventType(
        "notes.added",
        NoteAdded,
        lambda: NoteAdded(
            "0192f0c4-7b1a-7c3e-9d5e-2f1a6b8c9d01", "customer", "0192f0c4-7b1a-7c3e-9d5e-2f1a6b8c9d02", "call"
        ),
        _("A note was written"),
    ),
)
