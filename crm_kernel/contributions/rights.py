"""Permissions, and who has them from the first day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.actor import Scope


@dataclass(frozen=True, slots=True)
class Permission:
    """Something one may be allowed to do. A `reserved` one is granted by the super administrator only."""

    name: str
    label: Text
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A default grant: the preset role `role` may `permission` within `scope`."""

    role: str
    permission: str
    scope: Scope
