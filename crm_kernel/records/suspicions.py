"""What a module answers when it is asked whether a record is here already.

A module that offers `<entity>.duplicates` is asked by forms while they are filled in and before they are
saved, and by the HTTP interface when it has written: `suspects(actor, values, *, but=None)` gives
Suspicions, `but` being the record that is meant itself.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from crm_kernel.text import Text


class Suspicion(msgspec.Struct, frozen=True):
    """A record that may be the one being entered, and why. Nothing is refused because of it.

    `id` is None where it is a colleague's that the actor may not see: then `label` only says so.
    """

    code: str
    reason: Text
    id: UUID | None
    label: Text | str
    detail: str = ""


class Question(Suspicion, frozen=True, kw_only=True):
    """A suspicion that a form does not save before somebody has answered `question`.

    Yes sends `confirm` (a switch of the body) and, as `on` (a date of the body), the day that was chosen; no
    sends neither. Programs set them themselves.
    """

    question: Text
    confirm: str
    on: str
    yes: Text
    no: Text
