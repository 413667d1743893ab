"""The words with which a host takes Forecourt in: about itself, and settings."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from crm_embedded.host import Host, Identify
from crm_kernel.settings import Settings

OWN = frozenset(one.name for one in fields(Host)) - {"identify"}


def host_and_settings(identify: Identify | None, words: dict[str, Any]) -> tuple[Host, Settings]:
    """What the host says about itself, and the settings. Raises TypeError for a word nobody knows."""
    host = Host(identify=identify, **{name: words.pop(name) for name in list(words) if name in OWN})
    return host, Settings.load(**words)
