"""Search tokens: what a record can be found by, and what a search asks for, in the same small words.

A token is `<dealership number><two letters of the entity><kind><gram>`, so that no dealership's search can
meet another's words. Kinds: `u` one Chinese character, `b` two, `g` three letters or digits (also of the
pinyin and its initials), `s` six of them, `i` two initials, `k` four digits of a telephone number under a
key, `w` a whole encrypted value under a key. Clear digits of encrypted values never become tokens.

Six at once, because numbers that are counted up (codes, VINs of one maker) share most of their threes.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from crm_kernel.records.search.pinyin import spellings

LONGEST_TEXT = 200
LONGEST_QUERY = 64
MOST_WORDS = 5
GRAM, LONG_GRAM = 3, 6
PHONE_GRAM = 4
SHORTEST_WHOLE = 8
_RUN = re.compile(r"([㐀-䶿一-鿿豈-﫿]+)|([a-z0-9]+)")
_CHINESE = re.compile(r"[㐀-䶿一-鿿]+")
_OTHERS = re.compile(r"[^㐀-䶿一-鿿豈-﫿a-z0-9]+")
_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
_COUNTRY = re.compile(r"(?:\+?86|0086)(?=1[3-9]\d{9}$)")

Keyed = Callable[[str, str], str]
"""(purpose, text) -> fingerprint under the dealership's key."""


def normal(text: str) -> str:
    """Text as it is compared: half width, lower case, letters, digits and characters only."""
    return _OTHERS.sub("", unicodedata.normalize("NFKC", text).lower())


def digits(text: str) -> str:
    """The digits of a telephone number as dialled at home."""
    if _MOBILE.fullmatch(text):
        return text[3:]
    plain = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", text))
    return _COUNTRY.sub("", plain).lstrip("+")


def prefix(number: int, entity: str) -> str:
    """What a dealership's tokens for an entity begin with."""
    code = zlib.crc32(entity.encode()) % 676
    return f"{number}{chr(97 + code // 26)}{chr(97 + code % 26)}"


def grams(text: str, length: int) -> list[str]:
    """Every run of `length` characters."""
    return [text[start : start + length] for start in range(len(text) - length + 1)]


def covering(text: str, length: int) -> list[str]:
    """Enough runs to cover the text, each overlapping the next by one: fewer look-ups, hardly more hits."""
    last = len(text) - length
    starts = [*range(0, last, length - 1), last]
    return list(dict.fromkeys(text[start : start + length] for start in starts))


def text_tokens(text: str) -> set[str]:
    """Tokens of a clear value."""
    plain = text[:LONGEST_TEXT]
    if plain.isascii():
        return set(_latin_tokens(plain.lower() if plain.isalnum() else _OTHERS.sub("", plain.lower())))
    if _CHINESE.fullmatch(plain):
        return set(_chinese_tokens(plain))
    found: set[str] = set()
    for run in _RUN.finditer(normal(plain)):
        chinese, latin = run.groups()
        if chinese:
            found.update(_chinese_tokens(chinese))
        else:
            found.update(_latin_tokens(latin))
    return found


def _latin_tokens(run: str) -> list[str]:
    found = [f"g{run[start : start + GRAM]}" for start in range(len(run) - GRAM + 1)]
    found += [f"s{run[start : start + LONG_GRAM]}" for start in range(len(run) - LONG_GRAM + 1)]
    return found


@lru_cache(maxsize=5_000)
def _chinese_tokens(run: str) -> tuple[str, ...]:
    codes = [f"{ord(character):x}" for character in run]
    found = {f"u{code}" for code in codes}
    found.update([f"b{one}{next_}" for one, next_ in pairwise(codes)])
    for full, initials in spellings(run):
        found.update(_latin_tokens(full))
        found.update(_latin_tokens(initials))
        found.update([f"i{initials[start : start + 2]}" for start in range(len(initials) - 1)])
    return tuple(found)


def phone_tokens(number: str, keyed: Keyed, *, parts: bool) -> set[str]:
    """Keyed tokens of a telephone number: its four-grams, or only the whole where `parts` is off."""
    plain = digits(number)
    if not parts:
        return {f"w{keyed('whole', plain)}"} if plain else set()
    return {f"k{keyed('phone', gram)[:12]}" for gram in grams(plain, PHONE_GRAM)}


def _phone_part_tokens(part: str, keyed: Keyed) -> list[str]:
    return [f"k{keyed('phone', gram)[:12]}" for gram in covering(part, PHONE_GRAM)]


def whole_token(value: str, keyed: Keyed) -> str:
    """The keyed token of an encrypted value that is found whole or not at all."""
    return f"w{keyed('whole', normal(value))}"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a search: as typed, normalised, and its digits where it is made of digits only."""

    plain: str
    digits: str


def words(query: str) -> list[Word]:
    """The words of a search; a number written with blanks or dashes is one word."""
    text = unicodedata.normalize("NFKC", query.strip()[:LONGEST_QUERY])
    bare = re.sub(r"[\s\-()+.]", "", text)
    parts = [text] if bare.isdigit() else text.split()[:MOST_WORDS]
    found = []
    for part in parts:
        plain = normal(part)
        if plain:
            only = re.sub(r"[\s\-()+.]", "", part)
            found.append(Word(plain, digits(part) if only.isdigit() else ""))
    return found


def asked(word: Word, keyed: Keyed, *, parts: bool) -> list[list[str]]:
    """Token groups, any of which (all its tokens) a record must hold to match the word."""
    groups = []
    clear: list[str] = []
    for run in _RUN.finditer(word.plain):
        chinese, latin = run.groups()
        if chinese:
            pairs = [f"b{ord(a):x}{ord(b):x}" for a, b in pairwise(chinese)]
            clear += pairs or [f"u{ord(chinese):x}"]
        elif len(latin) >= LONG_GRAM:
            clear += [f"s{gram}" for gram in covering(latin, LONG_GRAM)]
        elif len(latin) >= GRAM:
            clear += [f"g{gram}" for gram in covering(latin, GRAM)]
        elif len(latin) == 2 and latin == word.plain and latin.isalpha():
            clear.append(f"i{latin}")
    if clear:
        groups.append(list(dict.fromkeys(clear)))
    if len(word.digits) >= PHONE_GRAM:
        groups.append(
            _phone_part_tokens(word.digits, keyed)
            if parts
            else sorted(phone_tokens(word.digits, keyed, parts=False))
        )
    if len(word.plain) >= SHORTEST_WHOLE and (not word.digits or len(word.digits) >= 15):
        groups.append([whole_token(word.plain, keyed)])
    return groups


def contains_text(value: str, word: Word) -> bool:
    """Whether a clear value really holds the word: as text, by pinyin, or by initials."""
    if word.plain in value:
        return True
    plain = normal(value)
    if word.plain in plain:
        return True
    if not word.plain.isascii() or not word.plain.isalpha():
        return False
    chinese = "".join(run for run, _latin in _RUN.findall(plain))
    return any(word.plain in full or word.plain in initials for full, initials in spellings(chinese))


def contains_digits(value: str, word: Word) -> bool:
    """Whether a telephone number holds the word's digits."""
    return len(word.digits) >= PHONE_GRAM and word.digits in digits(value)


def bound(tokens: Iterable[str], start: str) -> str:
    """Tokens as one text, each bound to its dealership and entity."""
    joined = f" {start}".join(tokens)
    return start + joined if joined else ""
