"""Badges drawn in Python: rows and cards have hundreds of them, and few different ones."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

BADGE = Markup('<span class="crm-badge crm-badge--{}">{}</span>')


@lru_cache(maxsize=1_000)
def badge(tone: str, label: str) -> Markup:
    """What the macro of `crm/macros/badge.html` draws without an icon; both words are escaped."""
    return BADGE.format(tone, label)
