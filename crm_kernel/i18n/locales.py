"""Which languages there are, and which one is being read now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from babel import Locale, UnknownLocaleError

LOCALES = ("zh-CN", "en")
PSEUDO = "qps"
"""A language for tests: every translated wording is put in brackets, so that untranslated text stands out."""

DEFAULT = "zh-CN"
DEFAULT_TIMEZONE = "Asia/Shanghai"

_locale: ContextVar[str] = ContextVar("crm_locale", default=DEFAULT)
_timezone: ContextVar[str] = ContextVar("crm_timezone", default=DEFAULT_TIMEZONE)


def current_locale() -> str:
    """The reader's language tag: `zh-CN`, `en`, or `qps` in tests."""
    return _locale.get()


def current_timezone() -> str:
    """The reader's time zone (IANA name)."""
    return _timezone.get()


def set_locale(locale: str, timezone: str | None = None) -> None:
    """Choose the language, and the zone if given, for the rest of this task."""
    _locale.set(locale)
    if timezone is not None:
        _timezone.set(timezone)


@contextmanager
def use_locale(locale: str, timezone: str | None = None) -> Iterator[None]:
    """Choose the language, and the zone if given, for the statements inside."""
    language = _locale.set(locale)
    zone = _timezone.set(timezone or _timezone.get())
    try:
        yield
    finally:
        _timezone.reset(zone)
        _locale.reset(language)


def supported(tag: str) -> str | None:
    """Our tag for a language somebody asks for (`zh`, `zh_CN`, `zh-Hans-CN`, `EN-gb`), or None."""
    wanted = tag.strip().replace("_", "-").lower()
    if wanted == PSEUDO:
        return PSEUDO
    primary = wanted.partition("-")[0]
    for locale in LOCALES:
        if wanted == locale.lower() or primary == locale.partition("-")[0]:
            return locale
    return None


def negotiate(accept_language: str, default: str = DEFAULT) -> str:
    """The best of our languages for an `Accept-Language` header, else `default`."""
    if not accept_language:
        return default
    best, chosen = 0.0, default
    for part in accept_language.split(",")[:20]:
        tag, _semicolon, quality = part.partition(";")
        locale = supported(tag)
        weight = _quality(quality)
        if locale is not None and weight > best:
            best, chosen = weight, locale
    return chosen


def _quality(parameter: str) -> float:
    name, _equals, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


@cache
def babel_locale(tag: str) -> Locale:
    """Babel's locale for a tag of ours; English for the pseudo-language and for tags nobody knows."""
    if tag == PSEUDO:
        return Locale.parse("en")
    try:
        return Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
