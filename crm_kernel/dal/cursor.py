"""Cursors: the sort values of a page's last row, opaque to whoever carries them and never trusted."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import msgspec

from crm_kernel.dal.filters import fitting, python_type
from crm_kernel.dal.keyset import Key
from crm_kernel.errors import Invalid, Malformed
from crm_kernel.text import messages

_ = messages("kernel")

MAX_LENGTH = 4096


def encode(keys: Sequence[Key], values: Sequence[Any]) -> str:
    """The cursor after a row whose sort values (in Python types) are `values`."""
    return base64.urlsafe_b64encode(msgspec.json.encode([_order(keys), *values])).decode().rstrip("=")


def decode(keys: Sequence[Key], cursor: str) -> list[Any]:
    """The sort values again, each checked against its column.

    Raises Malformed when it was made for another order, or made up.
    """
    if len(cursor) > MAX_LENGTH:
        raise _broken()
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        order, *values = msgspec.json.decode(raw, type=list[Any])
        if order != _order(keys) or len(values) != len(keys):
            raise _broken()
        return [_value(key, value) for key, value in zip(keys, values, strict=True)]
    except (binascii.Error, ValueError, Invalid) as fault:
        raise _broken() from fault


def _value(key: Key, value: Any) -> Any:
    if value is None:
        if not key.nullable:
            raise _broken()
        return None
    return fitting(key.name, key.type, msgspec.convert(value, python_type(key.type)))


def _order(keys: Sequence[Key]) -> str:
    return ",".join(f"-{key.name}" if key.descending else key.name for key in keys)


def _broken() -> Malformed:
    return Malformed(_("This page address is broken. Start again from the first page."), code="bad_cursor")
