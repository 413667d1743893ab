"""What a verification can find, and how it is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from crm_kernel.text import Text, messages

_ = messages("kernel")

LOG_NAMES: Mapping[str, Text] = {"change": _("change log"), "access": _("access log")}

_WORDS: Mapping[str, Text] = {
    "changed": _("{log}: entry {number} was changed after it was sealed."),
    "unlinked": _(
        "{log}: entry {number} does not continue the entry before it: one of the two was replaced or moved."
    ),
    "missing": _("{log}: entry {number} is missing."),
    "cut_tail": _("{log}: entry {number} and those behind it are missing: the end was cut off."),
    "beyond": _("{log}: entry {number} carries a number that was never given."),
    "before_cut": _("{log}: entry {number} carries a number that was cleared long ago."),
    "unreadable": _("{log}: entry {number} cannot be read: it is damaged."),
    "rows": _("{log}: records of the bulk change {number} were changed, removed or added."),
    "stray_rows": _("{log}: there are records of a bulk change whose entry is gone."),
    "backdated": _("{log}: an entry without a number is older than the last sealing: it was put in later."),
    "headless": _("{log}: the head of the chain is missing, though entries are sealed."),
    "head": _("{log}: the head of the chain was not written by this installation."),
    "cut": _("{log}: old entries were removed, and the change log does not say so."),
    "kept_short": _("{log}: it ends before entry {number}, which the kept head names: the end was cut off."),
    "kept_other": _("{log}: entry {number} is not the one the kept head names: the chain was made anew."),
}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing that is wrong: in which log, at which number, in which row (`seq`), and what."""

    log: str
    code: str
    number: int | None = None
    seq: int | None = None

    @property
    def words(self) -> Text:
        """A sentence for people."""
        log = LOG_NAMES.get(self.log, Text(self.log))
        return _WORDS[self.code](log=log, number=self.number)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a verification: sealed entries that were verified, and how many wait."""

    entries: int
    unsealed: int
    finding: Finding | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return self.finding is None


class KeptEnd(msgspec.Struct, frozen=True):
    """Where a chain ended when the head was kept."""

    number: int
    hash: str


class KeptHead(msgspec.Struct, frozen=True):
    """Both ends at one moment (RFC 3339), to be kept where nobody who reaches the database reaches it."""

    at: str
    change: KeptEnd
    access: KeptEnd

    def end(self, log: str) -> KeptEnd:
        """The end of one chain."""
        found: KeptEnd = getattr(self, log)
        return found


def stored_finding(finding: Finding | None) -> str:
    """A finding as it is kept."""
    return msgspec.json.encode(finding).decode() if finding else ""


def loaded_finding(stored: str) -> Finding | None:
    """A kept finding again."""
    return msgspec.json.decode(stored, type=Finding) if stored else None


def shown_finding(finding: Finding | None) -> dict[str, Any] | None:
    """For a JSON answer; `problem` is in the reader's language."""
    if finding is None:
        return None
    return {
        "log": finding.log,
        "number": finding.number,
        "seq": finding.seq,
        "code": finding.code,
        "problem": finding.words,
    }
