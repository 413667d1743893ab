"""Where to go next: only to a place of our own."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_next(wanted: str | None, prefix: str, default: str = "/") -> str:
    """A path within our prefix that somebody asked to be sent to, or `prefix + default`.

    Foreign addresses, `//host`, backslashes, control characters and paths outside the prefix give the
    default.
    """
    home = prefix + default
    if not wanted or len(wanted) > 2000 or not wanted.startswith("/") or wanted.startswith("//"):
        return home
    if "\\" in wanted or any(ord(sign) < 33 or ord(sign) == 127 for sign in wanted):
        return home
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return home
    if parts.scheme or parts.netloc or "//" in parts.path[:2]:
        return home
    within = not prefix or parts.path == prefix or parts.path.startswith(prefix + "/")
    return wanted if within else home
