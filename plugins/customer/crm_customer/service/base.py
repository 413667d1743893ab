"""What the services of this module share."""

from __future__ import annotations

from typing import Any


def readable(parse: Any, typed: Any) -> Any:
    """What was typed, as its kind reads it; as typed where it cannot be read, so that the field says why."""
    try:
        return parse(typed) if isinstance(typed, str) and typed.strip() else typed
    except ValueError:
        return typed
