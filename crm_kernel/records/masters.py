"""Who else keeps a field: what a host is master of is shown here and changed there."""

from __future__ import annotations

from typing import Protocol

from crm_kernel.kernel import Kernel


class Masters(Protocol):
    """The service `masters`, which an adapter offers where a host keeps records of its own."""

    def keeper(self, entity: str, field: str) -> str:
        """The name of the system that alone changes this field; empty where it is ours."""


def keeper_of(kernel: Kernel, entity: str, field: str) -> str:
    """The name of the system that alone changes this field; empty where it is ours."""
    if not kernel.offers("masters"):
        return ""
    masters: Masters = kernel.service("masters")
    return masters.keeper(entity, field)
