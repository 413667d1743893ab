"""The kinds of notes a composer offers."""

from __future__ import annotations

from crm_kernel.contributions import Dictionary, DictionaryEntry
from crm_kernel.text import messages

_ = messages("kernel")

NOTE_LABELS = {"note": _("Note"), "call": _("Call"), "visit": _("Visit")}
NOTE_KINDS = tuple(NOTE_LABELS)

OUTCOMES = Dictionary(
    "contact_outcome",
    _("Outcomes of calls and visits"),
    (
        DictionaryEntry("reached", _("reached"), 1),
        DictionaryEntry("not_reached", _("not reached"), 2),
        DictionaryEntry("call_back", _("to be called back"), 3),
        DictionaryEntry("refused", _("does not want contact"), 4),
        DictionaryEntry("wrong_number", _("wrong number"), 5),
        DictionaryEntry("appointment", _("appointment made"), 6),
    ),
)
