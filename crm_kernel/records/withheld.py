"""Sensitive values that are withheld from whoever a record concerns, whatever rights he has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from crm_kernel.actor import Actor
from crm_kernel.text import messages

_ = messages("kernel")

WITHHELD = "******"
"""What stands in place of a withheld value; no mask of a kind looks like it."""
REFUSED = _("This record concerns you, so this value is not shown to you.")


def names(actor: Actor, named: Any) -> bool:
    """Whether a column that lists people names the actor; as the driver gave it, or as a Python list."""
    if isinstance(named, msgspec.Raw | bytes):
        named = bytes(named).decode()
    if isinstance(named, str):
        return str(actor.id) in named
    return any(str(one) == str(actor.id) for one in named or ())


def hide(view: Any, fields: Iterable[str]) -> None:
    """Take the values of these fields out of a record's view."""
    for name in fields:
        if getattr(view, name, None) not in (None, "", msgspec.UNSET):
            setattr(view, name, WITHHELD)
