"""How the floor masks: the same functions, called without anything around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_kernel.records.kinds import EMAIL, MOBILE

_NAMED = {"mobile": MOBILE.mask, "email": EMAIL.mask}
MASKS: dict[str, Callable[[Any], Any]] = {name: mask for name, mask in _NAMED.items() if mask is not None}
