"""How Chinese words sound, all readings of their characters considered."""

from __future__ import annotations

import os
from functools import lru_cache
from itertools import islice, product

MOST_READINGS = 8
NAME_LENGTH = 6


@lru_cache(maxsize=30_000)
def readings(character: str) -> tuple[str, ...]:
    """The readings of a character without tones, the usual one first; empty for what has none."""
    # Single characters need no dictionary of phrases; without it 45 MB and a second of work are spared.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return (
        tuple(dict.fromkeys(word for word in found[0] if word.isascii() and word.isalpha())) if found else ()
    )


@lru_cache(maxsize=2_000)
def spellings(word: str) -> tuple[tuple[str, str], ...]:
    """(full pinyin, initials) of a run of characters, at most eight; words longer than a name get one."""
    each = [readings(character) for character in word]
    each = [options if len(word) <= NAME_LENGTH else options[:1] for options in each if options]
    if not each:
        return ()
    combined = islice(product(*each), MOST_READINGS)
    return tuple(dict.fromkeys(("".join(choice), "".join(s[0] for s in choice)) for choice in combined))
